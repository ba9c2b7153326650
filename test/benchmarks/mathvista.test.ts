import { expect, test } from 'vitest'
import type { NeedsJudge } from '#benchmarks/scoring/scorer.ts'
import { benchmark } from '#benchmarks/mathvista/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, sentBy } from '../support/data-files.ts'

const metadata = {
  category: 'math-targeted-vqa',
  context: 'table',
  grade: 'elementary school',
  img_height: 10,
  img_width: 10,
  language: 'english',
  skills: ['arithmetic reasoning', 'statistical reasoning'],
  source: 'TabMWP',
  split: 'testmini',
  task: 'math word problem',
}
const freeForm = {
  pid: '12',
  question: 'What is the mean?',
  query: 'Hint: one decimal place, at the end.\nQuestion: What is the mean?',
  image: 'images/12.jpg',
  decoded_image: hubPicture,
  choices: null,
  unit: null,
  precision: 1,
  answer: '1.2',
  question_type: 'free_form',
  answer_type: 'float',
  metadata,
}
const choice = {
  ...freeForm,
  pid: '13',
  question: 'Which is larger?',
  query: 'Hint: a letter, at the end.\nQuestion: Which is larger?\nChoices:\n(A) 2/3\n(B) 3/4',
  choices: ['2/3', '3/4'],
  precision: null,
  answer: '3/4',
  question_type: 'multi_choice',
  answer_type: 'text',
}
const contents = { 'data/testmini-00000-of-00001-725687bf7a18d64b.parquet': [freeForm, choice] }

test('the hub’s columns become gold, choices and a tag for each sub-score, every skill among them', async () => {
  const [first, second] = await examplesOf(benchmark, 'hub', contents, 'testmini')
  expect(first).toMatchObject({ id: '12', gold: { answer: '1.2', answerType: 'float', precision: 1 } })
  expect(first!.choices).toBeUndefined()
  expect(first!.tags).toContain('skill: statistical reasoning')
  expect(first!.tags).toContain('source: TabMWP')
  expect(second).toMatchObject({ choices: ['2/3', '3/4'], gold: { answer: '3/4', choices: ['2/3', '3/4'] } })
})

test('the data set’s own query is the prompt; Molmo gets the bare question', async () => {
  const [first, second] = await examplesOf(benchmark, 'hub', contents, 'testmini')
  expect(sentBy(benchmark, 'default', first!)).toEqual(['[picture.png]', freeForm.query])
  expect(sentBy(benchmark, 'vlmevalkit', second!)).toEqual(['[picture.png]', choice.query])
  expect(sentBy(benchmark, 'molmo', first!)[1]).toBe('vqa2: What is the mean?')
  expect(sentBy(benchmark, 'molmo', second!)[1]).toBe('a_okvqa_mc: Which is larger?\nA: 2/3\nB: 3/4\n')
})

test('what only a judge can read is asked of a judge, whose prompt holds the query and not the gold answer', async () => {
  const [first] = await examplesOf(benchmark, 'hub', contents, 'testmini')
  const asked = benchmark.scorers.official.extract('The mean comes to about 5/4.', first!)
  expect(asked).toMatchObject({ kind: 'needs-judge' })
  const prompt = (asked as NeedsJudge).prompt('##')
  expect(prompt).toContain(freeForm.query)
  expect(prompt).not.toContain('gold')
  for (const profile of ['official', 'legacy_2023_int', 'vlmevalkit', 'lmms_eval'] as const) {
    expect(benchmark.scorers[profile]!.needsJudge).toBe('mathvista/1')
  }
  expect(benchmark.scorers.no_judge!.needsJudge).toBeUndefined()
})

test('without a judge the last number or the last letter counts', async () => {
  const [first, second] = await examplesOf(benchmark, 'hub', contents, 'testmini')
  expect(markOf(benchmark, 'no_judge', first!, 'From 2.4 over 2, so 1.21')).toBe(1)
  expect(markOf(benchmark, 'no_judge', second!, 'Not (A), rather (B).')).toBe(1)
  expect(markOf(benchmark, 'no_judge', second!, '')).toBe(0)
})

test('a stored precision breaks the float questions of lmms-eval and Molmo, and ours not', async () => {
  const [first] = await examplesOf(benchmark, 'hub', contents, 'testmini')
  expect(markOf(benchmark, 'official', first!, '1.2')).toBe(1)
  expect(markOf(benchmark, 'lmms_eval', first!, '1.2')).toBe(0)
  expect(markOf(benchmark, 'molmo', first!, '1.2')).toBe(0)
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...freeForm, answer_type: 'fraction' })).toEqual(['answer_type'])
  expect(faultsOf(benchmark, 'hub', { ...freeForm, metadata: { ...metadata, skills: 'all' } })).toEqual([
    'metadata.skills',
  ])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit'])
  expect(Object.keys(benchmark.scorers)).toEqual([
    'official',
    'no_judge',
    'legacy_2023_int',
    'molmo',
    'vlmevalkit',
    'lmms_eval',
  ])
})
