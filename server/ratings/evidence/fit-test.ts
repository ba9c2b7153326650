import { fitBradleyTerry, NoFiniteRatings } from '../fits/bradley-terry.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { chiSquareTail, fairCoinTwoSided } from '../chance/distributions.ts'
import { holmAdjusted } from '../chance/holm.ts'
import { winChance } from '../scale.ts'
import type { WinMatrix } from '../votes/win-matrix.ts'

export interface FitTest {
  /** Pearson's sum of squared standardised differences over the pairs that met. */
  chiSquare: number
  /** Pairs less free ratings; with none the fit cannot be tested. */
  degreesOfFreedom: number
  /** Upper tail of the chi-square distribution. Too large with half-win ties, which vary less than coins: test decisive votes. */
  pValue: number
  /** p, the chance of the first model, per cell of the comparisons. */
  expected: Float64Array
  /** (S - N·p)/√(N·p(1-p)) per cell. */
  residuals: Float64Array
}

/** Pearson's test of the fit: do the pairs score as the natural strengths expect? */
export function testFit({ models, a, b, weight, score }: Comparisons, strengths: Float64Array): FitTest {
  const expected = weight.map((_, cell) => winChance(strengths[a[cell]!]! - strengths[b[cell]!]!))
  const residuals = weight.map((votes, cell) => {
    const p = expected[cell]!
    return (score[cell]! - votes * p) / Math.sqrt(votes * p * (1 - p))
  })
  const chiSquare = residuals.reduce((sum, residual) => sum + residual * residual, 0)
  const degreesOfFreedom = a.length - (models - 1)
  const pValue = degreesOfFreedom > 0 ? chiSquareTail(chiSquare, degreesOfFreedom) : NaN
  return { chiSquare, degreesOfFreedom, pValue, expected, residuals }
}

/** The pairs that score least like the fit expects, worst first: cells of the comparisons whose residuals are given. */
export function worstPairs({ residuals }: Pick<FitTest, 'residuals'>, most = 10): number[] {
  return Array.from(residuals.keys())
    .sort((x, y) => Math.abs(residuals[y]!) - Math.abs(residuals[x]!) || x - y)
    .slice(0, most)
}

/** Pearson's test at the strengths of the comparisons' own fit; null where that leaves some rating infinite. */
export function testOwnFit(comparisons: Comparisons): FitTest | null {
  try {
    return testFit(comparisons, fitBradleyTerry(comparisons).strengths)
  } catch (error) {
    if (error instanceof NoFiniteRatings) return null
    throw error
  }
}

/** Models that the row beats beyond chance, each with the p-value, by row. */
type SureWins = Map<number, number>[]

/**
 * Who beats whom beyond chance: exact two-sided tests of decisive votes against a fair coin, one for each pair that has
 * some, at Holm's levels (1979), so that the chance of even one false win among all of them stays below `level`.
 */
export function sureWins({ models: n, wins }: WinMatrix, level = 0.05): SureWins {
  const pairs: { winner: number; loser: number; p: number }[] = []
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const [won, lost] = [wins[i * n + j]!, wins[j * n + i]!]
      if (won + lost === 0) continue
      const [winner, loser] = won > lost ? [i, j] : [j, i]
      pairs.push({ winner, loser, p: fairCoinTwoSided(won, won + lost) })
    }
  }
  pairs.sort((one, other) => one.p - other.p)
  const adjusted = holmAdjusted(pairs.map(({ p }) => p))
  const sure: SureWins = Array.from({ length: n }, () => new Map())
  for (const [rank, { winner, loser, p }] of pairs.entries()) if (adjusted[rank]! <= level) sure[winner]!.set(loser, p)
  return sure
}

/**
 * Circles of three, each beating the next beyond chance (`sureWins`): no single scale can hold one. A circle is false only
 * if one of its wins is, so `level` bounds the chance of any false circle too. Each is listed once, from its lowest model,
 * the one with the surest weakest win first.
 */
export function significantCycles(matrix: WinMatrix, level = 0.05): [number, number, number][] {
  const sure = sureWins(matrix, level)
  const cycles: { cycle: [number, number, number]; weakest: number }[] = []
  for (const [i, beaten] of sure.entries()) {
    for (const [j, first] of beaten) {
      if (j < i) continue
      for (const [k, second] of sure[j]!) {
        const third = k > i ? sure[k]!.get(i) : undefined
        if (third !== undefined) cycles.push({ cycle: [i, j, k], weakest: Math.max(first, second, third) })
      }
    }
  }
  return cycles
    .sort((one, other) => one.weakest - other.weakest || compareNumbers(one.cycle, other.cycle))
    .map(({ cycle }) => cycle)
}

/** Lists of equal length by their first difference. */
function compareNumbers(one: number[], other: number[]): number {
  const at = one.findIndex((value, k) => value !== other[k])
  return at < 0 ? 0 : one[at]! - other[at]!
}
