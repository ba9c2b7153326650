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
  const inverse = fisherCovariance(comparisons, strengths)
  return { models: groups.models, matrix: wrap(inverse.matrix, clusterScatter(groups, strengths), groups.models) }
}

/** Σ s·sᵀ over clusters, n × n, s the summed scores of a cluster at natural strengths: the middle of its sandwich. */
function clusterScatter(groups: VoteGroups, strengths: Float64Array): Float64Array {
  const { a, b, score, weight, count } = groups
  return scatterOfClusters(groups, ({ from, to }, sums) => {
    for (let g = from; g < to; g++) {
      const p = winChance(strengths[a[g]!]! - strengths[b[g]!]!)
      const surplus = count[g]! * weight[g]! * (score[g]! - p)
      sums[a[g]!]! += surplus
      sums[b[g]!]! -= surplus
    }
  })
}

/** Σ s·sᵀ over clusters for any scores: `addScores` adds those of a cluster to sums that come as zeros. */
export function scatterOfClusters(
  groups: VoteGroups,
  addScores: (cluster: Cluster, sums: Float64Array) => void,
): Float64Array {
  const { models: n, a, b } = groups
  const middle = new Float64Array(n * n)
  const sums = new Float64Array(n)
  const touched = new Int32Array(n)
  const lastSeen = new Int32Array(n).fill(-1)
  for (const cluster of clustersByContent(groups)) {
    let size = 0
    const touch = (model: number) => {
      if (lastSeen[model] === cluster.from) return
      lastSeen[model] = cluster.from
      touched[size++] = model
    }
    for (let g = cluster.from; g < cluster.to; g++) {
      touch(a[g]!)
      touch(b[g]!)
    }
    addScores(cluster, sums)
    for (let k = 0; k < size; k++) {
      const i = touched[k]!
      for (let l = 0; l < size; l++) middle[i * n + touched[l]!]! += sums[i]! * sums[touched[l]!]!
    }
    for (let k = 0; k < size; k++) sums[touched[k]!] = 0
  }
  return middle
}

/** The groups of one cluster: `from` and those after it, before `to`. */
export interface Cluster {
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
