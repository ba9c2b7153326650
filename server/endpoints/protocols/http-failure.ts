import type { ErrorClass } from '../schema.ts'
import { askedWaitMs } from '#server/core/http/waits.ts'
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
