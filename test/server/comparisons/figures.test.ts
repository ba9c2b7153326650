import { expect, test } from 'vitest'
import { countFlips } from '#server/comparisons/figures/flips.ts'
import { pairedDifference } from '#server/comparisons/figures/paired-difference.ts'
import { pairsAt, type PairedScores } from '#server/comparisons/figures/paired-scores.ts'
import { passAtK, repeatFigures } from '#server/comparisons/figures/repeats.ts'
import { holmAdjusted } from '#server/ratings/chance/holm.ts'
import { fairCoinTwoSided } from '#server/ratings/chance/distributions.ts'
import { tTwoSided } from '#server/ratings/chance/student.ts'

const pairs = (a: number[], b: number[], cluster: number[]): PairedScores => ({
  a: Float64Array.from(a),
  b: Float64Array.from(b),
  cluster: Int32Array.from(cluster),
})

test('five examples on three pictures, worked by hand', () => {
  // d = 1, 0, 1, −1, 0 with mean 0.2; residuals by picture 0.8 − 0.2, 0.8, −1.2 − 0.2; √(3/2 · 2.96)/5.
  const { bounds, ...about } = pairedDifference(pairs([1, 1, 1, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 2, 2]))
  expect(about).toMatchObject({ n: 5, pictures: 3, meanA: 0.6, meanB: 0.4 })
  expect(about.difference).toBeCloseTo(0.2, 15)
  expect(bounds!.standardError).toBeCloseTo(Math.sqrt(1.5 * (0.36 + 0.64 + 1.96)) / 5, 14)
  expect(bounds!.degrees).toBe(2)
  expect(bounds!.high - about.difference).toBeCloseTo(4.302652729749464 * bounds!.standardError, 12)
  expect(bounds!.detectable).toBeCloseTo((4.302652729749464 + 1.0606601717798212) * bounds!.standardError, 12)
})

test('pictures are known by their numbers, in whatever order, and some may have no example left', () => {
  const whole = pairs([1, 1, 1, 0, 0, 1], [0, 1, 0, 1, 0, 0], [5, 5, 1, 9, 9, 3])
  const part = pairsAt(whole, Int32Array.of(0, 1, 2, 3, 4))
  expect(pairedDifference(part)).toEqual(pairedDifference(pairs([1, 1, 1, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 2, 2])))
})

test('one picture has a difference and no bounds', () => {
  expect(pairedDifference(pairs([1, 0], [0, 0], [0, 0]))).toMatchObject({ difference: 0.5, pictures: 1, bounds: null })
  expect(() => pairedDifference(pairs([], [], []))).toThrow(RangeError)
})

test('runs that agree everywhere, or differ by the same everywhere, have no error that rounding made up', () => {
  const same = pairedDifference(pairs([0.1, 0.7, 0.3], [0.1, 0.7, 0.3], [0, 1, 2]))
  expect(same).toMatchObject({ difference: 0, bounds: { standardError: 0, low: 0, high: 0, p: 1, detectable: 0 } })
  const shifted = pairedDifference(pairs([0.3, 0.3, 0.3], [0.2, 0.2, 0.2], [0, 1, 2]))
  expect(shifted.bounds).toMatchObject({ standardError: 0, p: 0 })
  expect(shifted.correlation).toBeNull()
})

test("McNemar's exact test counts flips alone, and graded scores have none", () => {
  const flips = countFlips(pairs([1, 1, 1, 1, 0, 1, 0], [0, 0, 0, 0, 1, 1, 0], [0, 1, 2, 3, 4, 5, 6]))
  // 2 · (C(5,4) + C(5,5))/2⁵
  expect(flips).toEqual({ aOnly: 4, bOnly: 1, both: 1, neither: 1, mcnemarP: expect.closeTo(0.375, 14) })
  expect(countFlips(pairs([1, 0], [1, 0], [0, 1])).mcnemarP).toBe(1)
  expect(countFlips(pairs([0.9, 0], [0.3, 0.5], [0, 1]))).toMatchObject({ aOnly: 1, bOnly: 1, mcnemarP: null })
})

// References: sums of 40 digits, and scipy's Student t.
test.each([
  [499_000, 1_000_000, 0.04560829986538209],
  [4_990_000, 10_000_000, 2.54480049115517e-10],
  [14, 1_000, 1.98209264130451e-270],
])('%i of %i tosses keep their digits', (hits, trials, p) => {
  expect(Math.abs(fairCoinTwoSided(hits, trials) / p - 1)).toBeLessThan(1e-11)
})

test.each([
  [2.3, 214_353, 0.02144917596658474],
  [30, 214_353, 2.5226947038433e-197],
  [40, 11, 2.89254089812057e-13],
])('a t of %d at %d degrees keeps its digits', (t, degrees, p) => {
  expect(Math.abs(tTwoSided(t, degrees) / p - 1)).toBeLessThan(1e-10)
})

test('repeats: both variances, majority, agreement with itself, pass@k', () => {
  const scores = [
    [1, 1, 0],
    [0, 0, 0],
  ]
  const figures = repeatFigures(scores)
  expect(figures).toMatchObject({ n: 2, repeats: 3, majority: 0.5 })
  expect(figures.mean).toBeCloseTo(1 / 3, 14)
  expect(figures.varianceWithin).toBeCloseTo(1 / 6, 14)
  expect(figures.varianceBetween).toBeCloseTo(2 / 9 - 1 / 18, 14)
  expect(figures.standardError).toBeCloseTo(1 / 3, 14)
  expect(figures.selfAgreement).toBeCloseTo((1 / 3 + 1) / 2, 14)
  expect(passAtK(scores, 1)).toBeCloseTo(1 / 3, 14)
  expect(passAtK(scores, 2)).toBe(0.5)
  expect(passAtK([Array.from({ length: 5_000 }, (_, k) => (k < 3 ? 1 : 0))], 1)).toBeCloseTo(3 / 5_000, 15)
})

test('repeats that cannot be counted are refused, and what one answer cannot show is not there', () => {
  expect(repeatFigures([[1]])).toMatchObject({ standardError: null, varianceWithin: null, selfAgreement: null })
  expect(() => repeatFigures([[1, 0], [1]])).toThrow('more often than others')
  expect(() => repeatFigures([])).toThrow(RangeError)
  expect(() => passAtK([[1, 0]], 3)).toThrow('of 2 repeats no 3')
})

test("Holm's values are in the order given, rise with the tests, and end at 1", () => {
  const close = (values: number[]) => values.map((value): unknown => expect.closeTo(value, 14))
  expect(holmAdjusted([0.04, 0.01, 0.03, 0.9])).toEqual(close([0.09, 0.04, 0.09, 0.9]))
  expect(holmAdjusted([0.6, 0.6])).toEqual([1, 1])
  expect(holmAdjusted([])).toEqual([])
})
