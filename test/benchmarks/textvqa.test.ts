import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/textvqa/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const question = {
  image_id: '003a8ae2ef43b901',
  question_id: 34602,
  question: 'What is the brand of this camera?',
  answers: [...Array<string>(8).fill('dakota'), 'dakota digital', "nan's"],
}
const hubRow = { ...question, image: hubPicture }

test('both layouts give the same example', async () => {
  const hub = await examplesOf(benchmark, 'hub', { 'data/validation-00000-of-00003.parquet': [hubRow] }, 'val')
  const contents = {
    'TextVQA_0.5.1_val.json': { dataset_type: 'val', data: [question] },
    'train_images/003a8ae2ef43b901.jpg': png,
  }
  const official = await examplesOf(benchmark, 'official', contents, 'val')
  expect(hub).toMatchObject([{ id: '34602', question: question.question, gold: question.answers }])
  expect(official).toMatchObject([{ id: '34602', question: question.question, gold: question.answers }])
})

test('each prompt profile sends the picture and its own words; lmms-eval makes names small', async () => {
  const row = { ...hubRow, question: 'What does the IKEA sign say?' }
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [row] }, 'val')
  const instruction = 'Answer the question using a single word or phrase.'
  expect(sentBy(benchmark, 'default', example!)[1]).toBe(`What does the IKEA sign say?\n${instruction}`)
  expect(sentBy(benchmark, 'vlmevalkit', example!)[1]).toBe(`What does the IKEA sign say?\n${instruction}`)
  expect(sentBy(benchmark, 'lmms_eval', example!)[1]).toBe(`What does the ikea sign say?\n${instruction}`)
  expect(sentBy(benchmark, 'molmo', example!)[1]).toBe('text_vqa: What does the IKEA sign say?')
})

test('the profiles differ where they should: one annotator is worth 0.3 but a third under Molmo', async () => {
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [hubRow] }, 'val')
  expect(markOf(benchmark, 'official', example!, 'Dakota')).toBe(1)
  expect(markOf(benchmark, 'official', example!, 'Dakota, Digital?')).toBeCloseTo(0.3)
  expect(markOf(benchmark, 'molmo', example!, 'dakota digital')).toBeCloseTo(1 / 3)
  expect(markOf(benchmark, 'official', example!, "nan 's")).toBeCloseTo(0.3)
  expect(markOf(benchmark, 'vqa_v2', example!, "nan 's")).toBe(0)
})

test('nine answers are refused: the rule is for ten', () => {
  expect(faultsOf(benchmark, 'hub', { ...hubRow, answers: question.answers.slice(1) })).toEqual(['answers'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'vqa_v2'])
})
