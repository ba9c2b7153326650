import { describe, expect, test } from 'vitest'
import { Random } from '#server/ratings/chance/random.ts'
import { factor, invertFactored, multiplySymmetric, solveFactored } from '#server/ratings/linear/cholesky.ts'
import { solveLaplacian } from '#server/ratings/linear/conjugate-gradient.ts'
import { laplacian, laplacianSolver, meanFill } from '#server/ratings/linear/laplacian-solver.ts'
import { listNeighbours, sweep } from '#server/ratings/linear/neighbours.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { simulateVotes } from '../simulated-votes.ts'

/** A well-behaved positive definite matrix: a Gram matrix with something added to its diagonal. */
function drawn(n: number, seed: number): Float64Array {
  const random = new Random(seed, 0)
  const half = Float64Array.from({ length: n * n }, () => random.normal())
  const entry = (i: number, j: number) => {
    let sum = i === j ? n : 0
    for (let k = 0; k < n; k++) sum += half[i * n + k]! * half[j * n + k]!
    return sum
  }
  return Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n))
}

function multiply(X: Float64Array, Y: Float64Array, n: number): number[] {
  return Array.from({ length: n * n }, (_, at) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += X[Math.floor(at / n) * n + k]! * Y[k * n + (at % n)]!
    return sum
  })
}

const identity = (n: number) => Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))
const furthest = (ours: ArrayLike<number>, theirs: ArrayLike<number>) =>
  Math.max(...Array.from(ours, (value, k) => Math.abs(value - theirs[k]!)))

describe.each([1, 2, 5, 33, 48, 49, 97, 130])('a matrix of %i rows', (n) => {
  const matrix = drawn(n, n)
  const L = matrix.slice()
  test('is factored, solved and inverted', () => {
    expect(factor(L, n)).toBe(-1)
    const inverse = invertFactored(L, n)
    expect(furthest(multiply(matrix, inverse, n), identity(n))).toBeLessThan(1e-9)
    const x = Float64Array.from({ length: n }, (_, k) => Math.sin(k + 1))
    const b = Float64Array.from({ length: n }, (_, i) =>
      x.reduce((sum, value, k) => sum + matrix[i * n + k]! * value, 0),
    )
    expect(furthest(solveFactored(L, n, b), x)).toBeLessThan(1e-9)
  })

  test('is multiplied with another', () => {
    const other = drawn(n, n + 1)
    expect(furthest(multiplySymmetric(matrix, other, n), multiply(matrix, other, n))).toBeLessThan(1e-7)
  })
})

test('a product of more columns than fit in a strip adds every strip', () => {
  const n = 270
  const [X, Y] = [drawn(n, 3), drawn(n, 4)]
  const [product, plain] = [multiplySymmetric(X, Y, n), multiply(X, Y, n)]
  expect(furthest(product, plain) / Math.max(...plain)).toBeLessThan(1e-12)
  const inverse = X.slice()
  factor(inverse, n)
  expect(furthest(multiply(X, invertFactored(inverse, n), n), identity(n))).toBeLessThan(1e-9)
})

test('the first row without a pivot is named', () => {
  const singular = Float64Array.of(4, 2, 0, 2, 1, 0, 0, 0, 1)
  expect(factor(singular, 3)).toBe(1)
  expect(factor(Float64Array.of(0), 1)).toBe(0)
  expect(factor(Float64Array.of(1, 0, 0, -1), 2)).toBe(1)
})

describe('a Laplacian', () => {
  const pairs = { models: 3, a: Int32Array.of(0, 1), b: Int32Array.of(1, 2) }
  const information = Float64Array.of(2, 3)

  test('is that of its pairs, with a ridge on the diagonal or a constant everywhere', () => {
    expect([...laplacian(pairs, information, 0.5)]).toEqual([2.5, -2, 0, -2, 5.5, -3, 0, -3, 3.5])
    expect(meanFill(information, 3)).toBeCloseTo(10 / 9, 12)
    expect(meanFill(new Float64Array(2), 3)).toBe(1)
    const filled = [2, -2, 0, -2, 5, -3, 0, -3, 3].map((value) => expect.closeTo(value + 10 / 9, 12))
    expect([...laplacian(pairs, information, 0)]).toEqual(filled)
  })

  test('is solved the same densely and by conjugate gradients, with and without a ridge', () => {
    const comparisons = compareCounts(
      countVotes(
        simulateVotes(
          Array.from({ length: 40 }, (_, k) => 1000 + k),
          900,
          4,
        ),
      ),
    )
    const flow = comparisons.weight.map((votes) => votes / 4)
    const b = Float64Array.from({ length: 40 }, (_, k) => Math.cos(k))
    const mean = b.reduce((sum, value) => sum + value, 0) / 40
    const centred = b.map((value) => value - mean)
    const neighbours = listNeighbours(comparisons)
    for (const ridge of [0, 0.3]) {
      const right = ridge === 0 ? centred : b
      const dense = laplacianSolver(comparisons)(flow, ridge)(right, 1e-12)
      expect(furthest(solveLaplacian(neighbours, flow, ridge, right, 1e-12), dense)).toBeLessThan(1e-9)
    }
    const shifted = solveLaplacian(neighbours, flow, 0, b, 1e-12)
    expect(furthest(shifted, solveLaplacian(neighbours, flow, 0, centred, 1e-12))).toBeLessThan(1e-9)
  })

  test('whose sides have no bit of information between them has no answer', () => {
    const comparisons = compareCounts(countVotes(simulateVotes([1000, 1000, 1000], 60, 4)))
    expect(() => laplacianSolver(comparisons)(Float64Array.of(1, 0, 0), 0)).toThrow('without information')
  })
})

test('each model sees its pairs with its own wins, and a sweep moves it to their balance', () => {
  const votes = {
    models: 3,
    a: Int32Array.of(0, 0, 0, 1, 2),
    b: Int32Array.of(1, 1, 1, 2, 1),
    verdict: Uint8Array.of(0, 0, 1, 2, 0),
  }
  const neighbours = listNeighbours(compareCounts(countVotes(votes)))
  expect([...neighbours.start]).toEqual([0, 1, 3, 4])
  expect([[...neighbours.other], [...neighbours.cell]]).toEqual([
    [1, 0, 2, 1],
    [0, 0, 1, 1],
  ])
  expect([[...neighbours.won], [...neighbours.lost]]).toEqual([
    [2, 1, 0.5, 1.5],
    [1, 2, 1.5, 0.5],
  ])
  const strengths = new Float64Array(3)
  const moved = sweep(neighbours, strengths)
  expect(strengths[0]).toBeCloseTo(Math.log(2), 12)
  expect(moved).toBe(Math.max(...strengths.map(Math.abs)))
  for (let round = 0; round < 300; round++) sweep(neighbours, strengths)
  expect(strengths[0]! - strengths[1]!).toBeCloseTo(Math.log(2), 9)
  expect(strengths[2]! - strengths[1]!).toBeCloseTo(Math.log(3), 9)
})
