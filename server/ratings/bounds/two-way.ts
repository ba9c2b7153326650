import type { Comparisons } from '../votes/comparisons.ts'
import { distinctPairs, type TieRule, type Votes } from '../votes/counts.ts'
import { groupVotes } from '../votes/vote-groups.ts'
import { clusterScatter } from './cluster.ts'
import { fisherCovariance, wrap, type Covariance } from './intervals.ts'

/** Covariances of the same strengths, natural units: with votes of one rater, on one item, or with either in common. */
interface TwoWay {
  byRater: Covariance
  byItem: Covariance
  /**
   * By rater plus by item minus by rater and item together, which both of them count (Cameron, Gelbach and Miller 2011;
   * no small-sample factor). On few clusters it can be negative in some direction.
   */
  both: Covariance
  /** By rater plus by item, nothing taken off: too wide, and never negative. */
  sum: Covariance
  /** How many raters and items have votes that count. */
  clusters: { rater: number; item: number }
}

/** Votes with their raters and items, each numbered from zero. */
type RatedByOn = Votes & { rater: Int32Array; item: Int32Array }

/** What clusters by rater, by item and both ways make of a fit to these votes under this rule for ties. */
export function twoWayCovariance(
  votes: RatedByOn,
  ties: TieRule,
  comparisons: Comparisons,
  strengths: Float64Array,
): TwoWay {
  const [raters, items] = [groupVotes(votes, ties, votes.rater), groupVotes(votes, ties, votes.item)]
  const [byRater, byItem] = [clusterScatter(raters, strengths), clusterScatter(items, strengths)]
  const shared = clusterScatter(groupVotes(votes, ties, numberTogether(votes)), strengths)
  const sum = byRater.map((value, entry) => value + byItem[entry]!)
  const inverse = fisherCovariance(comparisons, strengths).matrix
  const models = votes.models
  const covariance = (middle: Float64Array) => ({ models, matrix: wrap(inverse, middle, models) })
  return {
    byRater: covariance(byRater),
    byItem: covariance(byItem),
    both: covariance(sum.map((value, entry) => value - shared[entry]!)),
    sum: covariance(sum),
    clusters: { rater: new Set(raters.cluster).size, item: new Set(items.cluster).size },
  }
}

/** A number for each rater and item that stand together on a vote. */
function numberTogether({ rater, item }: RatedByOn): Int32Array {
  const raters = 1 + rater.reduce((most, number) => Math.max(most, number), 0)
  const shifted = item.map((number) => number + raters)
  const size = 1 + shifted.reduce((most, number) => Math.max(most, number), raters)
  const { find } = distinctPairs(size, rater, shifted)
  return rater.map((number, t) => find(number * size + shifted[t]!))
}
