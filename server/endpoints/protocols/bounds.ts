import { atMostADay } from '#server/core/http/waits.ts'
import { storable } from '#server/core/storable.ts'
import type { WireFailure, WireReply } from './protocol.ts'

/** The largest number of an integer column. */
const mostTokens = 2_147_483_647
/** In UTF-16 units; the longest names in use have some 20 and 120. */
const longestFinishReason = 64
const longestModelName = 256

/**
 * What an endpoint said, as it can be kept: a number of tokens that nobody can have counted is taken for none given,
 * names are cut, a wait lasts a day at most, and texts hold no character that the database cannot.
 */
export function withinBounds(outcome: WireReply | WireFailure): WireReply | WireFailure {
  if (outcome.kind === 'failure') {
    const { waitMs } = outcome
    return { ...outcome, waitMs: waitMs === null ? null : atMostADay(waitMs) }
  }
  return {
    ...outcome,
    response: storable(outcome.response),
    thinking: storable(outcome.thinking),
    finishReason: cut(outcome.finishReason, longestFinishReason),
    repliedModel: cut(outcome.repliedModel, longestModelName),
    tokensIn: countable(outcome.tokensIn),
    tokensOut: countable(outcome.tokensOut),
    tokensCached: countable(outcome.tokensCached),
    tokensThinking: countable(outcome.tokensThinking),
  }
}

function countable(tokens: number | null): number | null {
  return tokens !== null && Number.isInteger(tokens) && tokens >= 0 && tokens <= mostTokens ? tokens : null
}

function cut(text: string | null, longest: number): string | null {
  if (text === null) return null
  return storable(text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
}
