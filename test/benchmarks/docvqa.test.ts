import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/docvqa/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const hubRow = {
  image: hubPicture,
  questionId: '337',
  question: 'What is the date?',
  question_types: ['handwritten', 'form'],
  answers: ['Jan 8', '1/8/93'],
}

test('the hub layout takes ids as numbers or texts, and leaves InfographicVQA’s files beside it alone', async () => {
  const contents = {
    'DocVQA/validation-00000-of-00006.parquet': [hubRow, { ...hubRow, questionId: 338 }],
    'InfographicVQA/validation-00000-of-00002.parquet': [{ ...hubRow, questionId: '9' }],
  }
  const examples = await examplesOf(benchmark, 'hub', contents, 'val')
  expect(examples.map(({ id }) => id)).toEqual(['337', '338'])
  expect(examples[0]).toMatchObject({
    gold: ['Jan 8', '1/8/93'],
    tags: ['question type: handwritten', 'question type: form'],
  })
})

test('the official layout reads val with question types and test without answers', async () => {
  const question = { questionId: 337, question: 'What is the date?', image: 'documents/xnbl0037_1.png', docId: 279 }
  const contents = {
    'spdocvqa/val_v1.0_withQT.json': { data: [{ ...question, question_types: ['form'], answers: ['Jan 8'] }] },
    'spdocvqa/test_v1.0.json': { data: [question] },
    'spdocvqa/images/documents/xnbl0037_1.png': png,
  }
  expect(await examplesOf(benchmark, 'official', contents, 'val')).toMatchObject([
    { id: '337', gold: ['Jan 8'], tags: ['question type: form'] },
  ])
  expect(await examplesOf(benchmark, 'official', contents, 'test')).toMatchObject([{ id: '337', gold: null, tags: [] }])
})

test('each prompt profile sends the picture and its own words', async () => {
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [hubRow] }, 'val')
  const short = 'What is the date?\nAnswer the question using a single word or phrase.'
  for (const profile of ['default', 'vlmevalkit', 'lmms_eval'] as const) {
    expect(sentBy(benchmark, profile, example!)).toEqual(['[picture.png]', short])
  }
  expect(sentBy(benchmark, 'molmo', example!)).toEqual(['[picture.png]', 'doc_qa: What is the date?'])
})

test('a likeness of exactly one half counts officially and is lost under Molmo', async () => {
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [{ ...hubRow, answers: ['ab'] }] }, 'val')
  expect(markOf(benchmark, 'official', example!, 'ax')).toBe(0.5)
  expect(markOf(benchmark, 'molmo', example!, 'ax')).toBe(0)
  expect(markOf(benchmark, 'lmms_eval', example!, 'AB')).toBe(1)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...hubRow, answers: 'Jan 8' })).toEqual(['answers'])
  expect(faultsOf(benchmark, 'official', { ...hubRow, question: null })).toEqual(['question'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'lmms_eval'])
})
