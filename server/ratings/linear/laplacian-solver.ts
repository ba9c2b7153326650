import { factor, solveFactored } from './cholesky.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { solveLaplacian } from './conjugate-gradient.ts'
import { listNeighbours } from './neighbours.ts'

/** The pairs that were compared: all that a Laplacian needs of them. */
export type Pairs = Pick<Comparisons, 'models' | 'a' | 'b'>

/** Solves Laplacian·x = b to a relative accuracy; b sums to zero where there was no ridge. Gives a new array. */
export type Solve = (b: Float64Array, accuracy: number) => Float64Array

/** Up to here a dense factor of the information beats conjugate gradients. */
export const mostDense = 250

/** Thrown where two sides have not one bit of information between them: no step can be solved for. */
export class NoInformation extends Error {
  override name = 'NoInformation'
}

/**
 * Prepares to solve systems in the Laplacian of the pairs, weighted by information on each and with a ridge on the
 * diagonal: densely for few models, by conjugate gradients for many.
 */
export function laplacianSolver(comparisons: Comparisons): (information: Float64Array, ridge: number) => Solve {
  const n = comparisons.models
  if (n > mostDense) {
    const neighbours = listNeighbours(comparisons)
    return (information, ridge) => (b, accuracy) => solveLaplacian(neighbours, information, ridge, b, accuracy)
  }
  return (information, ridge) => {
    const matrix = laplacian(comparisons, information, ridge)
    if (factor(matrix, n) >= 0) throw new NoInformation('the votes leave some differences without information')
    return (b) => solveFactored(matrix, n, b.slice())
  }
}

/**
 * The information matrix of strengths, n × n: the Laplacian weighted by `information` per pair, plus `ridge` on the
 * diagonal; without a ridge a constant is added everywhere, which fixes the mean of what it solves at zero.
 */
export function laplacian({ models: n, a, b }: Pairs, information: Float64Array, ridge: number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let cell = 0; cell < a.length; cell++) {
    const i = a[cell]!
    const j = b[cell]!
    const q = information[cell]!
    matrix[i * n + i]! += q
    matrix[j * n + j]! += q
    matrix[i * n + j]! -= q
    matrix[j * n + i]! -= q
  }
  if (ridge > 0) for (let i = 0; i < n; i++) matrix[i * n + i]! += ridge
  else {
    const fill = meanFill(information, n)
    for (let k = 0; k < matrix.length; k++) matrix[k]! += fill
  }
  return matrix
}

/** The constant that `laplacian` adds where there is no ridge: of the size of its mean entry. */
export function meanFill(information: Float64Array, n: number): number {
  let sum = 0
  for (const q of information) sum += q
  return sum > 0 ? (2 * sum) / (n * n) : 1
}
