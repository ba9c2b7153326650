import { tQuantile, tTwoSided } from '../chance/student.ts'
import { pointsPerNatural } from '../scale.ts'
import { differenceVariance, type Covariance } from './intervals.ts'

/** An error and how far it reaches either way at 95 %, Elo points. */
interface Reach {
  error: number
  reach: number
}

/**
 * Errors of ratings where several accounts of them are kept, each a covariance with its degrees of freedom: what counts for
 * a rating or a difference is the account that makes it least certain.
 */
export function widestReach(ways: Covariance[]): {
  ofModel: (i: number) => Reach
  ofDifference: (i: number, j: number) => Reach
} {
  const quantiles = ways.map(({ degrees = Infinity }) => tQuantile(0.95, degrees))
  const widest = (variance: (way: Covariance) => number): Reach => {
    let most = { error: 0, reach: 0 }
    ways.forEach((way, k) => {
      const error = pointsPerNatural * Math.sqrt(Math.max(0, variance(way)))
      const reach = quantiles[k]! * error
      if (reach > most.reach) most = { error, reach }
    })
    return most
  }
  return {
    ofModel: (i) => widest(({ models, matrix }) => matrix[i * models + i]!),
    ofDifference: (i, j) => widest((way) => differenceVariance(way, i, j)),
  }
}

/** The largest p-value that any account gives a difference of natural strengths; one where none has an error. */
export function differenceP(ways: Covariance[], i: number, j: number, difference: number): number {
  let largest = 0
  for (const way of ways) {
    const variance = differenceVariance(way, i, j)
    if (variance > 0) largest = Math.max(largest, tTwoSided(difference / Math.sqrt(variance), way.degrees ?? Infinity))
  }
  return largest > 0 || ways.some((way) => differenceVariance(way, i, j) > 0) ? largest : 1
}

/**
 * The pair of models whose difference is least certain, with its standard error in Elo points. A value far above the
 * models' own errors means a thin bridge between groups.
 */
export function widestDifference(ways: Covariance[]): { a: number; b: number; error: number } {
  const { ofDifference } = widestReach(ways)
  let widest = { a: 0, b: 0, error: 0 }
  for (let a = 0; a < ways[0]!.models; a++) {
    for (let b = a + 1; b < ways[0]!.models; b++) {
      const { error } = ofDifference(a, b)
      if (error > widest.error) widest = { a, b, error }
    }
  }
  return widest
}
