import { eq } from 'drizzle-orm'
import { endpoints, probes } from '#drizzle/schema/endpoints.ts'
import type { Context } from '#server/core/context.ts'
import { EgressError } from '#server/core/egress.ts'
import { scrub } from '#server/core/secrets.ts'
import { openEndpoint, urlOf, type CallableEndpoint, type CallResult } from '../call-endpoint.ts'
import { recordEvent } from '../events.ts'
import type { WirePart } from '../protocols/protocol.ts'
import { probeLargestPicture, probeStream } from './further-probes.ts'
import { ask, askForOneWord, type Seen } from './probe-call.ts'
import { asksToWait, base64Of, card, failedProbe, quoted, seenOfColours } from './seen.ts'
import { sameModel } from '../same-model.ts'
import type { Probe } from '../schema.ts'
import { cardColours, drawBrokenCard, type CardColour } from './test-card.ts'

interface CheckResult {
  ready: boolean
  reason: string
  probes: Probe[]
}

/** Only these say whether an endpoint can be given work; the others say what it is good for. */
const deciding = ['reach', 'key', 'model name', 'settings', 'text', 'one image']

/**
 * Asks an endpoint ten things, from "is anyone there" to "what becomes of a broken picture", writes down what it saw
 * as it goes, and makes the endpoint `ready` or `failing`. An endpoint that is off stays off. `onProbe` is called with
 * each.
 */
export async function probeEndpoint(
  ctx: Context,
  endpointId: string,
  onProbe: (probe: Probe) => void = () => {},
): Promise<CheckResult> {
  const endpoint = await openEndpoint(ctx, endpointId)
  await ctx.db.delete(probes).where(eq(probes.endpointId, endpointId))
  const seen: Probe[] = []
  for await (const probe of probesOf(ctx, endpoint)) {
    const at = new Date(ctx.now())
    await ctx.db.insert(probes).values({ ...probe, endpointId, position: seen.length, at })
    seen.push({ cure: null, ...probe, at: at.toISOString() })
    onProbe(seen.at(-1)!)
  }
  const fault = seen.find(({ name, result }) => result === 'fail' && deciding.includes(name))
  const limits = seen.filter(({ result }) => result !== 'pass').map(({ name }) => name)
  const passed = limits.length ? `Ready; limits: ${limits.join(', ')}` : 'Every probe passed'
  const reason = fault ? `${capitalised(fault.name)}: ${fault.observation}` : passed
  const found = fault ? ('failing' as const) : ('ready' as const)
  const status = endpoint.status === 'off' ? 'off' : found
  if (status !== 'off') {
    const changed = { status, statusReason: reason, statusSince: new Date(ctx.now()) }
    await ctx.db.update(endpoints).set(changed).where(eq(endpoints.id, endpointId))
  }
  const kept = seen.map(({ at: _, ...probe }) => probe)
  await recordEvent(ctx, { id: endpointId, status }, { kind: 'check', words: reason, probes: kept })
  return { ready: !fault, reason, probes: seen }
}

/** The probes in order; after one that leaves the rest without sense there are no more. */
async function* probesOf(ctx: Context, registered: CallableEndpoint): AsyncGenerator<Seen> {
  const reach = await probeReach(ctx, registered)
  yield reach.seen
  if (reach.seen.result === 'fail') return
  const { taken: endpoint, text, refused } = await askForOneWord(ctx, registered)
  yield seenOfKey(endpoint, text)
  if (failedBy(text, 'auth') || failedBy(text, 'quota')) return
  yield seenOfModelName(endpoint, text, reach.offered)
  if (failedBy(text, 'not_found')) return
  if (refused) yield refused
  yield seenOfText(text)
  if (text.outcome.kind === 'failure' && !asksToWait(text.outcome)) return
  const [first, second] = twoColours(ctx)
  yield await probeOneImage(ctx, endpoint, first)
  yield await probeTwoImages(ctx, endpoint, first, second)
  yield await probeLargestPicture(ctx, endpoint, first)
  yield await probeLongAnswer(ctx, endpoint)
  yield await probeStream(ctx, endpoint)
  yield await probeBrokenImage(ctx, endpoint)
}

function failedBy({ outcome }: CallResult, errorClass: string): boolean {
  return outcome.kind === 'failure' && outcome.errorClass === errorClass
}

async function probeReach(ctx: Context, endpoint: CallableEndpoint): Promise<{ seen: Seen; offered: string[] }> {
  const started = performance.now()
  const seen = (result: Seen['result'], observation: string, advice = ''): Seen => ({
    name: 'reach',
    result,
    observation,
    advice,
    latencyMs: Math.round(performance.now() - started),
  })
  try {
    const { path, headers } = endpoint.protocol.buildListing(endpoint.settings, endpoint.key)
    const { status, body } = await ctx.egress.request({
      url: urlOf(endpoint.baseUrl, path),
      method: 'GET',
      headers,
      timeoutMs: 15_000,
      pool: endpoint.id,
      reach: endpoint.reach,
    })
    const offered = endpoint.protocol.readListing(body.toString('utf8'))
    const secrets = endpoint.key ? [endpoint.key] : []
    return { seen: seen('pass', `Answers (HTTP ${status})`), offered: offered.map((name) => scrub(name, secrets)) }
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    const words = endpoint.reach === 'listed' ? error.message : 'The address could not be reached'
    const advice =
      error.kind === 'refused' && endpoint.reach === 'listed'
        ? 'If this address is meant, an admin allows its host:port on the page Endpoints, or the server is started with it in EGRESS_ALLOW.'
        : 'Is the model server running, and is the base URL right?'
    return { seen: seen('fail', words, advice), offered: [] }
  }
}

const unservedAdvice =
  'Switch billing on for this account, or run this server in a country that the service answers in.'

function seenOfKey(endpoint: CallableEndpoint, { outcome, latencyMs }: CallResult): Seen {
  const name = 'key'
  if (outcome.kind === 'failure' && outcome.errorClass === 'auth') {
    const advice = endpoint.key
      ? 'Replace it by one that is valid for this address, here or by `npx arena models set`.'
      : 'No key is stored for this endpoint, and it asks for one: store it here or by `npx arena models set`.'
    const refused = { name, result: 'fail' as const, latencyMs }
    // Gemini's words for an account or a country that it does not serve.
    return outcome.message.includes('FAILED_PRECONDITION')
      ? { ...refused, observation: `The account was refused: ${outcome.message}`, advice: unservedAdvice }
      : { ...refused, observation: `The key was refused: ${outcome.message}`, advice }
  }
  if (outcome.kind === 'failure' && outcome.errorClass === 'quota') {
    const advice = "Top up or raise the account's limit at the provider."
    return { name, result: 'fail', observation: `The quota is spent: ${outcome.message}`, advice, latencyMs }
  }
  const observation = endpoint.key ? 'The key was accepted' : 'No key is stored and none was asked for'
  return { name, result: 'pass', observation, advice: '', latencyMs }
}

function seenOfModelName(endpoint: CallableEndpoint, { outcome, latencyMs }: CallResult, offered: string[]): Seen {
  const name = 'model name'
  const asked = endpoint.settings.remoteModel
  const choice = offered.slice(0, 8).join(', ')
  if (outcome.kind === 'failure' && outcome.errorClass === 'not_found') {
    const advice = choice
      ? `It offers: ${choice}.`
      : 'Compare the name with the provider\u2019s list, and the base URL with its documentation.'
    return { name, result: 'fail', observation: `${asked} is not known there: ${outcome.message}`, advice, latencyMs }
  }
  const replied = outcome.kind === 'reply' ? outcome.repliedModel : null
  if (replied !== null && !sameModel(asked, replied)) {
    const advice = 'Usual for an alias; if it is not one, another model answers.'
    return { name, result: 'limit', observation: `Asked ${asked}, answered by ${replied}`, advice, latencyMs }
  }
  const answers = replied === asked ? `${asked} answers` : `${asked} answers as ${replied}`
  const observation = replied === null ? 'The reply names no model' : answers
  return { name, result: replied === null ? 'limit' : 'pass', observation, advice: '', latencyMs }
}

function seenOfText(result: CallResult): Seen {
  const failed = failedProbe('text', result)
  if (failed) return failed
  const { outcome, latencyMs } = result
  const answer = outcome.kind === 'reply' ? outcome.response.trim() : ''
  if (answer !== '') {
    return { name: 'text', result: 'pass', observation: `Answered ${quoted(answer)}`, advice: '', latencyMs }
  }
  const advice = 'A model that thinks first may need a higher token limit; otherwise its chat template may be missing.'
  return { name: 'text', result: 'limit', observation: 'The answer was empty', advice, latencyMs }
}

async function probeOneImage(ctx: Context, endpoint: CallableEndpoint, colour: CardColour): Promise<Seen> {
  const name = 'one image'
  const question = 'What colour is the square in this picture? Answer with one word.'
  const result = await ask(ctx, endpoint, [await card(colour), { kind: 'text', text: question }])
  const failed = failedProbe(
    name,
    result,
    'Does this model take pictures, and was its server started with them enabled?',
  )
  if (failed) return failed
  return seenOfColours(
    name,
    result,
    [colour],
    'It took the picture but may not see it: an answer without it looks the same.',
  )
}

async function probeTwoImages(ctx: Context, endpoint: CallableEndpoint, first: CardColour, second: CardColour) {
  const name = 'two images'
  const question = 'Each picture shows one square. Name the two colours in order, in two words.'
  const result = await ask(ctx, endpoint, [await card(first), await card(second), { kind: 'text', text: question }])
  const advice = 'Benchmarks with several pictures in one question (MMMU) will have errors here.'
  const failed = failedProbe(name, result, advice)
  return failed ? { ...failed, result: 'limit' as const } : seenOfColours(name, result, [first, second], advice)
}

async function probeLongAnswer(ctx: Context, endpoint: CallableEndpoint): Promise<Seen> {
  const name = 'long answer'
  const result = await ask(ctx, endpoint, [{ kind: 'text', text: 'Count from 1 to 100, separated by spaces.' }], {
    maxTokens: 1024,
  })
  const failed = failedProbe(name, result, 'Long answers may fail: raise the timeout or lower the token limit.')
  if (failed) return { ...failed, result: 'limit' }
  const { outcome, latencyMs } = result
  const reply = outcome.kind === 'reply' ? outcome : null
  const length = reply?.response.length ?? 0
  const observation = `${length} characters${reply?.tokensOut == null ? '' : `, ${reply.tokensOut} tokens`} in ${latencyMs} ms`
  if (reply?.truncated) {
    return {
      name,
      result: 'limit',
      observation: `Cut off: ${observation}`,
      advice: 'Its own token limit is low.',
      latencyMs,
    }
  }
  return { name, result: 'pass', observation, advice: '', latencyMs }
}

async function probeBrokenImage(ctx: Context, endpoint: CallableEndpoint): Promise<Seen> {
  const name = 'broken image'
  const broken: WirePart = { kind: 'image', mediaType: 'image/png', base64: base64Of(await drawBrokenCard()) }
  const result = await ask(ctx, endpoint, [broken, { kind: 'text', text: 'What is in this picture?' }])
  const { outcome, latencyMs } = result
  const seen = (kind: Seen['result'], observation: string, advice = ''): Seen => ({
    name,
    result: kind,
    observation,
    advice,
    latencyMs,
  })
  if (outcome.kind === 'reply') {
    return seen('limit', `Answered ${quoted(outcome.response)}`, 'It answers about a picture that it cannot have read.')
  }
  if (outcome.errorClass === 'bad_request' || outcome.errorClass === 'too_large') {
    return seen('pass', `Refused as it should: ${outcome.message}`)
  }
  return seen('limit', outcome.message, 'A damaged picture looks like an outage here, and will be retried as one.')
}

function twoColours(ctx: Context): [CardColour, CardColour] {
  const colours = Object.keys(cardColours) as CardColour[]
  const first = Math.floor(ctx.random() * colours.length)
  const second = (first + 1 + Math.floor(ctx.random() * (colours.length - 1))) % colours.length
  return [colours[first]!, colours[second]!]
}

function capitalised(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}
