import type { Comparisons } from '../votes/comparisons.ts'
import { fisherCovariance, wrap, type Covariance } from './intervals.ts'
import { winChance } from '../scale.ts'
import type { VoteGroups } from '../votes/vote-groups.ts'

/**
 * The sandwich whose middle adds up each cluster's scores before squaring them (Liang and Zeger 1986; no small-sample
 * factor): holds when the votes of one rater, or on one item, go together. `groups` come from `groupVotes` with a cluster
 * column and the tie rule of the comparisons; how clusters are numbered changes no digit. Natural units, mean of all
 * models fixed.
 */
export function clusterCovariance(groups: VoteGroups, comparisons: Comparisons, strengths: Float64Array): Covariance {
  const { a, b, score, weight, count } = groups
  const n = comparisons.models
  const middle = new Float64Array(n * n)
  const sums = new Float64Array(n)
  for (const { from, to } of clustersByContent(groups)) {
    const touched = new Set<number>()
    for (let g = from; g < to; g++) {
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

/** The groups of one cluster: `from` and those after it, before `to`. */
interface Cluster {
  from: number
  to: number
}

/** Clusters in an order of what is in them, so that sums over them do not hang on their numbers. */
function clustersByContent(groups: VoteGroups): Cluster[] {
  const { cluster } = groups
  if (!cluster) throw new RangeError('votes without clusters have no cluster-robust errors')
  const clusters: Cluster[] = []
  for (let g = 0; g < cluster.length; g++) {
    if (g === 0 || cluster[g] !== cluster[g - 1]) clusters.push({ from: g, to: g })
    clusters.at(-1)!.to++
  }
  return clusters.sort((one, other) => compareContent(groups, one, other))
}

function compareContent({ a, b, score, weight, count }: VoteGroups, one: Cluster, other: Cluster): number {
  const size = one.to - one.from
  if (size !== other.to - other.from) return size - (other.to - other.from)
  for (let k = 0; k < size; k++) {
    const [g, h] = [one.from + k, other.from + k]
    const difference =
      a[g]! - a[h]! || b[g]! - b[h]! || score[g]! - score[h]! || weight[g]! - weight[h]! || count[g]! - count[h]!
    if (difference !== 0) return difference
  }
  return 0
}
