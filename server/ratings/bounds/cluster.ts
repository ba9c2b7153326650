import type { Comparisons } from '../votes/comparisons.ts'
import { fisherCovariance, wrap, type Covariance } from './intervals.ts'
import { winChance } from '../scale.ts'
import type { VoteGroups } from '../votes/vote-groups.ts'

/**
 * The sandwich whose middle adds up each cluster's scores before squaring them (Liang and Zeger 1986; no small-sample
 * factor): holds when the votes of one rater, or on one item, go together. `groups` come from `groupVotes` with a cluster
 * column and the tie rule of the comparisons. Natural units, mean of all models fixed.
 */
export function clusterCovariance(groups: VoteGroups, comparisons: Comparisons, strengths: Float64Array): Covariance {
  const { a, b, score, weight, count, cluster } = groups
  if (!cluster) throw new RangeError('votes without clusters have no cluster-robust errors')
  const n = comparisons.models
  const middle = new Float64Array(n * n)
  const sums = new Float64Array(n)
  for (let g = 0; g < a.length;) {
    const touched = new Set<number>()
    for (const own = cluster[g]!; g < a.length && cluster[g] === own; g++) {
      const p = winChance(strengths[a[g]!]! - strengths[b[g]!]!)
      const surplus = count[g]! * weight[g]! * (score[g]! - p)
      sums[a[g]!]! += surplus
      sums[b[g]!]! -= surplus
      touched.add(a[g]!).add(b[g]!)
    }
    for (const i of touched) for (const j of touched) middle[i * n + j]! += sums[i]! * sums[j]!
    for (const i of touched) sums[i] = 0
  }
  const inverse = fisherCovariance(comparisons, strengths)
  return { models: n, matrix: wrap(inverse.matrix, middle, n) }
}
