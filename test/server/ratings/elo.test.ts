import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { onlineElo } from '#server/ratings/fits/elo.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import { simulateVotes } from './simulated-votes.ts'

// The package is CommonJS without types.
const eloRating = createRequire(import.meta.url)('elo-rating') as { expected(player: number, opponent: number): number }

test('our expected score is the package’s while no gap passes 400 points, where it clamps', () => {
  for (const gap of [-400, -123.4, 0, 50, 399])
    expect(expectedScore(1000 + gap, 1000)).toBeCloseTo(eloRating.expected(1000 + gap, 1000), 12)
  expect(eloRating.expected(1500, 1000)).toBeCloseTo(10 / 11, 12)
  expect(expectedScore(1500, 1000)).toBeCloseTo(0.94676, 5)
})

test('a win between equals moves both by half of k, a tie of either kind nobody', () => {
  const after = (...verdict: number[]) =>
    Array.from(
      onlineElo({
        models: 2,
        a: new Int32Array(verdict.length),
        b: new Int32Array(verdict.length).fill(1),
        verdict: Uint8Array.from(verdict),
      }),
    )
  expect(after(0)).toEqual([1002, 998])
  expect(after(2, 3)).toEqual([1000, 1000])
})

test('the sum of ratings never changes', () => {
  const ratings = onlineElo(simulateVotes([900, 1000, 1100, 1200], 2000, 5), 32)
  expect(ratings.reduce((sum, rating) => sum + rating, 0)).toBeCloseTo(4000, 8)
})
