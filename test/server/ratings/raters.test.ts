import { expect, test } from 'vitest'
import { krippendorffAlpha } from '#server/ratings/evidence/agreement.ts'
import { countCareless, noAnswer } from '#server/ratings/evidence/careless-raters.ts'
import { flagRaters } from '#server/ratings/evidence/flag-raters.ts'
import { runsZ } from '#server/ratings/evidence/raters.ts'
import { markBeyondDailyLimit, markRepeats } from '#server/ratings/votes/vote-limits.ts'
import { simulateRaters } from './simulated-votes.ts'

test('of 400 bad raters in 50 studies nine in ten are found, and at most 2 % of 1,600 honest ones flagged', () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => seed)
  const flagged = seeds.flatMap((seed) => flagRaters(simulateRaters(seed)).map(({ rater }) => rater))
  expect(flagged.filter((rater) => rater >= 32).length).toBeGreaterThanOrEqual(0.9 * 400)
  expect(flagged.filter((rater) => rater < 32).length).toBeLessThanOrEqual(0.02 * 1600)
})

test('a rater who always picks the left side is flagged for that', () => {
  const flags = flagRaters(simulateRaters(4))
  expect(flags.filter(({ rater }) => rater === 33 || rater === 37).map(({ reason }) => reason)).toEqual([
    'side',
    'side',
  ])
})

test('long rows of one choice have few runs, strict alternation has many', () => {
  const rows = Array.from({ length: 40 }, (_, k) => (k < 20 ? 0 : 1))
  const turns = Array.from({ length: 40 }, (_, k) => k % 2)
  expect(runsZ(rows)).toBeLessThan(-5)
  expect(runsZ(turns)).toBeGreaterThan(5)
  expect(runsZ([1, 1, 1])).toBeNaN()
})

test('a repeat is the same rater, item and pair on either side; the first is kept', () => {
  const marks = markRepeats({
    models: 3,
    a: Int32Array.of(0, 1, 0, 0),
    b: Int32Array.of(1, 0, 1, 2),
    verdict: new Uint8Array(4),
    rater: Int32Array.of(0, 0, 1, 0),
    item: Int32Array.of(5, 5, 5, 5),
  })
  expect([...marks]).toEqual([0, 1, 0, 0])
})

test('a daily limit counts by UTC day', () => {
  const times = [86_399, 86_399, 86_400, 86_401]
  expect([...markBeyondDailyLimit(Int32Array.of(0, 0, 0, 0), times, 1)]).toEqual([0, 1, 0, 1])
})

test('full agreement has α one, agreement at chance about zero', () => {
  const unit = (counts: number[]) => Float64Array.from(counts)
  expect(krippendorffAlpha([unit([2, 0, 0]), unit([0, 0, 2])], 'nominal')).toBe(1)
  const mixed = [unit([2, 0, 0]), unit([0, 0, 2]), unit([1, 0, 1]), unit([1, 0, 1])]
  expect(krippendorffAlpha(mixed, 'nominal')).toBeCloseTo(0.125, 12)
})

test('hasty votes, repeats and missed gold questions are counted per rater', () => {
  const votes = {
    models: 2,
    a: Int32Array.of(0, 0, 1, 0),
    b: Int32Array.of(1, 1, 0, 1),
    verdict: Uint8Array.of(0, 1, 0, 2),
    rater: Int32Array.of(0, 0, 0, 1),
    item: Int32Array.of(7, 8, 7, 7),
  }
  const attention = {
    seconds: Float64Array.of(0.4, 9, NaN, 3),
    expected: Uint8Array.of(0, 0, noAnswer, noAnswer),
  }
  expect(countCareless(votes, attention)).toEqual([
    { rater: 0, votes: 3, hasty: 1, repeats: 1, gold: 2, goldMissed: 1 },
    { rater: 1, votes: 1, hasty: 0, repeats: 0, gold: 0, goldMissed: 0 },
  ])
})
