import type { Context } from '#server/core/context.ts'
import { callEndpoint, type CallableEndpoint, type CallResult } from '../call-endpoint.ts'
import { cured, cureFor } from './cures.ts'
import type { WirePart } from '../protocols/protocol.ts'
import { mergeSettings, nothingSet } from '../sampling.ts'
import type { Cure, Probe } from '../schema.ts'

/** What one probe saw, before it is written down. */
export type Seen = Omit<Probe, 'at' | 'cure'> & { cure?: Cure }

const longestProbeMs = 60_000
const shortAnswer = 256
const mostCures = 4
const ready: WirePart = { kind: 'text', text: 'Reply with the one word: ready' }

/** Asks a question of the check, with what the endpoint itself sets; `streamed`: to be answered as a stream of events. */
export function ask(
  ctx: Context,
  endpoint: CallableEndpoint,
  parts: WirePart[],
  { maxTokens = shortAnswer, streamed = false } = {},
): Promise<CallResult> {
  const settings = { ...endpoint.settings, ...merged(endpoint, maxTokens), streamed }
  return callEndpoint(ctx, endpoint, settings, { parts }, { timeoutMs: Math.min(endpoint.timeoutMs, longestProbeMs) })
}

/** Asks for one word, to be sent as a stream of events. */
export const askForOneWordStreamed = (ctx: Context, endpoint: CallableEndpoint): Promise<CallResult> =>
  ask(ctx, endpoint, [ready], { streamed: true })

function merged({ settings }: CallableEndpoint, maxTokens: number) {
  return mergeSettings({ definition: { maxTokens, temperature: 0 }, endpoint: settings, run: nothingSet })
}

/**
 * Asks for one word. Where a setting is refused, once more without it: `refused` then says what was refused and what
 * cures it, and `taken` is the endpoint as it answers, for the probes that follow.
 */
export async function askForOneWord(
  ctx: Context,
  endpoint: CallableEndpoint,
): Promise<{ taken: CallableEndpoint; text: CallResult; refused: Seen | null }> {
  let taken = endpoint
  let text = await ask(ctx, taken, [ready])
  const words: string[] = []
  const cure: Cure = {}
  while (text.outcome.kind === 'failure' && text.outcome.errorClass === 'bad_request' && words.length < mostCures) {
    const next = cureFor(text.outcome.message, taken.settings, merged(taken, shortAnswer).sampling)
    if (!next) break
    words.push(text.outcome.message)
    Object.assign(cure, next)
    taken = { ...taken, settings: cured(taken.settings, next) }
    text = await ask(ctx, taken, [ready])
  }
  if (words.length === 0 || text.outcome.kind === 'failure') return { taken, text, refused: null }
  return { taken, text, refused: seenOfCure(endpoint, cure, words, text.latencyMs) }
}

function seenOfCure({ name }: CallableEndpoint, cure: Cure, words: string[], latencyMs: number): Seen {
  const { maxTokensName, sampling = {} } = cure
  const unset = Object.entries(sampling).flatMap(([setting, value]) => (value === null ? [setting] : []))
  const changes = [
    maxTokensName && `give the limit of tokens as ${maxTokensName}`,
    sampling.maxTokens !== undefined && `ask for at most ${sampling.maxTokens} tokens`,
    unset.length > 0 && `leave out ${unset.join(', ')}`,
  ]
  const advice = `It answers with other settings: ${changes.filter(Boolean).join('; ')}. To take them: npx arena models check '${name}' --cure`
  return {
    name: 'settings',
    result: 'fail',
    observation: `It refuses what is sent: ${words.join('; ')}`,
    advice,
    latencyMs,
    cure,
  }
}
