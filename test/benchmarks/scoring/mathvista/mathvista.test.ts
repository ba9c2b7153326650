import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  extractByRule,
  extractWithoutJudge,
  judgePrompt,
  judgePromptName,
} from '#benchmarks/scoring/mathvista/extract.ts'
import {
  matchesTrimmed,
  matchesVlmevalkit,
  mathvistaIgnoringEmpty,
  mathvistaOf2023,
  mathvistaOfficial,
  mathvistaOfLmmsEval,
  mathvistaOfMolmo,
  normaliseExtraction,
  type MathVistaProblem,
} from '#benchmarks/scoring/mathvista/normalise.ts'
import { mathvistaWithJudge, mathvistaWithoutJudge } from '#benchmarks/scoring/mathvista/scorers.ts'
import type { NeedsJudge } from '#benchmarks/scoring/scorer.ts'

const free: MathVistaProblem = {
  choices: null,
  questionType: 'free_form',
  answerType: 'integer',
  precision: null,
  precisionIsFloat: false,
}
const decimal = (precision: number, precisionIsFloat = false) => ({
  ...free,
  answerType: 'float',
  precision,
  precisionIsFloat,
})
const choice = (...choices: string[]) => ({ ...free, choices, questionType: 'multi_choice', answerType: 'text' })

test('an integer is truncated toward zero with every digit; the 2023 rule wants it written as one', () => {
  expect(normaliseExtraction(mathvistaOfficial, '-3.9', free)).toBe('-3')
  expect(normaliseExtraction(mathvistaOfficial, '1e20', free)).toBe('100000000000000000000')
  expect(normaliseExtraction(mathvistaOfficial, 'inf', free)).toBe(null)
  expect(normaliseExtraction(mathvistaOf2023, '13.0', free)).toBe(null)
  expect(normaliseExtraction(mathvistaOf2023, ' 13 ', free)).toBe('13')
})

test('a float is rounded half to even and printed as Python prints it', () => {
  expect(normaliseExtraction(mathvistaOfficial, '2.675', decimal(2))).toBe('2.67')
  expect(normaliseExtraction(mathvistaOfficial, '1.20', decimal(2))).toBe('1.2')
  expect(normaliseExtraction(mathvistaOfficial, '5', decimal(1))).toBe('5.0')
  expect(normaliseExtraction(mathvistaOfficial, '1.2', { ...free, answerType: 'float' })).toBe(null)
})

test('peers that round by a float precision get no float answer right', () => {
  expect(normaliseExtraction(mathvistaOfMolmo, '1.2', decimal(1, true))).toBe(null)
  expect(normaliseExtraction(mathvistaOfLmmsEval, '1.2', decimal(1, true))).toBe(null)
  expect(normaliseExtraction(mathvistaOfficial, '1.2', decimal(1, true))).toBe('1.2')
})

test('a choice is found by its letter, else by distance, so that even an empty extraction selects one unless told not to', () => {
  const colours = choice('red', 'purple', 'blue')
  expect(normaliseExtraction(mathvistaOfficial, 'It is (b), not (c)', colours)).toBe('purple')
  expect(normaliseExtraction(mathvistaOfficial, 'C', colours)).toBe('blue')
  expect(normaliseExtraction(mathvistaOfficial, 'bluish', colours)).toBe('blue')
  expect(normaliseExtraction(mathvistaOfficial, '', colours)).toBe('red')
  expect(normaliseExtraction(mathvistaIgnoringEmpty, ' ', colours)).toBe(null)
  expect(normaliseExtraction(mathvistaOfMolmo, 'b: it is so', colours)).toBe('purple')
})

test('what a judge returns other than text is read as Python prints it', () => {
  expect(normaliseExtraction(mathvistaOfficial, [2007n, 1.5, 'x'], { ...free, answerType: 'list' })).toBe(
    "[2007, 1.5, 'x']",
  )
  expect(normaliseExtraction(mathvistaOfficial, null, choice('None of these', 'none'))).toBe('none')
  expect(normaliseExtraction(mathvistaOfficial, true, free)).toBe('1')
})

test('a whole number of any size stays exact where Python reads it as one, and is none where it must become a float', () => {
  const beyondDoubles = 10n ** 400n + 1n
  expect(normaliseExtraction(mathvistaOf2023, beyondDoubles, free)).toBe(String(beyondDoubles))
  expect(normaliseExtraction(mathvistaOfficial, beyondDoubles, free)).toBe(null)
  expect(normaliseExtraction(mathvistaOfficial, beyondDoubles, decimal(1))).toBe(null)
  expect(matchesVlmevalkit(9007199254740993n, free, '9007199254740993')).toBe(true)
})

test('an answer of no known type stays what was extracted, so that nothing but text can equal the gold answer', () => {
  const text = { ...free, answerType: 'text' }
  expect(normaliseExtraction(mathvistaOfficial, 5n, text)).toBe(5n)
  expect(normaliseExtraction(mathvistaOfficial, 'five', text)).toBe('five')
  expect(matchesTrimmed(normaliseExtraction(mathvistaOfLmmsEval, 5n, text), '5')).toBe(true)
})

test('lmms-eval compares trimmed text, and VLMEvalKit numbers without rounding', () => {
  expect(matchesTrimmed('5', ' 5')).toBe(true)
  expect(matchesTrimmed(null, 'None')).toBe(true)
  expect(matchesVlmevalkit('2.68', decimal(1), '2.68')).toBe(true)
  expect(matchesVlmevalkit('5.0', free, '5')).toBe(false)
  expect(matchesVlmevalkit('[1]', { ...free, answerType: 'list' }, '[1]')).toBe(false)
})

test('rules extract an empty response, an exact choice, a bare number and a quoted answer', () => {
  expect(extractByRule('', free)).toBe('')
  expect(extractByRule('blue', choice('red', 'blue'))).toBe('blue')
  expect(extractByRule(' 1_0 ', free)).toBe('10')
  expect(extractByRule('5', decimal(1))).toBe('5.0')
  expect(extractByRule('The answer is "7".', free)).toBe(null)
  expect(extractByRule('The answer is "7". The answer is "8".', free, true)).toBe('7". The answer is "8')
})

test.each([
  ['First (A), but then (b).', choice('x', 'y'), 'B'],
  ['Only (E) fits', choice('red', 'blue'), null],
  ['must be blue', choice('red', 'blue'), 'B'],
  ['Of 12 there remain 3, so 1,234.50 in all', decimal(2), '1234.50'],
  ['no number at all', free, null],
  ['from [1, 2] to [3, 4].', { ...free, answerType: 'list' }, '[3, 4]'],
  ['', free, null],
])('without a judge %j gives the extraction of the last part', (response, problem, extraction) => {
  expect(extractWithoutJudge(response, problem)).toBe(extraction)
})

test('what the rules leave goes to a judge, who is shown the query and the response and never the gold answer', () => {
  const question = {
    id: '1',
    question: 'How many lamps are lit?',
    tags: [],
    gold: { ...free, answer: '987654' },
  }
  const asked = mathvistaWithJudge.extract('Some of them, I guess.', question)
  expect(asked).toMatchObject({ kind: 'needs-judge' })
  const prompt = (asked as NeedsJudge).prompt('##9f3c##')
  expect(prompt).toContain('How many lamps are lit?')
  expect(prompt).toContain('Some of them, I guess.')
  expect(prompt).not.toContain('987654')
  expect(prompt.match(/Extracted answer:/g)).toHaveLength(6)
  expect(prompt.endsWith('\n##9f3c##\nSome of them, I guess.\n##9f3c##\n\nExtracted answer:')).toBe(true)
  expect(mathvistaWithJudge.extract('', question)).toBe(null)
  expect(mathvistaWithJudge.score('987654.2', question)).toMatchObject({ value: 1 })
  expect(mathvistaWithoutJudge.extract('Some of them, I guess 5.', question)).toBe('5')
})

test('the wording of the judge’s prompt goes with its name: who changes one changes the other', () => {
  const hash = createHash('sha256')
    .update(judgePrompt('Q?', 'R.', '##'))
    .digest('hex')
  expect([judgePromptName, hash.slice(0, 16)]).toEqual(['mathvista/1', '0f971e2b5d4cccc9'])
})
