import { createRequire } from 'node:module'
import { expectedScore } from '../ratings/scale.ts'

const eloRating = createRequire(import.meta.url)('elo-rating') as { expected(player: number, opponent: number): number }

/** The package caps every gap at 400 points. */
const widestGap = 400

/**
 * The mean chance of one model to win against each of the others, whatever their schedule was. Below a gap of 400
 * points the chance is that of the package elo-rating; beyond it, where the package's chance stays the same, the
 * formula is applied here. NaN for a model alone.
 */
export function expectedWinRate(elo: ArrayLike<number>, model: number): number {
  let sum = 0
  for (let other = 0; other < elo.length; other++) {
    if (other === model) continue
    const [own, theirs] = [elo[model]!, elo[other]!]
    sum += Math.abs(own - theirs) < widestGap ? eloRating.expected(own, theirs) : expectedScore(own, theirs)
  }
  return sum / (elo.length - 1)
}
