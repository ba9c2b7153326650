import { expect, test } from 'vitest'
import {
  vqaAccuracy,
  vqaM4c,
  vqaOfficial,
  vqaOfLmmsEval,
  vqaOfMolmo,
  vqaOfVlmevalkit,
  type VqaRule,
} from '#benchmarks/scoring/vqa/accuracy.ts'
import { lmmsEvalDialect, normaliseVqa, vlmevalkitDialect } from '#benchmarks/scoring/vqa/normaliser.ts'

test.each([
  ['t-shirt', 't shirt'],
  ['t - shirt', 't shirt'],
  ['black/white', 'black white'],
  ['100,978', '100978'],
  ['100.978', '100.978'],
  ["don't know", "don't know"],
  ['2:50 pm', '2:50 pm'],
  ['U.S.A.', 'usa'],
  ['5.', '5'],
  ['.5', '.5'],
  ['The', ''],
  ['two  dogs', '2 dogs'],
  ['eleven', 'eleven'],
  ['dont', "don't"],
  ["somebody'd", 'somebodyd'],
  ["ow's'at", "'ow's'at"],
  ['Ive', 'ive'],
  ['1,0 a-b', '10 ab'],
  ['a\u3000cat', 'cat'],
  ['constructor', 'constructor'],
])('%j is read as %j', (text, normalised) => {
  expect(normaliseVqa(text)).toBe(normalised)
})

test('at most 32 full stops are deleted, left to right', () => {
  expect(normaliseVqa(`${'.'.repeat(40)}x`)).toBe(`${'.'.repeat(8)}x`)
})

test('VLMEvalKit keeps a full stop beside a digit', () => {
  expect(normaliseVqa('5. a.b', vlmevalkitDialect)).toBe('5. ab')
})

test('several commas in a row make a number with commas for lmms-eval only', () => {
  expect(normaliseVqa('(1,,000)')).toBe('1 000')
  expect(normaliseVqa('(1,,000)', lmmsEvalDialect)).toBe('1000')
  expect(vqaOfLmmsEval.process('1,,000', []).prediction).toBe('1000')
})

const ten = (answer: string, others: string[] = []) => [...Array<string>(10 - others.length).fill(answer), ...others]

function value(rule: VqaRule, prediction: string, gold: string[]): number {
  const scorer = vqaAccuracy(rule)
  const question = { id: '1', question: '', tags: [], gold }
  return scorer.score(scorer.extract(prediction, question) as string, question).value
}

test('k of ten annotators are worth 0, 0.3, 0.6, 0.9 and then 1; in Molmo k thirds', () => {
  const worth = (rule: VqaRule) =>
    [0, 1, 2, 3, 4, 10].map((k) =>
      value(rule, 'red', [...Array<string>(k).fill('red'), ...Array<string>(10 - k).fill('blue')]),
    )
  worth(vqaOfficial).forEach((score, index) => expect(score).toBeCloseTo([0, 0.3, 0.6, 0.9, 1, 1][index]!, 12))
  worth(vqaOfMolmo).forEach((score, index) => expect(score).toBeCloseTo([0, 1 / 3, 2 / 3, 1, 1, 1][index]!, 12))
})

test('when all annotators agree the official comparison is exact; the others normalise', () => {
  expect(value(vqaOfficial, 'Yes', ten('yes'))).toBe(0)
  expect(value(vqaOfficial, 'yes.', ten('yes'))).toBe(0)
  expect(value(vqaOfficial, ' yes\n', ten('yes'))).toBe(1)
  expect(value(vqaOfficial, 'Yes', ten('yes', ['no']))).toBe(1)
  for (const rule of [vqaOfLmmsEval, vqaM4c, vqaOfMolmo, vqaOfVlmevalkit])
    expect(value(rule, 'Yes.', ten('yes'))).toBe(1)
})

test('M4C splits the possessive off and deletes commas before anything else', () => {
  expect(vqaM4c.process("Macy's, 1,000", []).prediction).toBe("macy 's 1000")
  expect(vqaOfficial.process("Macy's, 1,000", ['a', 'b']).prediction).toBe("macy's 1000")
})

test('the steps say what was read and how many annotators said so', () => {
  const question = { id: '1', question: '', tags: [], gold: ten('red', ['blue', 'blue', 'blue']) }
  expect(vqaAccuracy(vqaOfficial).score('The blue', question)).toEqual({
    value: expect.closeTo(0.9, 12) as number,
    steps: ['read as “blue”', '3 of 10 annotators said so → 0.90'],
  })
})
