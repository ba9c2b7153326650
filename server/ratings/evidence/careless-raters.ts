import type { Votes } from '../votes/counts.ts'
import { markRepeats } from '../votes/vote-limits.ts'

/** Signs that a rater did not look, whatever the others chose. */
interface Carelessness {
  rater: number
  votes: number
  /** Votes given faster than anyone can look. */
  hasty: number
  /** Votes on the same item and pair as an earlier one of the same rater; zero where items are not known. */
  repeats: number
  /** Questions with a known answer: how many were met, and how many answered otherwise. */
  gold: number
  goldMissed: number
}

interface Attention {
  /** How long each vote took, in seconds; NaN where it was not measured. */
  seconds?: Float64Array
  /** Votes faster than this are hasty, in seconds. */
  floor?: number
  /** The verdict that each vote should have had, as in `Votes.verdict`; 255 where there is no known answer. */
  expected?: Uint8Array
}

/** No known answer, in `Attention.expected`. */
export const noAnswer = 255

/**
 * Counts signs of carelessness per rater, by number: evidence beside `flagRaters`, which judges by the other raters'
 * votes. Throws RangeError for votes without raters.
 */
export function countCareless(votes: Votes, { seconds, floor = 2, expected }: Attention = {}): Carelessness[] {
  if (!votes.rater) throw new RangeError('carelessness needs the rater of every vote')
  const repeated = votes.item ? markRepeats(votes) : null
  const raters: Carelessness[] = []
  votes.rater.forEach((rater, t) => {
    while (raters.length <= rater)
      raters.push({ rater: raters.length, votes: 0, hasty: 0, repeats: 0, gold: 0, goldMissed: 0 })
    const own = raters[rater]!
    own.votes++
    if (seconds && seconds[t]! < floor) own.hasty++
    own.repeats += repeated?.[t] ?? 0
    const answer = expected?.[t] ?? noAnswer
    if (answer === noAnswer) return
    own.gold++
    if (votes.verdict[t] !== answer) own.goldMissed++
  })
  return raters
}
