import type { CallResult } from '../call-endpoint.ts'
import type { WireFailure, WirePart } from '../protocols/protocol.ts'
import type { Seen } from './probe-call.ts'
import { drawTestCard, type CardColour } from './test-card.ts'

/** Whether the endpoint only asks for patience. */
export function asksToWait({ errorClass }: WireFailure): boolean {
  return errorClass === 'rate_limit' || errorClass === 'overloaded'
}

/** What a failed call says of a probe, or null when there was a reply. Being asked to wait is a limit, not a fault. */
export function failedProbe(name: string, { outcome, latencyMs }: CallResult, advice = ''): Seen | null {
  if (outcome.kind === 'reply') return null
  const result = asksToWait(outcome) ? 'limit' : 'fail'
  return { name, result, observation: outcome.message, advice: adviceOn[outcome.errorClass] ?? advice, latencyMs }
}

const adviceOn: Partial<Record<string, string>> = {
  rate_limit: 'It asks us to wait: lower the concurrency or the requests per minute of this endpoint.',
  overloaded: 'The whole service is overloaded: check again later; a run waits for it.',
  timeout: 'It is too slow or hangs: look at its load, or raise the timeout.',
  server: 'The fault is on its side: look at its log.',
  protocol: 'What came back is not of the wire format that was chosen: are the base URL and the protocol right?',
}

/** Whether the answer names the colours that were shown. */
export function seenOfColours(
  name: string,
  { outcome, latencyMs }: CallResult,
  colours: CardColour[],
  advice: string,
): Seen {
  const answer = outcome.kind === 'reply' ? outcome.response : ''
  const words = answer.toLowerCase().match(/\b[a-z]+/g) ?? []
  const all = colours.every((colour) => words.some((word) => word.startsWith(colour)))
  const shown = colours.join(' and ')
  if (all) return { name, result: 'pass', observation: `Saw ${shown}`, advice: '', latencyMs }
  return { name, result: 'limit', observation: `Shown ${shown}, answered ${quoted(answer)}`, advice, latencyMs }
}

/** A test card as it goes out. */
export async function card(colour: CardColour, sidePx?: number): Promise<WirePart> {
  return { kind: 'image', mediaType: 'image/png', base64: base64Of(await drawTestCard(colour, sidePx)) }
}

/** Bytes in base64, as a wire format takes them. */
export function base64Of(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64'), 'latin1')
}

/** An answer on one line, in quotation marks and short. */
export function quoted(answer: string): string {
  const line = answer.replace(/\s+/g, ' ').trim()
  return `"${line.length > 80 ? `${line.slice(0, 79)}…` : line}"`
}
