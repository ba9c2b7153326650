import { expect, test } from 'vitest'
import { anls, anlsOfMmf, anlsOfMolmo, anlsOfPix2struct, anlsOfRrc, anlsScore } from '#benchmarks/scoring/anls.ts'

test('exactly one half survives in the competition script and is lost in pix2struct', () => {
  expect(anlsScore(anlsOfRrc, ['ab'], 'ax')).toBe(0.5)
  expect(anlsScore(anlsOfMmf, ['ab'], 'ax')).toBe(0.5)
  expect(anlsScore(anlsOfPix2struct, ['ab'], 'ax')).toBe(0)
})

test('the competition script collapses white space but divides by the raw length', () => {
  expect(anlsScore(anlsOfRrc, ['new york'], '  new   yorl  ')).toBeCloseTo(1 - 1 / 14, 12)
  expect(anlsScore(anlsOfMolmo, ['new york'], '  new   yorl  ')).toBe(0)
})

test('lengths are those of upper case, lower case or the raw text, as each script has them', () => {
  expect(anlsScore(anlsOfRrc, ['straße'], 'strasse')).toBeCloseTo(1 - 2 / 7, 12)
  expect(anlsScore(anlsOfPix2struct, ['İ'], ' İ')).toBeCloseTo(2 / 3, 12)
  expect(anlsScore(anlsOfMolmo, ['İ'], ' İ')).toBe(0)
})

test('two empty texts are alike, whatever the script', () => {
  for (const rule of [anlsOfRrc, anlsOfMmf, anlsOfMolmo, anlsOfPix2struct]) expect(anlsScore(rule, [''], '')).toBe(1)
})

test('the best of several references counts, and the step names it', () => {
  const question = { id: '1', question: '', tags: [], gold: ['1998', 'March 1998'] }
  const mark = anls(anlsOfRrc).score('march 1998', question)
  expect(mark).toEqual({ value: 1, steps: ['nearest gold answer “March 1998”: likeness 1.0000, counts as 1.0000'] })
})
