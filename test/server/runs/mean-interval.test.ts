import fc from 'fast-check'
import { expect, test } from 'vitest'
import { meanInterval } from '#server/runs/scoring/mean-interval.ts'

const marks = (values: number[], cluster = (index: number) => String(index)) =>
  values.map((value, index) => ({ value, cluster: cluster(index) }))
const repeat = (value: number, times: number) => Array.from({ length: times }, () => value)

test('nothing to average gives no number', () => {
  expect(meanInterval([])).toBeNull()
})

test('half of 400 right is 0.5 ± 0.049', () => {
  const interval = meanInterval(marks([...repeat(1, 200), ...repeat(0, 200)]))!
  expect(interval.value).toBe(0.5)
  expect(interval.high - 0.5).toBeCloseTo(0.04906, 4)
  expect(0.5 - interval.low).toBeCloseTo(0.04906, 4)
})

test('none of 24 right ends at 13.8 %, as Wilson has it, not at 0', () => {
  const interval = meanInterval(marks(repeat(0, 24)))!
  expect(interval.low).toBe(0)
  expect(interval.high).toBeCloseTo(0.138, 3)
})

test('all of 24 right begins at 86.2 %, not at 100', () => {
  const interval = meanInterval(marks(repeat(1, 24)))!
  expect(interval.low).toBeCloseTo(0.862, 3)
  expect(interval.high).toBe(1)
})

test('forty pictures with two questions each that agree have the interval of forty questions: ± 0.157', () => {
  const values = Array.from({ length: 80 }, (_, index) => (index < 40 ? 1 : 0))
  const interval = meanInterval(marks(values, (index) => String(Math.floor(index / 2))))!
  // 40 residual sums of ±1: variance 40 / 80² · 40 / 39.
  expect(interval.high - interval.value).toBeCloseTo(1.959964 * Math.sqrt((40 / 6400) * (40 / 39)), 6)
  expect(interval.n).toBe(80)
})

test('one of 100 right has Wilson bounds 0.18 % and 5.4 %', () => {
  const interval = meanInterval(marks([1, ...repeat(0, 99)]))!
  expect(interval.low).toBeCloseTo(0.0018, 3)
  expect(interval.high).toBeCloseTo(0.0545, 3)
})

test('ten questions on each picture that stand or fall together widen the interval by √10', () => {
  const values = Array.from({ length: 1000 }, (_, index) => (Math.floor(index / 10) % 2 === 0 ? 1 : 0))
  const alone = meanInterval(marks(values))!
  const together = meanInterval(marks(values, (index) => String(Math.floor(index / 10))))!
  expect((together.high - together.low) / (alone.high - alone.low)).toBeCloseTo(Math.sqrt(10), 1)
})

test('whatever the marks, the interval lies in [0, 1] and holds the mean', () => {
  const anyMarks = fc.array(
    fc.record({ value: fc.double({ min: 0, max: 1, noNaN: true }), cluster: fc.constantFrom('a', 'b', 'c') }),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(anyMarks, (given) => {
      const { low, value, high } = meanInterval(given)!
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(value + 1e-12)
      expect(high).toBeGreaterThanOrEqual(value - 1e-12)
    }),
  )
})
