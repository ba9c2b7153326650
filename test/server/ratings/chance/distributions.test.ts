import { expect, test } from 'vitest'
import {
  binomialTwoSided,
  chiSquareTail,
  fairCoinTwoSided,
  logGamma,
  normalQuantile,
  normalTail,
  quantile,
  twoSided,
} from '#server/ratings/chance/distributions.ts'

// Expected numbers are SciPy's.
test('normal quantiles and tails', () => {
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(0.6)).toBeCloseTo(0.2533471031357997, 12)
  expect(normalQuantile(0.4)).toBeCloseTo(-0.2533471031357997, 12)
  expect(normalQuantile(1e-9)).toBeCloseTo(-5.9978070150076865, 10)
  expect(normalTail(1.3)).toBeCloseTo(0.09680048458561036, 13)
  expect(normalTail(-2.1)).toBeCloseTo(0.9821355794371834, 13)
  expect(twoSided(1.959963984540054)).toBeCloseTo(0.05, 13)
  for (const p of [0, 1, -0.1, NaN]) expect(() => normalQuantile(p)).toThrow('between 0 and 1')
})

test('chi-square tails by series and by fraction', () => {
  expect(chiSquareTail(0.3, 1)).toBeCloseTo(0.583882420770365, 12)
  expect(chiSquareTail(12, 7)).toBeCloseTo(0.10055886850835878, 12)
  expect(chiSquareTail(3, 8)).toBeCloseTo(0.9343575456215499, 12)
  expect(chiSquareTail(40, 20)).toBeCloseTo(0.0049954123083075785, 12)
  expect(chiSquareTail(0, 3)).toBe(1)
})

test('ln Γ', () => {
  expect(logGamma(0.5)).toBeCloseTo(0.5723649429247, 12)
  expect(logGamma(7.3)).toBeCloseTo(7.147892523022249, 12)
  expect(logGamma(120.25)).toBeCloseTo(454.2209873833582, 9)
  expect(logGamma(15)).toBeCloseTo(Math.log(87_178_291_200), 11)
})

test('exact two-sided tests', () => {
  expect(binomialTwoSided(3, 17)).toBeCloseTo(0.012725830078125, 12)
  expect(binomialTwoSided(12, 20, 0.3)).toBeCloseTo(0.005936084198097523, 12)
  expect(binomialTwoSided(0, 6)).toBeCloseTo(0.03125, 12)
  expect(binomialTwoSided(5, 10)).toBeCloseTo(1, 12)
  expect(fairCoinTwoSided(41, 100)).toBeCloseTo(0.08862608011406758, 12)
  expect(fairCoinTwoSided(59, 100)).toBeCloseTo(0.08862608011406758, 12)
})

test('quantiles between the two nearest values', () => {
  const values = Float64Array.of(1, 2, 4, 8, 16)
  expect([0.1, 0.5, 0.9, 0, 1].map((q) => quantile(values, q))).toEqual([1.4, 4, expect.closeTo(12.8, 12), 1, 16])
  expect(quantile(new Float64Array(0), 0.5)).toBeNaN()
})
