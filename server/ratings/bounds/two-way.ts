import type { Comparisons } from '../votes/comparisons.ts'
import type { TieRule, Votes } from '../votes/counts.ts'
import { fisherCovariance, wrap, type Covariance } from './intervals.ts'
import { scatterOfRuns } from './run-scatter.ts'
import { layOutVotes, sizeOfRuns } from './vote-runs.ts'

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
  const { byRater, byItem, byBoth } = layOutVotes(votes, ties)
  const [rater, item, shared] = [byRater!, byItem!, byBoth!].map((runs) => scatterOfRuns(runs, strengths).middle) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const sum = rater.map((value, entry) => value + item[entry]!)
  const inverse = fisherCovariance(comparisons, strengths).matrix
  const models = votes.models
  const covariance = (middle: Float64Array) => ({ models, matrix: wrap(inverse, middle, models) })
  return {
    byRater: covariance(rater),
    byItem: covariance(item),
    both: covariance(sum.map((value, entry) => value - shared[entry]!)),
    sum: covariance(sum),
    clusters: { rater: sizeOfRuns(byRater!).clusters, item: sizeOfRuns(byItem!).clusters },
  }
}
