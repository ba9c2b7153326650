import { expect, test } from 'vitest'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { centre } from '#server/ratings/scale.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type Votes } from '#server/ratings/votes/counts.ts'
import { groupVotes } from '#server/ratings/votes/vote-groups.ts'

test('a summary: quantiles between the rounds, deviations with n - 1, and what was left out', () => {
  const first = [5, 1, 3, 2, 4]
  const ratings = Float64Array.from(first.flatMap((value) => [value, 10 * value]))
  const summary = summariseBootstrap({ models: 2, rounds: 5, ratings, nonFinite: 0 })
  expect([...summary.lower]).toEqual([expect.closeTo(1.1, 12), expect.closeTo(11, 12)])
  expect([...summary.upper]).toEqual([expect.closeTo(4.9, 12), expect.closeTo(49, 12)])
  expect([...summary.median]).toEqual([3, 30])
  expect([...summary.standardDeviations]).toEqual([
    expect.closeTo(Math.sqrt(2.5), 12),
    expect.closeTo(Math.sqrt(250), 12),
  ])
  const half = summariseBootstrap({ models: 2, rounds: 5, ratings, nonFinite: 0 }, 0.5)
  expect([half.lower[0], half.upper[0]]).toEqual([2, 4])
})

test.each([
  [1, 100, false],
  [2, 100, true],
])('%i of %i rounds without ratings: unreliable %s', (nonFinite, rounds, unreliable) => {
  const ratings = new Float64Array(rounds - nonFinite).fill(1000)
  expect(summariseBootstrap({ models: 1, rounds, ratings, nonFinite })).toMatchObject({ nonFinite, unreliable })
})

/** 60 wins of 100 between two, a rater for each ten votes, all ten alike. */
const votes: Votes = {
  models: 2,
  a: new Int32Array(100),
  b: new Int32Array(100).fill(1),
  verdict: Uint8Array.from({ length: 100 }, (_, t) => (t < 60 ? 0 : 1)),
}
const { strengths } = fitBradleyTerry(compareCounts(countVotes(votes)))
const errorOf = (cluster?: Int32Array) =>
  summariseBootstrap(bootstrap(groupVotes(votes, 'half', cluster), strengths, { seed: 2, rounds: 4000 }))
    .standardDeviations[0]!

test('whole raters are drawn where they are asked for, and spread as whole raters do', () => {
  // Each rating is half the log-odds: 400/ln 10 / 2 · 1/√(n·p·q), with n votes or ten raters.
  const error = (n: number) => 200 / Math.LN10 / Math.sqrt(n * 0.24)
  expect(errorOf() / error(100)).toBeCloseTo(1, 1)
  const clustered = errorOf(Int32Array.from({ length: 100 }, (_, t) => Math.floor(t / 10)))
  expect(clustered / error(10)).toBeGreaterThan(0.9)
  expect(clustered / error(10)).toBeLessThan(1.5)
})

test('weighted votes weigh in every round', () => {
  const weight = Float64Array.from({ length: 100 }, (_, t) => (t < 60 ? 2 : 0.5))
  const groups = groupVotes({ ...votes, weight })
  const own = Float64Array.of(Math.log(6) / 2, -Math.log(6) / 2)
  const rounds = bootstrap(groups, own, { seed: 2, rounds: 500 })
  expect(summariseBootstrap(rounds).median[0]! - 1000).toBeCloseTo((200 / Math.LN10) * Math.log(6), -1)
})

test('strengths are moved to mean zero, in place', () => {
  const values = Float64Array.of(1, 2, 6)
  expect(centre(values)).toBe(values)
  expect([...values]).toEqual([-2, -1, 3])
  const pulled = fitBradleyTerry(compareCounts(countVotes(votes)), { start: Float64Array.of(40, 41) })
  expect([pulled.ratings[0]! + pulled.ratings[1]!, pulled.strengths[0]! + pulled.strengths[1]!]).toEqual([
    expect.closeTo(2000, 9),
    expect.closeTo(0, 12),
  ])
})
