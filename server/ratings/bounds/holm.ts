import { holmAdjusted } from '../chance/holm.ts'
import type { Covariance } from './intervals.ts'
import type { RankRange } from './ranks.ts'
import { differenceP } from './ways.ts'

/** The p-value of each difference, models numbered from zero and i < j. */
interface PairTest {
  i: number
  j: number
  p: number
}

/**
 * Two-sided tests of all differences between natural strengths, the smallest p-value first. Of several covariances the one
 * counts that makes a difference least certain; a difference with no error at all proves nothing.
 */
export function testDifferences(strengths: Float64Array, covariances: Covariance[]): PairTest[] {
  const tests: PairTest[] = []
  for (let i = 0; i < strengths.length; i++) {
    for (let j = i + 1; j < strengths.length; j++)
      tests.push({ i, j, p: differenceP(covariances, i, j, strengths[i]! - strengths[j]!) })
  }
  return tests.sort((one, other) => one.p - other.p || one.i - other.i || one.j - other.j)
}

/**
 * Places that hold for all models at once at the level: Holm's step-down (1979) over the tests, the best place 1 + the
 * models proven better, the worst n - the models proven worse.
 */
export function holmRanges(strengths: Float64Array, tests: PairTest[], level = 0.95): RankRange {
  const n = strengths.length
  const best = new Int32Array(n).fill(1)
  const worst = new Int32Array(n).fill(n)
  const adjusted = holmAdjusted(tests.map(({ p }) => p))
  for (const [k, { i, j }] of tests.entries()) {
    if (adjusted[k]! > 1 - level) break
    const [better, worse] = strengths[i]! > strengths[j]! ? [i, j] : [j, i]
    best[worse]!++
    worst[better]!--
  }
  return { best, worst }
}
