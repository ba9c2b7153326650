import { expect } from 'vitest'
import { Secret } from '#server/core/secrets.ts'
import { urlOf } from '#server/endpoints/call-endpoint.ts'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { protocols } from '#server/endpoints/protocols.ts'
import type {
  Sampling,
  WireFailure,
  WirePrompt,
  WireReply,
  WireSettings,
} from '#server/endpoints/protocols/protocol.ts'
import type { Protocol } from '#server/endpoints/schema.ts'
import { drawTestCard } from '#server/endpoints/checks/test-card.ts'
import { callsLab } from '../calls-lab.ts'
import { answerToCheck } from './see-picture.ts'
import type { Asked, ModelServer } from './serve-model.ts'

interface Whom {
  protocol: Protocol
  model: string
  key: string
}

const unset = { temperature: null, topP: null, topK: null, seed: null, stop: null, system: null, reasoningEffort: null }

/** Settings of a request to a model, with nothing set but what is given. */
export function settingsFor(
  { model, baseUrl = 'https://h/v1' }: { model: string; baseUrl?: string },
  { extraBody = {}, ...sampling }: Partial<Sampling> & { extraBody?: Record<string, unknown> } = {},
): WireSettings {
  return {
    baseUrl,
    remoteModel: model,
    maxTokensName: 'max_tokens',
    extraBody,
    thinkingTags: ['usual'],
    sampling: { ...unset, maxTokens: 256, ...sampling },
  }
}

const [first, second] = [await drawTestCard('red'), await drawTestCard('blue')]
/** A prompt with texts between its pictures, as a server of models understands it. */
export const picturesAndWords: Asked['parts'] = [
  'First: ',
  { mediaType: 'image/png', bytes: first },
  { mediaType: 'image/png', bytes: second },
  ' and "then"?\n',
]
const prompt: WirePrompt = {
  parts: picturesAndWords.map((part) =>
    typeof part === 'string'
      ? { kind: 'text', text: part }
      : { kind: 'image', mediaType: part.mediaType, base64: Buffer.from(part.bytes.toString('base64')) },
  ),
}

/** Sends `picturesAndWords` in a wire format and reads the reply. */
export async function ask(
  { origin }: ModelServer,
  { protocol, model, key }: Whom,
  settings: Parameters<typeof settingsFor>[1] = {},
): Promise<WireReply | WireFailure> {
  const format = protocols[protocol]
  const baseUrl = format.baseUrlOf(origin)
  const request = format.buildRequest(settingsFor({ model, baseUrl }, settings), new Secret(key), prompt)
  const body = Buffer.concat(request.body)
  const reply = await fetch(urlOf(baseUrl, request.path), { method: 'POST', headers: request.headers, body })
  return format.readReply(reply.status, Object.fromEntries(reply.headers), await reply.text())
}

/**
 * Registers the server and checks it: with the right key and model every probe passes, with another model it is told
 * what there is, and with another key that it is wrong.
 */
export async function expectCheckedWell(server: ModelServer, { protocol, model, key }: Whom): Promise<void> {
  const { ctx, endpoint } = await callsLab()
  server.says = async (asked) => (await answerToCheck(asked)) ?? 'no idea'
  const checked = async (rest: { remoteModel: string; key: string }) =>
    probeEndpoint(ctx, await endpoint(server.origin, { protocol, name: `${rest.remoteModel} ${rest.key}`, ...rest }))
  const { ready, probes } = await checked({ remoteModel: model, key })
  expect(probes.filter(({ result }) => result !== 'pass')).toEqual([])
  expect([ready, probes.length]).toEqual([true, 10])
  const unknown = await checked({ remoteModel: 'no-such-model', key })
  expect(unknown.probes.at(-1)).toMatchObject({ name: 'model name', result: 'fail', advice: `It offers: ${model}.` })
  const refused = await checked({ remoteModel: model, key: `${key}-wrong` })
  expect(refused.probes.at(-1)).toMatchObject({ name: 'key', result: 'fail' })
}
