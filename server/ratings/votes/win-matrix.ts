import type { PairCounts } from './counts.ts'
import { winChance } from '../scale.ts'

/** Who beat whom, n × n row by row, row over column; the diagonal is zero. */
export interface WinMatrix {
  models: number
  battles: Float64Array
  /** Decisive wins of the row. */
  wins: Float64Array
  bothBad: Float64Array
}

/** Adds counts up into a matrix; a model that only ever stood on one side counts like any other. */
export function winMatrix({ models: n, a, b, winsA, winsB, ties, bothBad }: PairCounts): WinMatrix {
  const matrix = () => new Float64Array(n * n)
  const sums = { models: n, battles: matrix(), wins: matrix(), bothBad: matrix() }
  for (let cell = 0; cell < a.length; cell++) {
    const there = a[cell]! * n + b[cell]!
    const back = b[cell]! * n + a[cell]!
    const votes = winsA[cell]! + winsB[cell]! + ties[cell]! + bothBad[cell]!
    sums.wins[there]! += winsA[cell]!
    sums.wins[back]! += winsB[cell]!
    for (const entry of [there, back]) {
      sums.battles[entry]! += votes
      sums.bothBad[entry]! += bothBad[cell]!
    }
  }
  return sums
}

/** Wins among decisive votes, per row and column; NaN where the two had none. */
export function decisiveFractions({ models: n, wins }: WinMatrix): Float64Array {
  return wins.map((won, entry) => won / (won + wins[(entry % n) * n + Math.floor(entry / n)]!))
}

/** Score per battle with ties as half a win; NaN where the two never met. */
export function scoreFractions({ models: n, battles, wins }: WinMatrix): Float64Array {
  return battles.map((votes, entry) => {
    const lost = wins[(entry % n) * n + Math.floor(entry / n)]!
    return (wins[entry]! + (votes - wins[entry]! - lost) / 2) / votes
  })
}

/** The chance of the row to win against the column at natural strengths; NaN on the diagonal. */
export function expectedFractions(strengths: Float64Array): Float64Array {
  const n = strengths.length
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) matrix[i * n + j] = i === j ? NaN : winChance(strengths[i]! - strengths[j]!)
  return matrix
}

/**
 * The mean of each row over the columns that have a value: every opponent counts once, however often it was met, so the
 * schedule does not matter. NaN for an empty row.
 */
export function averageRows(matrix: Float64Array, models: number): Float64Array {
  return Float64Array.from({ length: models }, (_, i) => {
    const row = matrix.subarray(i * models, (i + 1) * models).filter((value) => !Number.isNaN(value))
    return row.reduce((sum, value) => sum + value, 0) / row.length
  })
}
