import { slopesAt } from '../fits/bradley-terry.ts'
import { factor, invertFactored, multiplySymmetric } from '../linear/cholesky.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { normalQuantile } from '../chance/distributions.ts'
import { laplacian, meanFill } from '../linear/laplacian-solver.ts'
import { pointsPerNatural, winChance } from '../scale.ts'

/**
 * How far ratings may be off: a symmetric n × n covariance in natural units, row by row, in the gauge where the mean of
 * all models is fixed.
 */
export interface Covariance {
  models: number
  matrix: Float64Array
  /** Of Student's t, by which errors are turned into bounds; normal bounds where they are not given. */
  degrees?: number
}

interface Intervals {
  /** Standard errors, Elo points. */
  standardErrors: Float64Array
  lower: Float64Array
  upper: Float64Array
}

/**
 * The inverse of the information at natural strengths: the covariance if every vote were a coin of the fitted chance.
 * A ridge is added to the diagonal first; without one it is the pseudo-inverse with the mean of all models fixed.
 * Throws RangeError where the comparisons do not join all models.
 */
export function fisherCovariance(comparisons: Comparisons, strengths: Float64Array, ridge = 0): Covariance {
  const n = comparisons.models
  const information = new Float64Array(comparisons.a.length)
  slopesAt(comparisons, strengths, new Float64Array(n), information)
  const matrix = laplacian(comparisons, information, ridge)
  if (factor(matrix, n) >= 0) throw new RangeError('the votes leave some differences without information')
  const inverse = invertFactored(matrix, n)
  if (ridge === 0) {
    const flat = 1 / (meanFill(information, n) * n * n)
    for (let k = 0; k < inverse.length; k++) inverse[k]! -= flat
  }
  return { models: n, matrix: inverse }
}

/** The information at natural strengths: a Laplacian, n × n, weighted by Σ w·p(1-p) of each pair. */
export function informationAt(comparisons: Comparisons, strengths: Float64Array): Float64Array {
  const cells = new Float64Array(comparisons.a.length)
  slopesAt(comparisons, strengths, new Float64Array(comparisons.models), cells)
  return laplacianOf(comparisons, cells)
}

/** Σ w²(o-p)² per cell at natural strengths: how much the votes really scattered, the middle of the sandwich. */
export function scatterAt(comparisons: Comparisons, strengths: Float64Array): Float64Array {
  const { a, b, squares0, squares1, squares2 } = comparisons
  return squares0.map((square, cell) => {
    const p = winChance(strengths[a[cell]!]! - strengths[b[cell]!]!)
    return Math.max(0, squares2[cell]! - 2 * p * squares1[cell]! + p * p * square)
  })
}

/**
 * The sandwich C·B·C (White 1982), C the inverse information and B the scatter of the scores: it holds when ties make
 * votes vary less than coins, and with weights.
 */
export function sandwichCovariance(comparisons: Comparisons, strengths: Float64Array, ridge = 0): Covariance {
  const inverse = fisherCovariance(comparisons, strengths, ridge)
  const middle = laplacianOf(comparisons, scatterAt(comparisons, strengths))
  return { models: inverse.models, matrix: wrap(inverse.matrix, middle, inverse.models) }
}

/** Numbers of the pairs as a weighted graph Laplacian, n × n. */
export function laplacianOf({ models: n, a, b }: Comparisons, weights: Float64Array): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let cell = 0; cell < a.length; cell++) {
    const i = a[cell]!
    const j = b[cell]!
    matrix[i * n + i]! += weights[cell]!
    matrix[j * n + j]! += weights[cell]!
    matrix[i * n + j]! -= weights[cell]!
    matrix[j * n + i]! -= weights[cell]!
  }
  return matrix
}

/** outer·middle·outer for symmetric n × n matrices. */
export function wrap(outer: Float64Array, middle: Float64Array, n: number): Float64Array {
  // Rows of outer against rows of outer·middle: the second product is with the transpose, which is what is needed.
  return multiplySymmetric(multiplySymmetric(outer, middle, n), outer, n)
}

/**
 * The sandwich variance (natural units, squared) of one contrast, without forming the matrix: the rating of model i, or
 * of i minus j. Cost: one pass over the pairs.
 */
export function sandwichVariance(
  { a, b }: Comparisons,
  scatter: Float64Array,
  { models: n, matrix: inverse }: Covariance,
  i: number,
  j?: number,
): number {
  const contrast = (k: number) => inverse[i * n + k]! - (j === undefined ? 0 : inverse[j * n + k]!)
  let variance = 0
  for (let cell = 0; cell < a.length; cell++) {
    const pull = contrast(a[cell]!) - contrast(b[cell]!)
    variance += scatter[cell]! * pull * pull
  }
  return variance
}

/**
 * Sandwich standard errors of all ratings, Elo points, from one inverse and no product of matrices: thousands of models
 * cost little more than the inverse. A ridge as in `fisherCovariance`; the scatter is that of each pair.
 */
export function sandwichErrors(
  comparisons: Comparisons,
  strengths: Float64Array,
  ridge = 0,
  scatter = scatterAt(comparisons, strengths),
): Float64Array {
  const inverse = fisherCovariance(comparisons, strengths, ridge)
  return strengths.map((_, i) => pointsPerNatural * Math.sqrt(sandwichVariance(comparisons, scatter, inverse, i)))
}

/** Standard error of each rating, Elo points. */
export function standardErrors({ models: n, matrix }: Covariance): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => pointsPerNatural * Math.sqrt(Math.max(0, matrix[i * n + i]!)))
}

/** Standard error of the rating of i minus that of j, Elo points; zero for a model against itself. */
export function differenceError(covariance: Covariance, i: number, j: number): number {
  return pointsPerNatural * Math.sqrt(Math.max(0, differenceVariance(covariance, i, j)))
}

/** Variance of the strength of i minus that of j, natural units; below zero where a covariance is no covariance. */
export function differenceVariance({ models: n, matrix }: Covariance, i: number, j: number): number {
  return matrix[i * n + i]! + matrix[j * n + j]! - 2 * matrix[i * n + j]!
}

/** Normal intervals around ratings: rating ± z·se, z the two-sided quantile of the level (1.959964 at 0.95). */
export function intervalsOf(ratings: Float64Array, errors: Float64Array, level = 0.95): Intervals {
  const z = normalQuantile(0.5 + level / 2)
  return {
    standardErrors: errors,
    lower: ratings.map((rating, i) => rating - z * errors[i]!),
    upper: ratings.map((rating, i) => rating + z * errors[i]!),
  }
}

/**
 * Algebraic connectivity (Fiedler 1973): the second smallest eigenvalue of the information of the strengths, natural
 * units, from the Fisher covariance, whose largest eigenvalue is its inverse. Close to zero, some split
 * of the models hangs by few votes. NaN for fewer than two models.
 */
export function algebraicConnectivity({ models: n, matrix }: Covariance): number {
  if (n < 2) return NaN
  let widest = 0
  for (let i = 1; i < n; i++) if (matrix[i * n + i]! > matrix[widest * n + widest]!) widest = i
  let vector = matrix.slice(widest * n, widest * n + n)
  let largest = 0
  for (let round = 0; round < 5000; round++) {
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
    const unit = vector.map((x) => x / length)
    vector = unit.map((_, i) => unit.reduce((sum, x, k) => sum + matrix[i * n + k]! * x, 0))
    const next = unit.reduce((sum, x, i) => sum + x * vector[i]!, 0)
    if (Math.abs(next - largest) <= 1e-12 * next) return 1 / next
    largest = next
  }
  return 1 / largest
}
