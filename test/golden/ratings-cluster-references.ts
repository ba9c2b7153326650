import { holmRanges, testDifferences } from '#server/ratings/bounds/holm.ts'
import { standardErrors, type Covariance } from '#server/ratings/bounds/intervals.ts'
import { smallSampleCovariance } from '#server/ratings/bounds/small-sample.ts'
import { twoWayCovariance } from '#server/ratings/bounds/two-way.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { groupVotes } from '#server/ratings/votes/vote-groups.ts'
import type { Check } from './ratings-references.ts'
import type { GoldenSet } from './ratings-set.ts'
import type { ByName, Comparer } from './ratings-tally.ts'

type Way = 'by_rater' | 'by_item' | 'two_way'

interface ClusteredBounds extends Partial<Record<`${Way}_se` | `cr${2 | 3}_by_rater_se`, ByName>> {
  two_way_negative_variances?: number
  se_of_difference?: Record<string, Record<Way, number | null>>
  rank_ranges?: Record<string, [best: number, worst: number]>
  smallest_gap_between_p_and_threshold?: number
}

/** Errors by rater, by item and two ways, small-sample errors by rater, and places by Holm's tests. */
export const checkClusteredBounds: Check = (set, expected, compare) => {
  const part = expected as ClusteredBounds
  const { strengths } = set.fit()
  const { rater, item } = set.votes
  if (!rater || !item) return compare.fail('the votes have no raters or no items')
  const { byRater, byItem, both } = twoWayCovariance({ ...set.votes, rater, item }, 'half', set.comparisons, strengths)
  const ways = { by_rater: byRater, by_item: byItem, two_way: both }
  for (const way of ['by_rater', 'by_item', 'two_way'] as const)
    compare.values(`error ${way}`, standardErrors(ways[way]), part[`${way}_se`])
  const groups = groupVotes(set.votes, 'half', rater)
  for (const kind of ['cr2', 'cr3'] as const) {
    const covariance = smallSampleCovariance(kind, groups, set.comparisons, strengths)
    compare.values(`error ${kind}`, standardErrors(covariance), part[`${kind}_by_rater_se`])
  }
  checkDifferences(set, ways, part, compare)
  checkPlaces(set, ways, part, compare)
  compare.only({ ...part }, [
    ...['by_rater_se', 'by_item_se', 'two_way_se', 'cr2_by_rater_se', 'cr3_by_rater_se', 'two_way_negative_variances'],
    ...['se_of_difference', 'rank_ranges', 'smallest_gap_between_p_and_threshold'],
  ])
}

function checkDifferences(
  { names }: GoldenSet,
  ways: Record<Way, Covariance>,
  part: ClusteredBounds,
  compare: Comparer,
): void {
  const pairs = names.flatMap((one, i) =>
    names.slice(i + 1).map((other, k) => [`${one} | ${other}`, i, i + 1 + k] as const),
  )
  const variance = ({ models: n, matrix }: Covariance, i: number, j: number) =>
    matrix[i * n + i]! + matrix[j * n + j]! - 2 * matrix[i * n + j]!
  const negative = pairs.filter(([, i, j]) => variance(ways.two_way, i, j) < 0)
  compare.same('negative variances two ways', negative.length, part.two_way_negative_variances)
  if (!part.se_of_difference) return
  const keys = pairs.map(([key]) => key)
  compare.same('pairs', keys.toSorted(), Object.keys(part.se_of_difference).sort())
  for (const [key, i, j] of pairs) {
    for (const [way, covariance] of Object.entries(ways) as [Way, Covariance][]) {
      const error = pointsPerNatural * Math.sqrt(variance(covariance, i, j))
      compare.value(`error ${way} of ${key}`, error, part.se_of_difference[key]?.[way] ?? null)
    }
  }
}

function checkPlaces(
  { names, fit }: GoldenSet,
  ways: Record<Way, Covariance>,
  part: ClusteredBounds,
  compare: Comparer,
): void {
  const { strengths } = fit()
  const tests = testDifferences(strengths, Object.values(ways))
  const { best, worst } = holmRanges(strengths, tests)
  if (part.rank_ranges) {
    compare.same('names of places', names.toSorted(), Object.keys(part.rank_ranges).sort())
    names.forEach((name, i) => compare.same(`places of ${name}`, [best[i], worst[i]], part.rank_ranges![name] ?? null))
  }
  const gaps = tests.map(({ p }, k) => Math.abs(p - 0.05 / (tests.length - k)))
  compare.value('gap between p and threshold', Math.min(...gaps), part.smallest_gap_between_p_and_threshold)
}
