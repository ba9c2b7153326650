import { growingWaitMs } from '../core/http/waits.ts'
import type { WireFailure, WireReply } from '../endpoints/protocols/protocol.ts'

/** Attempts of one call so far that did not bring a reply, as far as they affect the next. */
interface PastFailures {
  /** Connection, timeout, 5xx. */
  transient: number
  /** Replies that could not be read, and empty answers. */
  protocol: number
  /** 429, and a service that is overloaded as a whole: they wait, and cost nothing. */
  waits: number
}

export interface RetryRule {
  maxRetries: number
  /** Mean of the first wait is half of it; it doubles up to `longestBackoffMs`. */
  firstBackoffMs: number
  longestBackoffMs: number
  /** In [0, 1). */
  random(): number
}

/** What becomes of a call after an attempt. `pause`: the whole plan stops, and the call is asked again after that. */
export type Verdict =
  | { kind: 'answered' }
  | { kind: 'retry'; waitMs: number; asked: boolean }
  | { kind: 'error' }
  | { kind: 'pause'; endpointFails: boolean }

const protocolRetries = 2

/**
 * Decides by class: a 429 or an overload waits as asked and never uses up the budget; faults that pass are retried with exponential
 * backoff and full jitter; unreadable replies twice, an empty answer once; what cannot get better is not retried.
 */
export function verdictOn(outcome: WireReply | WireFailure, past: PastFailures, rule: RetryRule): Verdict {
  if (outcome.kind === 'reply') {
    const mayAskAgain = isEmpty(outcome) && past.protocol < Math.min(1, rule.maxRetries)
    return mayAskAgain ? retry(null, past.protocol, rule) : { kind: 'answered' }
  }
  switch (outcome.errorClass) {
    case 'rate_limit':
    case 'overloaded':
      return retry(outcome.waitMs, past.waits, rule)
    case 'connection':
    case 'timeout':
    case 'server':
      return past.transient < rule.maxRetries ? retry(outcome.waitMs, past.transient, rule) : { kind: 'error' }
    case 'protocol':
      return past.protocol < Math.min(protocolRetries, rule.maxRetries)
        ? retry(null, past.protocol, rule)
        : { kind: 'error' }
    case 'quota':
      return { kind: 'pause', endpointFails: false }
    case 'auth':
    case 'not_found':
      return { kind: 'pause', endpointFails: true }
    case 'bad_request':
    case 'too_large':
    case 'context':
    case 'data':
    case 'internal':
      return { kind: 'error' }
  }
}

/** Whether a reply ended and says nothing; one that was cut off or refused is not empty. */
export function isEmpty(reply: Pick<WireReply, 'refused' | 'truncated' | 'response'>): boolean {
  return !reply.refused && !reply.truncated && reply.response.trim() === ''
}

function retry(askedMs: number | null, times: number, rule: RetryRule): Verdict {
  const longest = growingWaitMs(times, rule.firstBackoffMs, rule.longestBackoffMs)
  return { kind: 'retry', waitMs: Math.max(askedMs ?? 0, Math.round(rule.random() * longest)), asked: askedMs !== null }
}
