import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/infographicvqa/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const hubRow = {
  image: hubPicture,
  questionId: '65718',
  question: 'Which use is largest?',
  answers: ['shower'],
  answer_type: ['image span'],
  'operation/reasoning': ['comparison', 'counting'],
}

test('the hub layout reads its own config and leaves DocVQA’s files beside it alone', async () => {
  const contents = {
    'InfographicVQA/validation-00000-of-00002.parquet': [hubRow],
    'DocVQA/validation-00000-of-00006.parquet': [{ ...hubRow, questionId: '1' }],
  }
  expect(await examplesOf(benchmark, 'hub', contents, 'val')).toMatchObject([
    { id: '65718', gold: ['shower'], tags: ['answer type: image span', 'operation: sorting', 'operation: counting'] },
  ])
})

test('the official layout finds pictures by their local name and has the evidence too', async () => {
  const question = { questionId: 65718, question: 'Which?', image_local_name: '70471.jpeg' }
  const types = { answer_type: ['non span'], evidence: ['map', 'textual'], 'operation/reasoning': [] }
  const contents = {
    'infographicsVQA_val_v1.0_withQT.json': { data: [{ ...question, answers: ['2'], ...types }] },
    'infographicsVQA_test_v1.0.json': { data: [question] },
    'infographicsvqa_images/70471.jpeg': png,
  }
  expect(await examplesOf(benchmark, 'official', contents, 'val')).toMatchObject([
    { id: '65718', gold: ['2'], tags: ['answer type: non span', 'evidence: map', 'evidence: textual'] },
  ])
  expect(await examplesOf(benchmark, 'official', contents, 'test')).toMatchObject([{ gold: null, tags: [] }])
})

test('each prompt profile sends the picture and its own words', async () => {
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [hubRow] }, 'val')
  const short = 'Which use is largest?\nAnswer the question using a single word or phrase.'
  for (const profile of ['default', 'vlmevalkit', 'lmms_eval'] as const) {
    expect(sentBy(benchmark, profile, example!)).toEqual(['[picture.png]', short])
  }
  expect(sentBy(benchmark, 'molmo', example!)).toEqual(['[picture.png]', 'info_qa: Which use is largest?'])
  expect(markOf(benchmark, 'official', example!, 'Showers')).toBeCloseTo(6 / 7)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...hubRow, 'operation/reasoning': 'counting' })).toEqual(['operation/reasoning'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'lmms_eval'])
})
