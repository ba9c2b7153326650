import { winChance } from '../scale.ts'
import { growScores, type WholeInformation } from './grow-scores.ts'
import type { VoteRuns } from './vote-runs.ts'

/** The middle of a sandwich, n × n. */
export interface RunScatter {
  middle: Float64Array
  /** Clusters whose scores could not be grown, since without them the votes do not join all models. */
  needed: number
}

/**
 * Σ s·sᵀ over clusters, s the summed scores of a cluster at natural strengths: the middle of the cluster-robust sandwich
 * (Liang and Zeger 1986). With the information of all votes, scores are grown as they are when their cluster is left out: CR3.
 * All sums are of multiples of a power of two, so that no order of votes and no numbering of clusters moves a digit.
 */
export function scatterOfRuns(runs: VoteRuns, strengths: Float64Array, whole?: WholeInformation): RunScatter {
  const { models: n, keys, weights, starts } = runs
  const chanceOf = chances(strengths)
  const { vote, product } = gridsOf(runs, whole !== undefined)
  const middle = new Float64Array(n * n)
  const sums = new Float64Array(n)
  const touched = new Int32Array(n)
  const lastSeen = new Int32Array(n).fill(-1)
  let needed = 0
  for (let c = 0; c + 1 < starts.length; c++) {
    let size = 0
    for (let row = starts[c]!; row < starts[c + 1]!; row++) {
      const key = keys[row]!
      const pair = (key / 3) | 0
      const i = (pair / n) | 0
      const j = pair - i * n
      const residual = (key - 3 * pair) / 2 - chanceOf(i, j)
      const score = (weights ? weights[row]! * residual : residual) + vote - vote
      if (lastSeen[i] !== c) {
        lastSeen[i] = c
        touched[size++] = i
      }
      if (lastSeen[j] !== c) {
        lastSeen[j] = c
        touched[size++] = j
      }
      sums[i]! += score
      sums[j]! -= score
    }
    if (whole) {
      const models = touched.subarray(0, size).sort()
      const own = { models, information: informationOf(runs, c, models, chanceOf, vote) }
      if (!growScores(own, whole, sums)) needed++
    }
    addProducts(middle, n, sums, touched, size, product)
    for (let k = 0; k < size; k++) sums[touched[k]!] = 0
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) middle[j * n + i] = middle[i * n + j]!
  return { middle, needed }
}

type ChanceOf = (i: number, j: number) => number

/** Above this many models chances are computed as they are needed. */
const mostInTable = 1500

function chances(strengths: Float64Array): ChanceOf {
  const n = strengths.length
  const compute = (i: number, j: number) => winChance(strengths[i]! - strengths[j]!)
  if (n > mostInTable) return compute
  const table = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) table[i * n + j] = compute(i, j)
  return (i, j) => table[i * n + j]!
}

/** Numbers that, added and taken off again, round a score, and a product of two, to multiples that sum without error. */
function gridsOf({ starts, weights }: VoteRuns, grown: boolean): { vote: number; product: number } {
  const heaviest = weights ? weights.reduce((most, weight) => Math.max(most, weight), 0) : 1
  let longest = 0
  let squares = 0
  for (let c = 0; c + 1 < starts.length; c++) {
    const length = starts[c + 1]! - starts[c]!
    longest = Math.max(longest, length)
    squares += length * length
  }
  // Scores without their cluster's pull may be larger: room for a factor of 32.
  const room = grown ? 1024 : 1
  return { vote: gridFor(heaviest * longest), product: gridFor(heaviest * heaviest * squares * room) }
}

const gridFor = (most: number) => 1.5 * 2 ** (1 + Math.ceil(Math.log2(most)))

/** Σ w·p(1-p) of a cluster between its models, as a weighted graph Laplacian. */
function informationOf(
  { models: n, keys, weights, starts }: VoteRuns,
  cluster: number,
  members: Int32Array,
  chanceOf: ChanceOf,
  grid: number,
): Float64Array {
  const size = members.length
  const place = new Int32Array(n)
  members.forEach((model, k) => (place[model] = k))
  const laplacian = new Float64Array(size * size)
  for (let row = starts[cluster]!; row < starts[cluster + 1]!; row++) {
    const pair = (keys[row]! / 3) | 0
    const i = (pair / n) | 0
    const j = pair - i * n
    const p = chanceOf(i, j)
    laplacian[place[i]! * size + place[j]!]! -= (weights ? weights[row]! * p * (1 - p) : p * (1 - p)) + grid - grid
  }
  for (let k = 0; k < size; k++) {
    for (let l = k + 1; l < size; l++) {
      const between = laplacian[k * size + l]!
      laplacian[l * size + k] = between
      laplacian[k * size + k]! -= between
      laplacian[l * size + l]! -= between
    }
  }
  return laplacian
}

/** Adds s·sᵀ to the lower triangle. */
function addProducts(
  middle: Float64Array,
  n: number,
  sums: Float64Array,
  touched: Int32Array,
  size: number,
  grid: number,
): void {
  if (2 * size > n) {
    for (let i = 0; i < n; i++) {
      const own = sums[i]!
      if (own === 0) continue
      for (let j = 0, entry = i * n; j <= i; j++, entry++) middle[entry]! += own * sums[j]! + grid - grid
    }
    return
  }
  for (let k = 0; k < size; k++) {
    const i = touched[k]!
    const own = sums[i]!
    for (let l = 0; l <= k; l++) {
      const j = touched[l]!
      middle[i > j ? i * n + j : j * n + i]! += own * sums[j]! + grid - grid
    }
  }
}
