import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/countbenchqa/benchmark.ts'
import { examplesOf, faultsOf, hubPicture, markOf, sentBy } from '../support/data-files.ts'

const row = { image: hubPicture, text: 'Seven swans on a lake', question: 'How many swans are there?', number: 7 }
const example = async () => (await examplesOf(benchmark, 'hub', { 'data/test-0.parquet': [row] }, 'test'))[0]!

test('the caption, which names the count, is in no example and no prompt', async () => {
  const asked = await example()
  expect(asked).toMatchObject({ id: '0', gold: 7, tags: ['count: 7'] })
  expect(JSON.stringify(asked).toLowerCase()).not.toContain('seven')
  for (const profile of ['default', 'molmo', 'vlmevalkit', 'lmms_eval'] as const) {
    expect(sentBy(benchmark, profile, asked).join().toLowerCase()).not.toContain('seven')
  }
})

test('each prompt profile sends the picture and its own words', async () => {
  const asked = await example()
  const number = 'How many swans are there?\nAnswer with a single number.'
  expect(sentBy(benchmark, 'default', asked)).toEqual(['[picture.png]', number])
  expect(sentBy(benchmark, 'lmms_eval', asked)).toEqual(['[picture.png]', number])
  expect(sentBy(benchmark, 'molmo', asked)).toEqual(['[picture.png]', 'How many swans are there?'])
  expect(sentBy(benchmark, 'vlmevalkit', asked)[1]).toBe(
    'How many swans are there? Note that: answer with a number directly e.g. 3. Do not include any additional text.',
  )
})

test('the official rule reads the last word, lmms-eval wants nothing but digits, VLMEvalKit takes digits anywhere', async () => {
  const asked = await example()
  expect(markOf(benchmark, 'official', asked, 'There are seven')).toBe(1)
  expect(markOf(benchmark, 'lmms_eval', asked, 'There are 7')).toBe(0)
  expect(markOf(benchmark, 'vlmevalkit', asked, 'Perhaps 17')).toBe(1)
  expect(markOf(benchmark, 'lenient', asked, 'No swans')).toBe(0)
  expect(benchmark.scorers.official.score('8', asked).also).toEqual({ close: 1, valid: 1 })
})

test('a row that does not fit is refused with the column that is wrong', () => {
  expect(faultsOf(benchmark, 'hub', { ...row, number: -1 })).toEqual(['number'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'vlmevalkit', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'lenient', 'lmms_eval', 'vlmevalkit'])
})
