import { expect, test } from 'vitest'
import { academicAverage } from '#server/boards/academic-average.ts'
import { paperTable } from '#server/boards/paper-table.ts'

/** A score for each of the eleven, made from its place. */
const scores = (of: (index: number) => { value: number; low: number | null; high: number | null }) =>
  Object.fromEntries(paperTable.benchmarks.map(({ id }, index) => [id, { ...of(index), n: 100, runId: 1 }]))

test('every benchmark counts one eleventh, whatever its size, and others do not count', () => {
  const given = scores((index) => ({ value: index / 10, low: null, high: null }))
  expect(academicAverage(given)!.value).toBeCloseTo(0.5, 12)
  const further = { ai2d_opaque: { value: 1, low: null, high: null, n: 1, runId: 2 } }
  expect(academicAverage({ ...given, ...further })!.value).toBeCloseTo(0.5, 12)
})

test('with ten of eleven there is no average', () => {
  const { ai2d: _ai2d, ...ten } = scores(() => ({ value: 0.5, low: 0.4, high: 0.6 }))
  expect(academicAverage(ten)).toBeNull()
})

test('even intervals add as errors do, uneven ones keep their sides', () => {
  const { value, low, high } = academicAverage(
    scores((index) =>
      index < 2 ? { value: 0.5, low: 0.5 - 0.03, high: 0.5 + 0.04 } : { value: 0.5, low: 0.5, high: 0.5 },
    ),
  )!
  expect(value - low!).toBeCloseTo((0.03 * Math.SQRT2) / 11, 12)
  expect(high! - value).toBeCloseTo((0.04 * Math.SQRT2) / 11, 12)
})

test('a score that a server returned counts with the interval that its n allows', () => {
  // Half of 100: Wilson gives 0.4038 to 0.5962. The other ten are known exactly.
  const { low, high } = academicAverage(
    scores((index) => (index === 0 ? { value: 0.5, low: null, high: null } : { value: 0.5, low: 0.5, high: 0.5 })),
  )!
  expect(0.5 - low!).toBeCloseTo(0.0962 / 11, 5)
  expect(high! - 0.5).toBeCloseTo(0.0962 / 11, 5)
})
