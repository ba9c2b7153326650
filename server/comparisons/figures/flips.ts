import { fairCoinTwoSided } from '#server/ratings/chance/distributions.ts'
import type { PairedScores } from './paired-scores.ts'

/** Examples by which run has them right. */
interface Flips {
  aOnly: number
  bOnly: number
  both: number
  neither: number
  /** Exact two-sided test of McNemar: whether flips go both ways alike. Null where scores are graded, not right or wrong. */
  mcnemarP: number | null
}

/** A score from here on counts as right where right is asked for and scores are graded. */
export const rightFrom = 0.5

/**
 * Flips between two runs. Only they tell which run is better, so McNemar's test (Psychometrika 12, 1947) holds them
 * against a fair coin, here exactly. Without any it is 1.
 */
export function countFlips({ a, b }: PairedScores): Flips {
  let [aOnly, bOnly, both, neither] = [0, 0, 0, 0]
  let graded = false
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!]
    graded ||= (x !== 0 && x !== 1) || (y !== 0 && y !== 1)
    if (x >= rightFrom) {
      if (y >= rightFrom) both++
      else aOnly++
    } else if (y >= rightFrom) bOnly++
    else neither++
  }
  return { aOnly, bOnly, both, neither, mcnemarP: graded ? null : fairCoinTwoSided(aOnly, aOnly + bOnly) }
}
