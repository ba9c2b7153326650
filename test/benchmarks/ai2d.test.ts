import { expect, test } from 'vitest'
import type { ImagePart } from '#benchmarks/benchmark.ts'
import { benchmark } from '#benchmarks/ai2d/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const opaque = { ...benchmark, ...benchmark.variants!.opaque! }

const questions = {
  'What does label g show?': {
    questionId: '7.png-0',
    answerTexts: ['Leaf', 'Root', '{}', 'Leaf'],
    correctAnswer: 1,
    abcLabel: true,
  },
  'Which letter is the root?': {
    questionId: '7.png-1',
    answerTexts: ['a', 'g', 'Q'],
    correctAnswer: 1,
    abcLabel: true,
  },
  'How many leaves?': { questionId: '7.png-2', answerTexts: ['1', '1', '2'], correctAnswer: 2, abcLabel: false },
}
const contents = {
  'ai2d_test_ids.csv': new TextEncoder().encode('7\n9\n'),
  'ai2d/questions/7.png.json': { imageName: '7.png', questions },
  'ai2d/questions/8.png.json': { imageName: '8.png', questions },
  'ai2d/annotations/7.png.json': {
    text: {
      T0: {
        rectangle: [
          [10, 20],
          [50, 40],
        ],
        replacementText: 'A',
        value: 'Leaf',
      },
      T1: {
        rectangle: [
          [10, 60],
          [50, 80],
        ],
        replacementText: 'G',
        value: 'Root',
      },
    },
  },
  'ai2d/images/7.png': png,
}

test('the official layout takes the listed pictures, draws boxes for questions about letters and none for others', async () => {
  const examples = await examplesOf(benchmark, 'official', contents, 'test')
  expect(examples.map(({ id, tags }) => [id, tags])).toEqual([
    ['7.png-0', ['letters in the picture']],
    ['7.png-1', ['letters in the picture', 'options are letters']],
    ['7.png-2', ['no letters']],
  ])
  const overlays = examples.map(({ parts }) => (parts[0] as ImagePart).overlays)
  expect(overlays[0]).toEqual([
    { box: [10, 20, 50, 40], text: 'A', style: 'transparent' },
    { box: [10, 60, 50, 80], text: 'G', style: 'transparent' },
  ])
  expect(overlays[2]).toBeUndefined()
})

test('empty options and repeats are dropped, and the right letter moves with its option', async () => {
  const examples = await examplesOf(benchmark, 'official', contents, 'test')
  expect(examples.map(({ choices, gold }) => [choices, gold])).toEqual([
    [['Leaf', 'Root'], 'B'],
    [['a', 'g', 'Q'], 'B'],
    [['1', '2'], 'B'],
  ])
})

test('the opaque variant has opaque boxes, and reads the hub’s pictures, which have theirs already', async () => {
  const [first] = await examplesOf(opaque, 'official', contents, 'test')
  expect((first!.parts[0] as ImagePart).overlays![0]!.style).toBe('opaque')
  const hubRow = { image: hubPicture, question: 'Which?', options: ['x', 'y'], answer: '1' }
  expect(await examplesOf(opaque, 'hub', { 'data/test-0.parquet': [hubRow] }, 'test')).toMatchObject([
    { id: '0', choices: ['x', 'y'], gold: 'B', tags: ['options are letters'] },
  ])
  expect(benchmark.layouts.map(({ name }) => name)).toEqual(['official'])
  expect(faultsOf(opaque, 'hub', { ...hubRow, answer: 'B' })).toEqual(['answer'])
})

test('each prompt profile writes the options in its own way; Molmo’s has no letters before options that are letters', async () => {
  const [first, second] = await examplesOf(benchmark, 'official', contents, 'test')
  const picture = '[ai2d/images/7.png]'
  const direct =
    "What does label g show?\nA. Leaf\nB. Root\nAnswer with the option's letter from the given choices directly."
  expect(sentBy(benchmark, 'default', first!)).toEqual([picture, direct])
  expect(sentBy(benchmark, 'lmms_eval', first!)).toEqual([picture, direct])
  expect(sentBy(benchmark, 'vlmevalkit', first!)[1]).toBe(
    'Question: What does label g show?\nOptions:\nA. Leaf\nB. Root\nPlease select the correct answer from the options above. \n',
  )
  expect(sentBy(benchmark, 'molmo', first!)[1]).toBe('ai2_diagram: What does label g show?\nA: Leaf\nB: Root\n')
  expect(sentBy(benchmark, 'molmo', second!)[1]).toBe('ai2_diagram_no_letter: Which letter is the root?\nA\nG\nQ\n')
})

test('a chatty answer counts by its only letter, Molmo takes the nearest option, lmms-eval minds every word', async () => {
  const [first, second] = await examplesOf(benchmark, 'official', contents, 'test')
  expect(markOf(benchmark, 'official', first!, 'The answer is B')).toBe(1)
  expect(markOf(benchmark, 'official', first!, 'A or B')).toBe(0)
  expect(markOf(benchmark, 'lmms_eval', first!, 'The answer is B')).toBe(0)
  expect(markOf(benchmark, 'lmms_eval', first!, 'B. Root')).toBe(1)
  expect(markOf(benchmark, 'molmo', second!, 'g')).toBe(1)
  expect(markOf(benchmark, 'molmo', second!, 'B')).toBe(0)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  const row = { ...questions['How many leaves?'], question: 'How many leaves?', image: hubPicture, labels: [] }
  expect(faultsOf(benchmark, 'official', { ...row, correctAnswer: '2' })).toEqual(['correctAnswer'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'molmo', 'vlmevalkit', 'lmms_eval'])
})
