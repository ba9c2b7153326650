import { expect, test } from 'vitest'
import { isRelaxedMatch, relaxedCorrectness, relaxedNumber } from '#benchmarks/scoring/relaxed-correctness.ts'

const official = relaxedCorrectness({ trim: true })

function mark(response: string, gold: string[], scorer = official) {
  const question = { id: '1', question: 'How many?', tags: [], gold }
  const answer = scorer.extract(response, question)
  if (typeof answer !== 'string') throw new Error('a chart answer is always a text')
  return scorer.score(answer, question)
}

test('a number within 5% is right, and the step shows the sum', () => {
  expect(mark('9.6', ['10.1'])).toEqual({ value: 1, steps: ['|9.6 − 10.1| / |10.1| = 0.0495 ≤ 0.05 → right'] })
})

test('exactly 5% off is right or wrong as the doubles fall', () => {
  expect(isRelaxedMatch('10', '10.5')).toBe(true)
  expect(isRelaxedMatch('0.6', '0.63')).toBe(false)
  expect(mark('0.63', ['0.6']).steps[0]).toContain('0.050000000000000044 > 0.05')
})

test('a year within 5% is right, as the field counts it', () => {
  expect(isRelaxedMatch('2010', '2008')).toBe(true)
})

test('a gold of zero, a thousands comma and a currency sign are compared as text', () => {
  expect(isRelaxedMatch('0', '0.0')).toBe(false)
  expect(isRelaxedMatch('0', '0')).toBe(true)
  expect(isRelaxedMatch('1000', '1,000')).toBe(false)
  expect(isRelaxedMatch('1,000', '1,000')).toBe(true)
  expect(isRelaxedMatch('5', '$5')).toBe(false)
})

test('nan and inf match nothing, not even themselves', () => {
  expect(isRelaxedMatch('nan', 'nan')).toBe(false)
  expect(isRelaxedMatch('inf', 'inf')).toBe(false)
})

test('all trailing percent signs go, but one after a space makes a text', () => {
  expect(relaxedNumber('5%%%')).toBe(0.05)
  expect(relaxedNumber('5% ')).toBe(null)
  expect(relaxedNumber('5 %')).toBe(0.05)
})

test('the official profile trims, lmms-eval does not and reads only the first gold answer', () => {
  const lmmsEval = relaxedCorrectness({ trim: false, firstTargetOnly: true })
  expect(mark('Jamaica\n', ['Jamaica']).value).toBe(1)
  expect(mark('Jamaica\n', ['Jamaica'], lmmsEval).value).toBe(0)
  expect(mark('14\n', ['14'], lmmsEval).value).toBe(1)
  expect(mark('10.4', ['5', '10']).value).toBe(1)
  expect(mark('10.4', ['5', '10'], lmmsEval).value).toBe(0)
})

test('a withheld gold answer cannot be scored', () => {
  expect(() => official.score('14', { id: '7', question: '', tags: [], gold: null })).toThrow('7 is withheld')
})
