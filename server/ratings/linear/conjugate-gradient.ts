import type { Neighbours } from './neighbours.ts'

/**
 * Solves (Laplacian + ridge·1)·x = b by conjugate gradients with the diagonal as preconditioner. The Laplacian has
 * weight `information` on each cell; without a ridge b must sum to zero, and so does the answer. `accuracy` is how far
 * the residual is brought down. Never forms the matrix: a round costs one pass over the pairs.
 */
export function solveLaplacian(
  { start, other, cell }: Neighbours,
  information: Float64Array,
  ridge: number,
  b: Float64Array,
  accuracy: number,
): Float64Array {
  const n = b.length
  const flow = new Float64Array(cell.length)
  const diagonal = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = ridge
    for (let e = start[i]!; e < start[i + 1]!; e++) sum += flow[e] = information[cell[e]!]!
    // A model whose votes carry no information at double precision stays where it is.
    diagonal[i] = sum > 0 ? sum : 1
  }
  const x = new Float64Array(n)
  // Rounding leaves slopes with a sum that no strengths can produce; solving for it would swamp the last steps.
  const excess = ridge > 0 ? 0 : b.reduce((sum, value) => sum + value, 0) / n
  const residual = b.map((value) => value - excess)
  const direction = residual.map((value, i) => value / diagonal[i]!)
  const image = new Float64Array(n)
  let size = product(residual, direction)
  const target = size * accuracy * accuracy
  for (let round = 0; round < 10 * n && size > target; round++) {
    for (let i = 0; i < n; i++) {
      let sum = diagonal[i]! * direction[i]!
      for (let e = start[i]!; e < start[i + 1]!; e++) sum -= flow[e]! * direction[other[e]!]!
      image[i] = sum
    }
    const bend = product(direction, image)
    if (!(bend > 0)) break
    const length = size / bend
    let next = 0
    for (let i = 0; i < n; i++) {
      x[i]! += length * direction[i]!
      const rest = residual[i]! - length * image[i]!
      residual[i] = rest
      next += (rest * rest) / diagonal[i]!
    }
    const turn = next / size
    size = next
    for (let i = 0; i < n; i++) direction[i] = residual[i]! / diagonal[i]! + turn * direction[i]!
  }
  if (ridge > 0) return x
  const mean = x.reduce((sum, value) => sum + value, 0) / n
  return x.map((value) => value - mean)
}

function product(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!
  return sum
}
