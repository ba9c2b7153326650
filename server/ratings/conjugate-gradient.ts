import type { Comparisons } from './comparisons.ts'

/** How far a residual is brought down, relative to the right-hand side, in the norm of the preconditioner. */
const enough = 1e-5

/**
 * Solves (Laplacian + ridge·1)·x = b by conjugate gradients with the diagonal as preconditioner. The Laplacian has
 * weight `information` on each pair; without a ridge b must sum to zero and the answer has mean zero. Never forms the
 * matrix, so the cost of a round is one pass over the pairs.
 */
export function solveLaplacian(
  { models: n, a, b: other }: Comparisons,
  information: Float64Array,
  ridge: number,
  b: Float64Array,
): Float64Array {
  const diagonal = new Float64Array(n).fill(ridge)
  for (let cell = 0; cell < a.length; cell++) {
    diagonal[a[cell]!]! += information[cell]!
    diagonal[other[cell]!]! += information[cell]!
  }
  const x = new Float64Array(n)
  const residual = b.slice()
  const direction = new Float64Array(n)
  const image = new Float64Array(n)
  let size = 0
  for (let i = 0; i < n; i++) {
    direction[i] = residual[i]! / diagonal[i]!
    size += residual[i]! * direction[i]!
  }
  const target = size * enough * enough
  for (let round = 0; round < 20 * n && size > target; round++) {
    for (let i = 0; i < n; i++) image[i] = ridge * direction[i]!
    for (let cell = 0; cell < a.length; cell++) {
      const i = a[cell]!
      const j = other[cell]!
      const flow = information[cell]! * (direction[i]! - direction[j]!)
      image[i]! += flow
      image[j]! -= flow
    }
    let bend = 0
    for (let i = 0; i < n; i++) bend += direction[i]! * image[i]!
    if (!(bend > 0)) break
    const length = size / bend
    let next = 0
    for (let i = 0; i < n; i++) {
      x[i]! += length * direction[i]!
      residual[i]! -= length * image[i]!
      next += (residual[i]! * residual[i]!) / diagonal[i]!
    }
    const turn = next / size
    size = next
    for (let i = 0; i < n; i++) direction[i] = residual[i]! / diagonal[i]! + turn * direction[i]!
  }
  if (ridge > 0) return x
  let mean = 0
  for (let i = 0; i < n; i++) mean += x[i]! / n
  return x.map((value) => value - mean)
}
