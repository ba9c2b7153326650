import { expect, test } from 'vitest'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { scoreHeldOut } from '#server/ratings/evidence/held-out.ts'
import { poolCategories } from '#server/ratings/fits/pool-categories.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { simulateVotes } from './simulated-votes.ts'

const truth = [850, 900, 950, 1000, 1000, 1050, 1100, 1150]

/** Ten small categories whose ratings leave the overall ones by so many points. */
function categories(spread: number, seed: number) {
  const random = new Random(seed, 9)
  return Array.from({ length: 10 }, (_, k) => {
    const own = truth.map((rating) => rating + spread * random.normal())
    const mean = own.reduce((sum, rating) => sum + rating, 0) / own.length
    const votes = compareCounts(countVotes(simulateVotes(own, 150, 100 * seed + k)))
    return { votes, own: own.map((rating) => rating - mean + 1000) }
  })
}

const overall = fitBradleyTerry(compareCounts(countVotes(simulateVotes(truth, 60_000, 77)))).strengths

test('pooled categories find how far ratings spread, and come closer to the truth than each on its own', () => {
  const parts = categories(70, 1)
  const { spread, fits } = poolCategories(
    parts.map(({ votes }) => votes),
    overall,
  )
  expect(spread).toBeGreaterThan(45)
  expect(spread).toBeLessThan(100)
  const squares = (ratings: Float64Array, own: number[]) =>
    own.reduce((sum, rating, i) => sum + (ratings[i]! - rating) ** 2, 0)
  const pooled = parts.reduce((sum, { own }, k) => sum + squares(fits[k]!.ratings, own), 0)
  const alone = parts.reduce((sum, { votes, own }) => sum + squares(fitBradleyTerry(votes).ratings, own), 0)
  expect(pooled).toBeLessThan(0.8 * alone)
})

test('categories that do not differ are pooled to the overall ratings; so is one without votes', () => {
  const parts = categories(0, 2).map(({ votes }) => votes)
  const none = compareCounts(countVotes(simulateVotes(truth, 0, 1)))
  const { spread, fits } = poolCategories([...parts, none], overall)
  expect(spread).toBeLessThan(20)
  fits.at(-1)!.strengths.forEach((strength, i) => expect(strength).toBeCloseTo(overall[i]!, 9))
})

test('each treatment of ties is judged by the same votes it has not seen, and beats a coin', () => {
  const counts = countVotes(simulateVotes(truth, 20_000, 3))
  const scores = scoreHeldOut(counts, 1)
  expect(scores.map(({ treatment }) => treatment)).toEqual(['half', 'drop-bothbad', 'drop', 'rao-kupper', 'davidson'])
  for (const { logLikelihood, votes } of scores) {
    expect(votes).toBe(scores[0]!.votes)
    expect(logLikelihood).toBeGreaterThan(Math.log(0.5))
    expect(logLikelihood).toBeLessThan(0)
  }
  expect(scores[0]!.votes / 20_000).toBeCloseTo(0.2 * 0.83, 1)
  expect(scoreHeldOut(counts, 1)).toEqual(scores)
})

test('where too few votes join the models, a treatment has no score', () => {
  const counts = countVotes({
    models: 2,
    a: new Int32Array(4),
    b: new Int32Array(4).fill(1),
    verdict: Uint8Array.of(0, 0, 2, 2),
  })
  expect(scoreHeldOut(counts).find(({ treatment }) => treatment === 'drop')!.logLikelihood).toBeNull()
})
