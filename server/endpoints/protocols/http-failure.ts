import type { ErrorClass } from '../schema.ts'
import type { WireFailure } from './protocol.ts'

/**
 * The class of a reply that is not 2xx, from its status and the words in its body; the same for all wire formats.
 * `now` is in milliseconds since 1970 and serves waits that are given as a moment.
 */
export function httpFailure(
  status: number,
  headers: Record<string, string>,
  words: string,
  now: number = Date.now(),
): WireFailure {
  const errorClass = classOf(status, words)
  const waits = errorClass === 'rate_limit' || errorClass === 'server'
  const message = `${status}${words ? `: ${words}` : ''}`
  return { kind: 'failure', errorClass, message, waitMs: waits ? askedWaitMs(headers, now) : null }
}

function classOf(status: number, words: string): ErrorClass {
  switch (status) {
    case 401:
    case 403:
      return 'auth'
    case 402:
      return 'quota'
    case 404:
    case 410:
      return 'not_found'
    case 408:
      return 'timeout'
    case 413:
      return 'too_large'
    case 429:
      return /insufficient_quota|exceeded your current quota|billing|credit balance/i.test(words)
        ? 'quota'
        : 'rate_limit'
    case 409:
    case 425:
      return 'server'
  }
  if (status >= 500) return 'server'
  if (/context[_ ](length|window)|maximum context|too many tokens|prompt is too long|input is too long/i.test(words)) {
    return 'context'
  }
  if (/image[^.]{0,80}(too large|too big|exceeds|larger than|maximum (size|dimension))/i.test(words)) return 'too_large'
  if (/model_not_found|model [^.]{0,80}(does not exist|not found)/i.test(words)) return 'not_found'
  return 'bad_request'
}

/** Whether an error's words say that a content filter stopped it, which is the model's answer. */
export function saysFiltered(words: string): boolean {
  return /content[_ ]?filter|content_policy|content management policy|responsible ?ai ?policy|moderation_blocked|flagged/i.test(
    words,
  )
}

/**
 * The wait that a reply asks for, in milliseconds: `retry-after-ms`, `Retry-After` (RFC 9110: seconds or a date), else
 * the longest of `x-ratelimit-reset*` whose allowance is spent. Null: none is asked for. At most a day.
 */
export function askedWaitMs(headers: Record<string, string>, now: number): number | null {
  const exact = Number(headers['retry-after-ms'] ?? NaN)
  if (Number.isFinite(exact) && exact >= 0) return atMostADay(exact)
  const stated = headers['retry-after']
  if (stated !== undefined) {
    const wait = /^\s*\d+(\.\d+)?\s*$/.test(stated) ? Number(stated) * 1000 : Date.parse(stated) - now
    if (Number.isFinite(wait)) return atMostADay(wait)
  }
  const resets = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ratelimit-reset') && !left(headers, name))
    .map(([, value]) => resetMs(value, now))
    .filter((wait) => wait !== null)
  return resets.length ? atMostADay(Math.max(...resets)) : null
}

/** Whether the allowance that this reset belongs to still has something left. */
function left(headers: Record<string, string>, resetName: string): boolean {
  return Number(headers[resetName.replace('reset', 'remaining')] ?? 0) > 0
}

/** Reads "1.5", "20ms", "6m0s", seconds since 1970 or a date. */
function resetMs(value: string, now: number): number | null {
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) {
    const seconds = Number(value)
    if (seconds > 1e11) return seconds - now // milliseconds since 1970
    return seconds > 1e9 ? seconds * 1000 - now : seconds * 1000
  }
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  const steps = [...value.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy)]
  if (steps.length && steps.map(([whole]) => whole).join('') === value.trim()) {
    return steps.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0)
  }
  const moment = Date.parse(value)
  return Number.isNaN(moment) ? null : moment - now
}

function atMostADay(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), 86_400_000)
}
