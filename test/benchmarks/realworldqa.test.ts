import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/realworldqa/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, sentBy } from '../support/data-files.ts'

const choice =
  'Which way?\n\nA. Left\nB. Right\nPlease answer directly with only the letter of the correct option and nothing else.'
const short = 'How many cars?\nPlease answer directly with a single word or number.'
const contents = {
  'data/test-00000-of-00002.parquet': [
    { image: hubPicture, question: choice, answer: 'B' },
    { image: hubPicture, question: short, answer: '3' },
  ],
}

test('the sentence at the end of a question says of which type it is', async () => {
  expect(await examplesOf(benchmark, 'hub', contents, 'test')).toMatchObject([
    { id: '0', gold: { kind: 'multiple_choice', answer: 'B' }, tags: ['multiple choice'] },
    { id: '1', gold: { kind: 'short_answer', answer: '3' }, tags: ['short answer'] },
  ])
})

test('the question goes out as it is; Molmo gets the first line of a short one only', async () => {
  const [first, second] = await examplesOf(benchmark, 'hub', contents, 'test')
  expect(sentBy(benchmark, 'default', first!)).toEqual(['[picture.png]', choice])
  expect(sentBy(benchmark, 'lmms_eval', second!)).toEqual(['[picture.png]', short])
  expect(sentBy(benchmark, 'molmo', first!)[1]).toBe(`a_okvqa_mc: ${choice}`)
  expect(sentBy(benchmark, 'molmo', second!)[1]).toBe('vqa2: How many cars?')
})

test('the default reads number words, lmms-eval does not; an undecided letter is wrong, under Molmo the nearest counts', async () => {
  const [first, second] = await examplesOf(benchmark, 'hub', contents, 'test')
  expect(markOf(benchmark, 'official', second!, 'Three')).toBe(1)
  expect(markOf(benchmark, 'lmms_eval', second!, 'Three')).toBe(0)
  expect(markOf(benchmark, 'lmms_eval', second!, '3.')).toBe(1)
  expect(markOf(benchmark, 'official', first!, 'B.')).toBe(1)
  expect(markOf(benchmark, 'official', first!, 'A or B')).toBe(0)
  expect(markOf(benchmark, 'molmo', first!, 'b')).toBe(1)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { image: hubPicture, question: short, answer: 3 })).toEqual(['answer'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'lmms_eval'])
})
