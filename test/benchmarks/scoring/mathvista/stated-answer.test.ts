import { expect, test } from 'vitest'
import { extractWithoutJudge } from '#benchmarks/scoring/mathvista/extract.ts'
import { mathvistaWithJudge } from '#benchmarks/scoring/mathvista/scorers.ts'
import {
  mathvistaIgnoringEmpty,
  normaliseExtraction,
  type MathVistaProblem,
} from '#benchmarks/scoring/mathvista/normalise.ts'

const free = { choices: null, questionType: 'free_form', precision: null, precisionIsFloat: true }
const integer: MathVistaProblem = { ...free, answerType: 'integer' }
const decimal: MathVistaProblem = { ...free, answerType: 'float', precision: 2 }
const list: MathVistaProblem = { ...free, answerType: 'list' }
const choice = (...choices: string[]): MathVistaProblem => ({
  ...free,
  choices,
  questionType: 'multi_choice',
  answerType: 'text',
})
const sides = choice('12', '16', '18', '20')
const words = choice('the red car', 'the blue bus', 'neither', 'both')

/** Responses that state a value, and what the official normalisation makes of what a judge extracts from them. */
const stated: [response: string, problem: MathVistaProblem, value: string | null][] = [
  ['12 cm^2', integer, '12'],
  ['The area is 12 cm².', integer, '12'],
  ['\\boxed{12} \\text{ cm}^2', integer, '12'],
  ['$\\boxed{12\\text{ cm}^2}$', integer, '12'],
  ['\\[ \\boxed{x = 12} \\]', integer, '12'],
  ['**Answer: 18**\n\nIt took me 3 steps.', integer, '18'],
  ['**Answer:** 18\nCheck: 3 + 15', integer, '18'],
  ['Answer：18', integer, '18'],
  ['The answer is 18, which I checked with 2 methods.', integer, '18'],
  ['So the answer is 1', integer, '1'],
  ['So the answer to your question is **3**.', integer, '3'],
  ['The final answer is: $\\boxed{7}$. I am 95 % sure.', integer, '7'],
  ['Final Answer: 42 apples in 3 baskets', integer, '42'],
  ['<answer>9</answer>', integer, '9'],
  ['<think>maybe 4</think><answer> 9 </answer> done in 2 s', integer, '9'],
  ['{"answer": 12}', integer, '12'],
  ['```json\n{"steps": 3, "answer": "12"}\n```', integer, '12'],
  ['{"reasoning": "5 + 7", "final_answer": 12, "confidence": 1}', integer, '12'],
  ['9 \\times 10^0', integer, '9'],
  ['The answer is 9 \\times 10^{3}.', integer, '9000'],
  ['9 × 10^2 metres', integer, '900'],
  ['答案是12。共有3步', integer, '12'],
  ['所以答案为 25。', integer, '25'],
  ['Therefore, the length of segment CD is 19.', integer, '19'],
  ['Therefore, there are **3 objects left** after subtracting the other 5.', integer, '3'],
  ['So there are 1 + 1 + 1 + 1 = **4** people who did at least 60.', integer, '4'],
  ['The answer is 24 - 5 = 19.', integer, '19'],
  ['The total is 1,234', integer, '1234'],
  ['The answer is -7.', integer, '-7'],
  ['The answer is −7.', integer, '-7'],
  ['We have 3 red and 4 blue.\nThus x = 12', integer, '12'],
  ['1. Count the bars: 5.\n2. Subtract 2.\n\nThe answer is 3.', integer, '3'],
  ['0.25', decimal, '0.25'],
  ['The answer is \\frac{1}{4}.', decimal, '0.25'],
  ['The answer is 0.25 (rounded to 2 decimals).', decimal, '0.25'],
  ['\\boxed{1.456}', decimal, '1.46'],
  ['The slope is approximately 1.45 m/s^2', decimal, '1.45'],
  ['Answer: $2.5', decimal, '2.5'],
  ['The months are [3, 4].', list, '[3, 4]'],
  ['The answer is [3, 4], not [1, 2].', list, '[3, 4]'],
  ['(B). The triangle is isosceles. (A) does not fit.', sides, '16'],
  ['B. The others are too long; (A) is too short.', sides, '16'],
  ['答案是C。', sides, '18'],
  ['答案：C', sides, '18'],
  ['Option B is correct because option A is too small.', sides, '16'],
  ['The correct option is (D).', sides, '20'],
  ['The correct option is therefore (D). Not (A).', sides, '20'],
  ['**(B) 16**', sides, '16'],
  ['The answer is **C**.', sides, '18'],
  ['The answer is C because (A) and (B) are too small.', sides, '18'],
  ['The answer is $\\boxed{\\text{C}}$', sides, '18'],
  ['\\boxed{C}', sides, '18'],
  ['\\boxed{18}', sides, '18'],
  ['<answer>C</answer>', sides, '18'],
  ['{"answer": "C"}', sides, '18'],
  ['So the answer is (B), 16.', sides, '16'],
  ['The perimeter is 6 + 12 = 18, so the answer is 18.', sides, '18'],
  ['First (A), but then (b).', sides, '16'],
  ['The answer is not (A) but (B).', sides, '16'],
  ['Answer: the blue bus', words, 'the blue bus'],
  ['The correct answer is: The red car.', words, 'the red car'],
  ['Therefore, (C) neither.', words, 'neither'],
  ['The answer is both of them', words, 'both'],
]

test('of responses that state a value, at least 98 % are read as the official extraction reads them', () => {
  const wrong = stated.filter(([response, problem, value]) => {
    const found = extractWithoutJudge(response, problem)
    return (found === null ? null : normaliseExtraction(mathvistaIgnoringEmpty, found, problem)) !== value
  })
  expect(wrong.map(([response, , value]) => [response, value])).toEqual([])
})

test.each([
  ['I cannot determine the answer from the 3 graphs.', integer],
  ["Sorry, I can't help with images of people yet.", integer],
  ['It is unclear.', integer],
  ['A triangle has three sides.', sides],
  ['None of these can be seen.', words],
  ['', integer],
])('nothing is guessed where none is stated: %j', (response, problem) => {
  expect(extractWithoutJudge(response, problem)).toBeNull()
})

test('what nobody should send takes no time', () => {
  for (const piece of ['answer is ', '\\boxed{', '<answer>', '{"answer":', '(A) ', '1,', 'So ', '**']) {
    const start = performance.now()
    extractWithoutJudge(piece.repeat(20_000), integer)
    extractWithoutJudge(piece.repeat(20_000), sides)
    expect(performance.now() - start).toBeLessThan(2_000)
  }
})

test('what the official rule marks by the nearest choice is counted apart and said', () => {
  const gold = { ...words, answer: 'the red car' }
  const question = { id: '1', question: 'Q?', tags: [], gold }
  const near = mathvistaWithJudge.score('a red car', question)
  expect(near).toMatchObject({ value: 1, also: { 'nearest choice': 1 } })
  expect(near.steps[0]).toBe('“a red car” names no choice; the official rule takes the nearest')
  for (const named of ['(A)', 'A', 'the red car'])
    expect(mathvistaWithJudge.score(named, question)).toMatchObject({ value: 1, also: { 'nearest choice': 0 } })
})
