import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/vqa_v2/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const answers = (...texts: string[]) =>
  texts.map((answer, at) => ({ answer, answer_confidence: 'yes', answer_id: at + 1 }))
const tenYes = answers(...Array<string>(10).fill('yes'))
const hubRow = {
  image: hubPicture,
  question: 'Is it raining?',
  question_id: 262148000,
  image_id: 262148,
  question_type: 'is it',
  answer_type: 'yes/no',
  answers: tenYes,
}

const officialVal = {
  'v2_OpenEnded_mscoco_val2014_questions.json': {
    questions: [
      { image_id: 262148, question: 'Where is he looking?', question_id: 262148000 },
      { image_id: 42, question: 'How many?', question_id: 42001 },
    ],
  },
  'v2_mscoco_val2014_annotations.json': {
    annotations: [
      {
        question_id: 42001,
        image_id: 42,
        question_type: 'how many',
        answer_type: 'number',
        answers: answers('2', '3'),
      },
      {
        question_id: 262148000,
        image_id: 262148,
        question_type: 'none of the above',
        answer_type: 'other',
        answers: answers('down'),
      },
    ],
  },
  'val2014/COCO_val2014_000000262148.jpg': png,
  'val2014/COCO_val2014_000000000042.jpg': png,
}

test('the hub layout reads a split by the name the hub gives it, ids and types included', async () => {
  const contents = { 'data/validation-00000-of-00068.parquet': [hubRow], 'data/testdev-00000-of-00036.parquet': [] }
  expect(await examplesOf(benchmark, 'hub', contents, 'val')).toMatchObject([
    {
      id: '262148000',
      question: 'Is it raining?',
      gold: Array(10).fill('yes'),
      tags: ['answer type: yes/no', 'question type: is it'],
    },
  ])
})

test('the official layout joins questions and annotations by id, in whatever order the two files are', async () => {
  const examples = await examplesOf(benchmark, 'official', officialVal, 'val')
  expect(examples.map(({ id, gold, tags }) => [id, gold, tags[0]])).toEqual([
    ['262148000', ['down'], 'answer type: other'],
    ['42001', ['2', '3'], 'answer type: number'],
  ])
  expect(examples[0]!.parts[0]).toMatchObject({ path: 'val2014/COCO_val2014_000000262148.jpg' })
})

test('test-dev has its questions, COCO’s test pictures and no gold answers', async () => {
  const contents = {
    'v2_OpenEnded_mscoco_test-dev2015_questions.json': {
      questions: [{ image_id: 1, question: 'Why?', question_id: 1000 }],
    },
    'v2_OpenEnded_mscoco_test2015_questions.json': { questions: [] },
    'test2015/COCO_test2015_000000000001.jpg': png,
  }
  expect(await examplesOf(benchmark, 'official', contents, 'testdev')).toMatchObject([
    { id: '1000', gold: null, tags: [] },
  ])
})

test('each prompt profile sends the picture and its own words', async () => {
  const [example] = await examplesOf(benchmark, 'hub', { 'val.parquet': [hubRow] }, 'val')
  const short = 'Is it raining?\nAnswer the question using a single word or phrase.'
  expect(sentBy(benchmark, 'default', example!)).toEqual(['[picture.png]', short])
  expect(sentBy(benchmark, 'lmms_eval', example!)).toEqual(['[picture.png]', short])
  expect(sentBy(benchmark, 'molmo', example!)).toEqual(['[picture.png]', 'vqa2: Is it raining?'])
})

test('only the official scorer minds letter case when all ten annotators agree; Molmo gives a full point for three', async () => {
  const few = { ...hubRow, answers: answers(...Array<string>(3).fill('rain'), ...Array<string>(7).fill('snow')) }
  const [unanimous, divided] = await examplesOf(benchmark, 'hub', { 'val.parquet': [hubRow, few] }, 'val')
  expect(markOf(benchmark, 'official', unanimous!, 'Yes')).toBe(0)
  expect(markOf(benchmark, 'official', unanimous!, 'yes')).toBe(1)
  expect(markOf(benchmark, 'lmms_eval', unanimous!, 'Yes')).toBe(1)
  expect(markOf(benchmark, 'official', divided!, 'Rain.')).toBeCloseTo(0.9)
  expect(markOf(benchmark, 'molmo', divided!, 'Rain.')).toBe(1)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...hubRow, question_id: '7' })).toEqual(['question_id'])
  expect(faultsOf(benchmark, 'hub', { ...hubRow, answers: [{ answer_id: 1 }] })).toEqual(['answers.0.answer'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'lmms_eval'])
})
