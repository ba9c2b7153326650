import type { Comparisons } from '../votes/comparisons.ts'
import type { Covariance } from '../bounds/intervals.ts'
import { winChance } from '../scale.ts'

/** One number for each unordered pair of models, a < b, all pairs of n models. */
interface PairValues {
  a: Int32Array
  b: Int32Array
  values: Float64Array
}

function allPairs(models: number): { a: Int32Array; b: Int32Array } {
  const size = (models * (models - 1)) / 2
  const a = new Int32Array(size)
  const b = new Int32Array(size)
  for (let i = 0, pair = 0; i < models; i++) {
    for (let j = i + 1; j < models; j++, pair++) {
      a[pair] = i
      b[pair] = j
    }
  }
  return { a, b }
}

/**
 * Chances of the next pair by how much one more vote would narrow its mean: in proportion to √(v/m) - √(v/(m+1)), v the
 * population variance of the pair's scores and m its votes (Chiang and others 2024). As published, a pair without votes
 * or variance would be drawn always or never, so by default each pair is given a win and a loss first and a tenth of all
 * draws is uniform. Log the chance of every drawn pair: means over votes are biased by it, the fit is not.
 */
export function nextPairChances(
  { models, a, b, weight, score, squares2 }: Comparisons,
  { pseudo = 1, uniform = 0.1 }: { pseudo?: number; uniform?: number } = {},
): PairValues {
  const pairs = allPairs(models)
  const position = (i: number, j: number) => (i * (2 * models - i - 1)) / 2 + j - i - 1
  const votes = new Float64Array(pairs.a.length).fill(2 * pseudo)
  const sums = new Float64Array(pairs.a.length).fill(pseudo)
  const squares = new Float64Array(pairs.a.length).fill(pseudo)
  for (let cell = 0; cell < a.length; cell++) {
    const pair = position(a[cell]!, b[cell]!)
    votes[pair]! += weight[cell]!
    sums[pair]! += score[cell]!
    squares[pair]! += squares2[cell]!
  }
  const gains = votes.map((count, pair) => {
    const variance = squares[pair]! / count - (sums[pair]! / count) ** 2
    return Math.sqrt(Math.max(0, variance) / count) - Math.sqrt(Math.max(0, variance) / (count + 1))
  })
  const total = gains.reduce((sum, gain) => sum + gain, 0)
  return { ...pairs, values: gains.map((gain) => uniform / gains.length + ((1 - uniform) * gain) / total) }
}

/**
 * What one more vote on each pair would be worth, from the fit's inverse information C (natural units), x = e_a - e_b and
 * ω = p(1-p): `trace` is the fall of the summed variances, ω·|Cx|²/(1+ω·xᵀCx) (A-optimal), `volume` the rise of the log
 * determinant, ln(1+ω·xᵀCx) (D-optimal).
 */
export function informationGains(
  strengths: Float64Array,
  { models: n, matrix }: Covariance,
): { trace: PairValues; volume: PairValues } {
  const pairs = allPairs(n)
  const trace = new Float64Array(pairs.a.length)
  const volume = new Float64Array(pairs.a.length)
  for (let pair = 0; pair < pairs.a.length; pair++) {
    const i = pairs.a[pair]!
    const j = pairs.b[pair]!
    const p = winChance(strengths[i]! - strengths[j]!)
    const bend = p * (1 - p)
    let length = 0
    for (let k = 0; k < n; k++) length += (matrix[i * n + k]! - matrix[j * n + k]!) ** 2
    const variance = matrix[i * n + i]! + matrix[j * n + j]! - 2 * matrix[i * n + j]!
    trace[pair] = (bend * length) / (1 + bend * variance)
    volume[pair] = Math.log1p(bend * variance)
  }
  return { trace: { ...pairs, values: trace }, volume: { ...pairs, values: volume } }
}
