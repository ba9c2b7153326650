import { z } from 'zod'

/**
 * The JSON of a body, or undefined. Reads on where a strict parser stops and the meaning is plain: a byte order mark,
 * `[DONE]` after the end, NaN and Infinity for numbers (null then).
 */
export function parseBody(body: string): unknown {
  const text = withoutDone(body.startsWith('\uFEFF') ? body.slice(1) : body)
  return parsed(text)
}

/** The names in a listing of models in the shape of OpenAI and Anthropic, `{data: [{id}]}`; empty for any other body. */
export function readModelIds(body: string): string[] {
  return Listing.safeParse(parseBody(body)).data?.data.map(({ id }) => id) ?? []
}

const Listing = z.object({ data: z.array(z.object({ id: z.string() })) })

/**
 * The JSON of each `data` line of server-sent events (WHATWG HTML), in order, and whether `[DONE]` ended them; null for
 * a body that is none, or whose events are not all JSON.
 */
export function readEvents(body: string): { events: unknown[]; done: boolean } | null {
  const text = body.startsWith('\uFEFF') ? body.slice(1) : body
  if (!/^\s*(?:data|event|id|retry)?:/.test(text.slice(0, 256))) return null
  const events: unknown[] = []
  let done = false
  let data: string[] = []
  for (const line of [...text.split(/\r\n|\r|\n/), '']) {
    if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
    if (line !== '' || data.length === 0) continue
    const whole = data.join('\n')
    data = []
    if (whole.trim() === '[DONE]') {
      done = true
      continue
    }
    const event = parsed(whole)
    if (event === undefined) return null
    events.push(event)
  }
  return { events, done }
}

function parsed(text: string): unknown {
  return strictlyParsed(text) ?? strictlyParsed(withoutNaN(text))
}

function strictlyParsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function withoutDone(body: string): string {
  const text = body.trimEnd()
  if (!text.endsWith('[DONE]')) return body
  const before = text.slice(0, -'[DONE]'.length).trimEnd()
  return before.endsWith('data:') ? before.slice(0, -'data:'.length) : before
}

/** Python's names for what JSON has no number for become null; within texts they stay. */
function withoutNaN(body: string): string {
  if (!/NaN|Infinity/.test(body)) return body
  let kept = ''
  for (let at = 0; at < body.length;) {
    const quote = body.indexOf('"', at)
    const end = quote === -1 ? body.length : quote
    const after = quote === -1 ? body.length : endOfText(body, quote)
    kept += body.slice(at, end).replace(/-?\b(?:NaN|Infinity)\b/g, 'null') + body.slice(end, after)
    at = after
  }
  return kept
}

/** The place after a text in quotes that begins here. */
function endOfText(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    if (body[at] === '\\') at++
    else if (body[at] === '"') return at + 1
  }
  return body.length
}
