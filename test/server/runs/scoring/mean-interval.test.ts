import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '#benchmarks/drawing/random.ts'
import { meanInterval, ratioInterval } from '#server/runs/scoring/mean-interval.ts'

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

/** Marks of F1: twice the hits over what was called positive and what is; hits, false alarms and misses as often as said. */
function f1Marks(hits: number, alarms: number, misses: number, cluster = (index: number) => String(index)) {
  const rows = [
    ...Array.from({ length: hits }, () => ({ value: 2, weight: 2 })),
    ...Array.from({ length: alarms + misses }, () => ({ value: 0, weight: 1 })),
  ]
  return rows.map((row, index) => ({ ...row, cluster: cluster(index) }))
}

test('a ratio of sums has the interval of the delta method', () => {
  const { value, low, high, n } = ratioInterval(f1Marks(40, 20, 20))!
  expect(value).toBe(80 / 120)
  expect(n).toBe(80)
  // Residuals ±2/3 for each of 80 marks: variance 80 · 4/9 / 120² · 80/79.
  const halfWidth = 1.959964 * Math.sqrt((((80 * 4) / 9 / 120 ** 2) * 80) / 79)
  expect(halfWidth).toBeCloseTo(0.098006, 6)
  expect(high - value).toBeCloseTo(halfWidth, 6)
  expect(value - low).toBeCloseTo(halfWidth, 6)
})

test('two marks of one kind on each picture widen the interval of a ratio as they do that of a mean', () => {
  const { value, high } = ratioInterval(f1Marks(40, 20, 20, (index) => String(Math.floor(index / 2))))!
  // Residual sums ±4/3 for each of 40 pictures: variance 40 · 16/9 / 120² · 40/39.
  expect(high - value).toBeCloseTo(1.959964 * Math.sqrt((((40 * 16) / 9 / 120 ** 2) * 40) / 39), 6)
})

test('marks without weight change nothing, and with no weight at all there is no ratio', () => {
  const weighty = f1Marks(5, 3, 4)
  const idle = Array.from({ length: 50 }, (_, index) => ({ value: 0, weight: 0, cluster: `idle ${index}` }))
  expect(ratioInterval([...idle, ...weighty])).toEqual(ratioInterval(weighty))
  expect(ratioInterval(idle)).toBeNull()
})

test('a ratio of 1 begins where Wilson has it: all of 24 found', () => {
  expect(ratioInterval(f1Marks(24, 0, 0))).toEqual(meanInterval(marks(repeat(1, 24))))
})

test('the interval of F1 holds the true value in 95 of 100 samples', () => {
  const random = seededRandom(7, 'coverage of F1')
  const truth = (2 * 0.3) / (0.3 + 0.15 + 0.3 + 0.1)
  let held = 0
  for (let sample = 0; sample < 2000; sample++) {
    const rows = Array.from({ length: 300 }, (_, index) => {
      const draw = random.number(0, 1, 9)
      const [value, weight] = draw < 0.3 ? [2, 2] : draw < 0.55 ? [0, 1] : [0, 0]
      return { value, weight, cluster: String(index) }
    })
    const { low, high } = ratioInterval(rows)!
    if (low <= truth && truth <= high) held++
  }
  expect(held / 2000).toBeGreaterThan(0.935)
  expect(held / 2000).toBeLessThan(0.965)
})
