/** What the mock answers to one request. A text is the body. */
interface Served {
  status?: number
  headers?: Record<string, string>
  body: string | Buffer
}

export type Serving = Served | string | (() => Served)

/** What a case says to the right answer: the same each time, or one after the other, the last for all further requests. */
type Says = (gold: string) => Serving | Serving[]

/** What becomes of the one example that is asked. */
interface Expected {
  /** Of the prediction, or of the error; `paused` and `waits` go before the class of the last attempt. */
  class: string
  calls: number
  /** In percent; null: none. */
  score: number | null
  exit: number
  /** In what `arena run` prints. */
  words?: RegExp
  /** The wait that was asked for, in milliseconds; up to so much less where it was asked for as a moment. */
  waitMs?: number
  slackMs?: number
}

export interface Behaviour {
  name: string
  says: Says
  expected: Expected
  /** Of the endpoint. */
  thinkingTags?: string[]
}

const right = { class: 'scored', calls: 1, score: 100, exit: 0 }

/** The answer is read, and right. */
export function read(name: string, says: Says, expected: Partial<Expected> = {}): Behaviour {
  return { name, says, expected: { ...right, ...expected } }
}

/** It fails three times, with two retries, and is an error of this class, outside the mean. */
export function fails(name: string, says: Says, errorClass: string, expected: Partial<Expected> = {}): Behaviour {
  const words = new RegExp(`without an answer \\(1 ${errorClass}\\).*arena resume`)
  return { name, says, expected: { class: errorClass, calls: 3, score: null, exit: 1, words, ...expected } }
}

/** It is asked once more after a failure that passes, and right. */
export function passes(name: string, fault: Served | string, expected: Partial<Expected> = {}): Behaviour {
  return read(name, (gold) => [fault, says(gold)], { calls: 2, ...expected })
}

/** It cannot get better: an error of this class after one call. */
export function refusedOutright(name: string, fault: Served | string, errorClass: string): Behaviour {
  return fails(name, () => fault, errorClass, { calls: 1 })
}

/** The run stops at once, for people to act. */
export function pauses(name: string, fault: Served | string, errorClass: string, words: RegExp): Behaviour {
  return { name, says: () => fault, expected: { class: `paused ${errorClass}`, calls: 1, score: null, exit: 3, words } }
}

/** The call waits as it is told, and uses up no retry. */
export function waits(name: string, fault: Serving, waitMs: number, errorClass = 'rate_limit'): Behaviour {
  const words = /interrupted.*arena resume/
  const slackMs = typeof fault === 'function' ? 5_000 : 0
  const expected = { class: `waits ${errorClass}`, calls: 1, score: null, exit: 130, waitMs, slackMs, words }
  return { name, says: () => fault, expected }
}

/** The model's answer is that it does not answer. */
export function refuses(name: string, fault: Served | string): Behaviour {
  return { name, says: () => fault, expected: { class: 'refused', calls: 1, score: 0, exit: 0 } }
}

/** A chat completion with this message; `rest` goes into the choice, `beside` beside it. */
export function completion(message: object, rest: object = {}, beside: object = {}): string {
  return JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop', ...rest }], ...beside })
}

export const says = (content: unknown, rest: object = {}, beside: object = {}) => completion({ content }, rest, beside)

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Served => ({
  status,
  headers,
  body: JSON.stringify(body),
})

export const failure = (status: number, message: string, rest: object = {}, headers: Record<string, string> = {}) =>
  json(status, { error: { message, ...rest } }, headers)

export const page = (status: number, words: string): Served => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><body>${words}</body></html>`,
})
