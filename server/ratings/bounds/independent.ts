import type { Comparisons } from '../votes/comparisons.ts'
import { winChance } from '../scale.ts'
import { fisherCovariance, laplacianOf, scatterAt, wrap, type Covariance } from './intervals.ts'

/** So many votes without a tie are added to all before their share of ties is taken. */
const votesOfBoard = 2
/** So many votes that scatter as all do are added to each pair before its own scatter is taken. */
const votesOfPair = 4

/**
 * The sandwich of independent votes with its middle smoothed, so that no difference has an error of zero. A vote's score
 * varies by ρ·p(1-p), ρ below one where there are ties: ρ of all votes is drawn to one, that of a pair to the one of all,
 * and what the fit took up is made up for by N/(N-n+1). With many votes a pair this is `sandwichCovariance`.
 */
export function independentCovariance(comparisons: Comparisons, strengths: Float64Array): Covariance {
  const inverse = fisherCovariance(comparisons, strengths)
  const middle = laplacianOf(comparisons, smoothedScatter(comparisons, strengths))
  return { models: inverse.models, matrix: wrap(inverse.matrix, middle, inverse.models) }
}

/** The scatter of each pair that `independentCovariance` rests on. */
export function smoothedScatter(comparisons: Comparisons, strengths: Float64Array): Float64Array {
  const { models, a, b, squares0, weight } = comparisons
  const own = scatterAt(comparisons, strengths)
  const coins = squares0.map((square, cell) => {
    const p = winChance(strengths[a[cell]!]! - strengths[b[cell]!]!)
    return square * p * (1 - p)
  })
  const votesOf = (cell: number) => weight[cell]! ** 2 / squares0[cell]!
  const votes = sum(weight.map((_, cell) => votesOf(cell)))
  const added = (votesOfBoard * sum(squares0)) / votes / 4
  const ratio = (sum(own) + added) / (sum(coins) + added)
  const taken = votes / Math.max(1, votes - models + 1)
  return own.map((scatter, cell) => {
    const m = votesOf(cell)
    return taken * ((scatter * m + votesOfPair * ratio * coins[cell]!) / (m + votesOfPair))
  })
}

const sum = (column: Float64Array) => column.reduce((all, value) => all + value, 0)
