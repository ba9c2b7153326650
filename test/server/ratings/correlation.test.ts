import { expect, test } from 'vitest'
import { correlationInterval, fitLine, pearson, spearman } from '#server/ratings/evidence/correlation.ts'

test('a straight line correlates fully, a mirrored one fully the other way', () => {
  expect(pearson([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12)
  expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12)
  expect(pearson([0.01, 0.02, 0.03], [0.1, 0.2, 0.3]), 'however small the values').toBeCloseTo(1, 12)
})

test('Anscombe’s first set has the published 0.816', () => {
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
  expect(pearson(xs, ys)).toBeCloseTo(0.81642, 5)
  expect(spearman(xs, ys)).toBeCloseTo(0.81818, 5)
})

test('Spearman sees only the order, and equal values share the mean of their ranks', () => {
  expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBe(1)
  // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, spreads 4.5 and 5.
  expect(spearman([1, 7, 7, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12)
})

test('a list without spread correlates with nothing', () => {
  expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN()
  expect(pearson([1], [1])).toBeNaN()
  expect(() => pearson([1, 2], [1])).toThrow(/2 values cannot be paired with 1/)
})

test('the interval of a correlation is even in Fisher’s z, and Spearman’s is the wider', () => {
  // atanh 0.5 = 0.549306, and 25 pairs above three give a standard error of 0.2.
  const { low, high } = correlationInterval(0.5, 28, 'pearson')
  expect(low).toBeCloseTo(Math.tanh(0.549306 - 0.391993), 5)
  expect(high).toBeCloseTo(Math.tanh(0.549306 + 0.391993), 5)
  const ranks = correlationInterval(0.5, 28, 'spearman')
  expect(ranks.high! - ranks.low!).toBeGreaterThan(high! - low!)
  expect(correlationInterval(0.5, 3, 'pearson')).toEqual({ value: 0.5, low: null, high: null })
  expect(correlationInterval(1, 9, 'pearson')).toEqual({ value: 1, low: null, high: null })
})

test('Anscombe’s first set has the published line, and a band that is narrowest at the mean', () => {
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
  const { slope, intercept, halfBand } = fitLine(xs, ys)!
  expect(slope).toBeCloseTo(0.50009, 5)
  expect(intercept).toBeCloseTo(3.00009, 5)
  // Residual standard error 1.23660 on 9 degrees, whose quantile is 2.262157.
  expect(halfBand(9)).toBeCloseTo((2.262157 * 1.2366) / Math.sqrt(11), 3)
  expect(halfBand(4)).toBeGreaterThan(halfBand(9))
  expect(fitLine([1, 2], [1, 2])).toBeNull()
  expect(fitLine([1, 1, 1], [1, 2, 3])).toBeNull()
})
