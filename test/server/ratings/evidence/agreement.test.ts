import { expect, test } from 'vitest'
import {
  alphaInterval,
  cohenKappa,
  fleissKappa,
  krippendorffAlpha,
  labelVotes,
  majorityAgreement,
  percentAgreement,
  unitTable,
} from '#server/ratings/evidence/agreement.ts'

/** Nine units by four raters; a dash where a rater said nothing. Expected numbers follow the definitions pair by pair. */
const said = ['001-', '2221', '01-0', '1111', '-202', '0001', '2--2', '-0--', '1210']
const cells = said.flatMap((row, unit) =>
  [...row].flatMap((label, rater) => (label === '-' ? [] : [{ unit, rater, label: Number(label) }])),
)
const labels = {
  unit: Int32Array.from(cells, ({ unit }) => unit),
  rater: Int32Array.from(cells, ({ rater }) => rater),
  label: Uint8Array.from(cells, ({ label }) => label),
}
const table = unitTable(labels)

test('Krippendorff’s α in three scales, and of decisive labels alone', () => {
  expect(krippendorffAlpha(table, 'nominal')).toBeCloseTo(0.2837465564738292, 12)
  expect(krippendorffAlpha(table, 'ordinal')).toBeCloseTo(0.3889971843188218, 12)
  expect(krippendorffAlpha(table, 'interval')).toBeCloseTo(0.3944687045123726, 12)
  expect(krippendorffAlpha(unitTable(labels, true), 'nominal')).toBeCloseTo(0.5555555555555556, 12)
})

test('units of one label are no unit; pairs and their agreement', () => {
  expect(table).toHaveLength(8)
  expect(percentAgreement(table)).toEqual({ pairs: 34, agreement: 0.5 })
})

test('κ of Fleiss and Randolph, and of Cohen for two raters', () => {
  expect(fleissKappa(table, 4)).toEqual({
    units: 4,
    kappa: expect.closeTo(4 / 15, 12),
    randolph: expect.closeTo(0.3125, 12),
  })
  expect(fleissKappa(table, 5).units).toBe(0)
  expect(cohenKappa(labels, 0, 1)).toEqual({
    units: 6,
    kappa: expect.closeTo(0.5, 12),
    linear: expect.closeTo(0.625, 12),
  })
})

test('how often a rater says what most others say', () => {
  expect([...majorityAgreement(labels)]).toEqual([1, 0.6, 0.6, 0.4])
  const turned = {
    unit: labels.unit.toReversed(),
    rater: labels.rater.toReversed(),
    label: labels.label.toReversed(),
  }
  expect([...majorityAgreement(turned)]).toEqual([1, 0.6, 0.6, 0.4])
  const two = { unit: Int32Array.of(0, 0, 0), rater: Int32Array.of(0, 1, 2), label: Uint8Array.of(2, 1, 1) }
  expect([...majorityAgreement(two)]).toEqual([0, NaN, NaN])
})

test('an interval of α holds it, is the same each time, and is a point where all units are alike', () => {
  const first = alphaInterval(table, 'nominal', { seed: 3, rounds: 200 })
  expect(first).toEqual(alphaInterval(table, 'nominal', { seed: 3, rounds: 200 }))
  expect(first.lower).toBeLessThan(0.15)
  expect(first.lower).toBeGreaterThan(-0.35)
  expect(first.upper).toBeGreaterThan(0.45)
  expect(first.upper).toBeLessThan(0.95)
  const narrow = alphaInterval(table, 'nominal', { seed: 3, rounds: 200, level: 0.5 })
  expect(narrow.upper - narrow.lower).toBeLessThan(0.6 * (first.upper - first.lower))
})

test('labels: the pair’s first model by number won 0, a tie of either kind 1, the second won 2; the first vote counts', () => {
  const votes = {
    models: 3,
    a: Int32Array.of(0, 1, 0, 2, 1, 0, 1),
    b: Int32Array.of(1, 0, 1, 1, 2, 1, 0),
    verdict: Uint8Array.of(0, 0, 2, 1, 3, 1, 1),
    rater: Int32Array.of(0, 1, 2, 0, 1, 0, 3),
    item: Int32Array.of(7, 7, 7, 7, 7, 7, 7),
  }
  const { unit, rater, label } = labelVotes(votes)
  expect([[...unit], [...rater], [...label]]).toEqual([
    [0, 0, 0, 1, 1, 0],
    [0, 1, 2, 0, 1, 3],
    [0, 2, 1, 0, 1, 0],
  ])
  const { rater: _rater, ...nameless } = votes
  expect(() => labelVotes(nameless)).toThrow('needs the rater and the item')
})
