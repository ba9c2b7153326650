import { expect, test } from 'vitest'
import {
  parseMmmuChoice,
  parseMmmuChoiceOfLmmsEval,
  parseMmmuProChoice,
} from '#benchmarks/scoring/mmmu/multiple-choice.ts'
import { matchesMmmuOpen, parseMmmuOpen } from '#benchmarks/scoring/mmmu/open.ts'
import { inferOpenChoice, matchesOneText, mmmuOfficial } from '#benchmarks/scoring/mmmu/scorers.ts'

const options = ['cat', 'dog', 'bird', 'fish']

test.each([
  ['(B) or rather (C)', 'C'],
  ['B', 'B'],
  ['A and then C and A', 'A'],
  ['I think that the dog is in the picture', 'B'],
  ['the dog', null],
  ['b', null],
  ['A\n', null],
  ["'A'.", 'A'],
])('the official script reads %j as %s', (response, letter) => {
  expect(parseMmmuChoice(response, options)).toBe(letter)
})

test('lmms-eval takes a letter at the end of a word, and MMMU-Pro reads after the last "Answer:"', () => {
  expect(parseMmmuChoice('Answer:A', options)).toBe(null)
  expect(parseMmmuChoiceOfLmmsEval('Answer:A', options)).toBe('A')
  expect(parseMmmuChoiceOfLmmsEval('(A) Answer: B', options)).toBe('A')
  expect(parseMmmuProChoice('(A) Answer: B', options)).toBe('B')
  expect(parseMmmuProChoice('Answer: A or B', options)).toBe('B')
})

test('a response without an option is wrong, and the chance of a random draw stands beside it', () => {
  const question = { id: '1', question: '', tags: [], choices: options, gold: 'B' }
  expect(mmmuOfficial.extract('no idea', question)).toBe(null)
  expect(mmmuOfficial.unparsed?.(question)).toMatchObject({ value: 0, also: { fallback: 1, 'expected value': 0.25 } })
  expect(mmmuOfficial.score('B', question)).toMatchObject({ value: 1, also: { fallback: 0, 'expected value': 1 } })
})

test.each([
  ['The answer is 3.14.', [3.14]],
  ['It costs 2,000,000', ['it costs 2,000,000', 2_000_000, 0]],
  ['x = 5', [5]],
  ['The value is 12.345 m', ['12.345 m', 12.35]],
  ['So the result is -1.5e3', [-1500, -1, 3]],
  ['C', [' c', 'c ']],
  ['so \nis', ['so \nis']],
  ['The area is :', ['the area is :']],
  ['A is 0.005 now\nso B is 7', ['0.005 now', 7, 0.01]],
])('an open response %j is read as %j', (response, parsed) => {
  expect(parseMmmuOpen(response)).toEqual(parsed)
})

test('an open answer matches by a contained text or by an equal number, never by one within the other', () => {
  const matches = (response: string, ...accepted: string[]) => matchesMmmuOpen(parseMmmuOpen(response), accepted)
  expect(matches('a big Tampa fan', 'tampa')).toBe(true)
  expect(matches('1,000.004', '1000')).toBe(true)
  expect(matches('1000 m', '100')).toBe(false)
  expect(matches('C', 'C')).toBe(true)
  expect(matches('because', 'C')).toBe(false)
  expect(matches('It is Florida', 'Tampa', 'Florida')).toBe(true)
})

test('peers lose or gain open answers: Molmo a list, VLMEvalKit a bare A', () => {
  expect(matchesOneText('Tampa', ['Tampa', 'Florida'])).toBe(false)
  expect(matchesOneText('Tampa', 'Tampa')).toBe(true)
  expect(inferOpenChoice('A', '42')).toBe('A')
})

test('a long run of digits is read in time that grows with its length', () => {
  expect(parseMmmuOpen('9'.repeat(20_000))).toEqual([Infinity])
  expect(parseMmmuOpen(`is ${'9'.repeat(20_000)}x`)).toHaveLength(1)
})
