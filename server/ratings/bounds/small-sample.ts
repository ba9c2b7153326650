import { slopesAt } from '../fits/bradley-terry.ts'
import { factor, solveFactored } from '../linear/cholesky.ts'
import { laplacian } from '../linear/laplacian-solver.ts'
import { winChance } from '../scale.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import type { VoteGroups } from '../votes/vote-groups.ts'
import { scatterOfClusters, type Cluster } from './cluster.ts'
import { fisherCovariance, wrap, type Covariance } from './intervals.ts'

/** What makes up for a fit being drawn to each cluster's own votes, which matters where clusters are few or uneven. */
export type Correction = 'cr2' | 'cr3'

/** Thrown where one cluster alone joins some models to the others, so that nothing says how far its votes drew the fit. */
export class ClusterNeeded extends Error {
  override name = 'ClusterNeeded'
}

/**
 * `clusterCovariance` with residuals as they would be without their cluster's pull: CR3 as if the cluster had been left
 * out (a jackknife of one step), CR2 such that the covariance is right on average if every vote were a coin of the fitted
 * chance (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018, working covariance p(1-p) of the votes). Natural units,
 * mean of all models fixed. Throws ClusterNeeded.
 */
export function smallSampleCovariance(
  correction: Correction,
  groups: VoteGroups,
  comparisons: Comparisons,
  strengths: Float64Array,
): Covariance {
  const n = groups.models
  const information = filledInformationAt(comparisons, strengths)
  const scores = correction === 'cr2' ? scoresOfCr2 : scoresOfCr3
  const middle = scatterOfClusters(groups, (cluster, sums) => {
    scores({ information, models: n, ...clusterAt(groups, cluster, strengths) }, sums)
  })
  return { models: n, matrix: wrap(fisherCovariance(comparisons, strengths).matrix, middle, n) }
}

function filledInformationAt(comparisons: Comparisons, strengths: Float64Array): Float64Array {
  const cells = new Float64Array(comparisons.a.length)
  slopesAt(comparisons, strengths, new Float64Array(comparisons.models), cells)
  return laplacian(comparisons, cells, 0)
}

/** The votes of one cluster beside the information matrix of all votes (its flat direction filled). */
interface ClusterVotes {
  models: number
  information: Float64Array
  a: Int32Array
  b: Int32Array
  count: Float64Array
  weight: Float64Array
  /** p(1-p), the variance of one vote if it is a coin. */
  variance: Float64Array
  /** Sum of score - p over the votes of a group, weights left out. */
  residual: Float64Array
}

type Votes = Omit<ClusterVotes, 'models' | 'information'>

function clusterAt(groups: VoteGroups, { from, to }: Cluster, strengths: Float64Array): Votes {
  const [a, b] = [groups.a.subarray(from, to), groups.b.subarray(from, to)]
  const [count, weight] = [groups.count.subarray(from, to), groups.weight.subarray(from, to)]
  const chance = Float64Array.from(a, (i, g) => winChance(strengths[i]! - strengths[b[g]!]!))
  const variance = chance.map((p) => p * (1 - p))
  return { a, b, count, weight, variance, residual: chance.map((p, g) => count[g]! * (groups.score[from + g]! - p)) }
}

/** Scores of votes whose residuals grow as they do when the cluster is left out. */
function scoresOfCr3(votes: ClusterVotes, sums: Float64Array): void {
  const grown = residualsWithout(votes, votes.weight)
  addTo(sums, votes, (g) => votes.weight[g]! * grown[g]!)
}

/** The error of midpoints squares as they double: a last move of this share of the scores leaves 1e-14. */
const lastMove = 1e-7
const mostNodes = 4096

/**
 * Scores of A·r with A = Θ^½·G^-½·Θ^½, G = Θ^½·(I-H)·Θ·Θ^½, H the leverage of the cluster's votes and Θ their variance.
 * The root comes from 1/√g = (2/π)·∫ dt/(t²+g), t = s·tan φ at midpoints of φ (Hale, Higham and Trefethen 2008), so that
 * no matrix is larger than models × models; nodes are doubled until the scores stand still.
 */
function scoresOfCr2(votes: ClusterVotes, sums: Float64Array): void {
  // Without the cluster there must be a fit: its throw is what is wanted here.
  residualsWithout(votes, votes.weight)
  let before = cr2At(8, votes)
  for (let nodes = 16; nodes <= mostNodes; nodes *= 2) {
    const scores = cr2At(nodes, votes)
    if (largest(scores.map((value, i) => value - before[i]!)) <= lastMove * largest(scores)) {
      for (let i = 0; i < sums.length; i++) sums[i]! += scores[i]!
      return
    }
    before = scores
  }
  throw new ClusterNeeded('without one cluster the votes hardly join all models')
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

function cr2At(nodes: number, votes: ClusterVotes): Float64Array {
  const scores = new Float64Array(votes.models)
  const theta = votes.variance.map((variance, g) => variance / votes.weight[g]!)
  const scale = Math.sqrt(theta.reduce((least, value) => Math.min(least, value)) * Math.max(...theta))
  for (let k = 0; k < nodes; k++) {
    const t = scale * Math.tan(((k + 0.5) * Math.PI) / (2 * nodes))
    const share = (scale + (t * t) / scale) / nodes
    const spread = theta.map((value) => value * value + t * t)
    const grown = residualsWithout(
      votes,
      spread.map((value, g) => (votes.variance[g]! * theta[g]!) / value),
    )
    addTo(scores, votes, (g) => (share * votes.variance[g]! * grown[g]!) / spread[g]!)
  }
  return scores
}

/**
 * Residuals of a cluster's groups after the rest has been fitted without its votes, each counted as far as its `part`
 * says: r + v·m·(q_a - q_b), q the solution of (J - Σ part·v·m·x·xᵀ)·q = Σ part·r·x with J the information of all votes.
 */
function residualsWithout(votes: ClusterVotes, part: Float64Array): Float64Array {
  const { models: n, information, a, b, count, variance, residual } = votes
  const rest = information.slice()
  for (let g = 0; g < a.length; g++) {
    const own = part[g]! * variance[g]! * count[g]!
    rest[a[g]! * n + a[g]!]! -= own
    rest[b[g]! * n + b[g]!]! -= own
    rest[a[g]! * n + b[g]!]! += own
    rest[b[g]! * n + a[g]!]! += own
  }
  if (factor(rest, n) >= 0 || !isSound(rest, information, n))
    throw new ClusterNeeded('without one cluster the votes no longer join all models')
  const pull = new Float64Array(n)
  addTo(pull, votes, (g) => part[g]! * residual[g]!)
  const step = solveFactored(rest, n, pull)
  return residual.map((own, g) => own + variance[g]! * count[g]! * (step[a[g]!]! - step[b[g]!]!))
}

/** Whether the pivots of a factor are more than what rounding leaves of the information taken off. */
function isSound(root: Float64Array, information: Float64Array, n: number): boolean {
  for (let at = 0; at < n * n; at += n + 1) if (root[at]! ** 2 <= 1e-9 * information[at]!) return false
  return true
}

function addTo(sums: Float64Array, { a, b }: Votes, surplusOf: (group: number) => number): void {
  for (let g = 0; g < a.length; g++) {
    const surplus = surplusOf(g)
    sums[a[g]!]! += surplus
    sums[b[g]!]! -= surplus
  }
}
