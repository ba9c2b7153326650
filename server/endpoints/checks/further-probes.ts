import type { Context } from '#server/core/context.ts'
import type { CallableEndpoint, CallResult } from '../call-endpoint.ts'
import { ask, askForOneWordStreamed, type Seen } from './probe-call.ts'
import { card, failedProbe, quoted, seenOfColours } from './seen.ts'
import type { CardColour } from './test-card.ts'

/** Sides in pixels that are tried, the largest first. */
const sidesPx = [4_096, 2_048, 1_024]
const tooMuch = ['bad_request', 'too_large', 'context']

/**
 * Shows the largest picture that benchmarks send, or that the endpoint is sent by its own settings; where that is refused,
 * smaller ones, until a size is found that it takes, which is the cure.
 */
export async function probeLargestPicture(ctx: Context, endpoint: CallableEndpoint, colour: CardColour): Promise<Seen> {
  const name = 'largest picture'
  const { longestSide = sidesPx[0]! } = endpoint.settings.pictures
  const first = await askOfSide(ctx, endpoint, colour, Math.min(longestSide, sidesPx[0]!))
  const failed = failedProbe(name, first.result)
  if (!failed) return seenOfLargest(first, colour)
  const refused = first.result.outcome.kind === 'failure' && tooMuch.includes(first.result.outcome.errorClass)
  for (const sidePx of refused ? sidesPx.filter((side) => side < first.sidePx) : []) {
    const { result } = await askOfSide(ctx, endpoint, colour, sidePx)
    if (result.outcome.kind === 'reply') return curedBy(endpoint, failed, first.sidePx, sidePx)
  }
  const advice = `Pictures of ${first.sidePx} px a side end in errors: set the longest side of a picture lower.`
  return { ...failed, result: 'limit', advice: refused ? advice : failed.advice || advice }
}

interface Shown {
  sidePx: number
  result: CallResult
}

async function askOfSide(ctx: Context, endpoint: CallableEndpoint, colour: CardColour, sidePx: number): Promise<Shown> {
  const text = 'What colour is the square in this large picture? Answer with one word.'
  return { sidePx, result: await ask(ctx, endpoint, [await card(colour, sidePx), { kind: 'text', text }]) }
}

function seenOfLargest({ sidePx, result }: Shown, colour: CardColour): Seen {
  const advice = 'It took the picture but may not have seen it: large pictures may reach it shrunk or cut.'
  const seen = seenOfColours('largest picture', result, [colour], advice)
  return { ...seen, observation: `${seen.observation}, ${sidePx} px a side` }
}

function curedBy({ name, settings }: CallableEndpoint, failed: Seen, refusedPx: number, takenPx: number): Seen {
  return {
    ...failed,
    result: 'limit',
    observation: `It refuses ${refusedPx} px a side, and takes ${takenPx}: ${failed.observation}`,
    advice: `Send pictures of at most ${takenPx} px a side. To take this: npx arena models check '${name}' --cure`,
    cure: { pictures: { ...settings.pictures, longestSide: takenPx } },
  }
}

/** Asks for one word as a stream of events. Runs ask for whole replies, so nothing depends on it. */
export async function probeStream(ctx: Context, endpoint: CallableEndpoint): Promise<Seen> {
  const name = 'streamed reply'
  const result = await askForOneWordStreamed(ctx, endpoint)
  const failed = failedProbe(name, result)
  const advice = 'Runs ask for whole replies and are not concerned. A proxy that holds answers back may be the cause.'
  if (failed) return { ...failed, result: 'limit', advice }
  const { outcome, body, latencyMs } = result
  const answer = quoted(outcome.kind === 'reply' ? outcome.response : '')
  const streamed = /^(data|event):/m.test(body)
  return {
    name,
    result: streamed ? 'pass' : 'limit',
    observation: streamed ? `Streamed ${answer}` : `Asked for a stream, it answered ${answer} in one piece`,
    advice: streamed ? '' : advice,
    latencyMs,
  }
}
