import { expect, test } from 'vitest'
import { benchmark } from '#benchmarks/pixmo_count/benchmark.ts'
import { dataFiles, examplesOf, faultsOf, hubPicture, markOf, png, sentBy } from '../support/data-files.ts'

const sha = (letter: string) => letter.repeat(64)
const row = (letter: string, count: number, label = 'Chairs') => ({
  image_url: `https://example.org/${letter}.jpg`,
  image_sha256: sha(letter),
  count,
  points: { x: [], y: [] },
  label,
})
const contents = {
  'data/test-00000-of-00001.parquet': [row('a', 3), row('b', 5), row('c', 2, 'dogs')],
  [sha('a')]: png,
  [sha('c')]: png,
}

test('a row whose picture is missing is left out, and the others keep their numbers', async () => {
  expect(await examplesOf(benchmark, 'hub', contents, 'test')).toMatchObject([
    { id: '0', gold: 3, tags: ['count: 3'] },
    { id: '2', gold: 2, tags: ['count: 2'] },
  ])
})

test('the links of a split name every picture with its hash', async () => {
  const links = await Array.fromAsync(benchmark.layouts[0]!.links!(dataFiles(contents), 'test'))
  expect(links).toEqual(
    ['a', 'b', 'c'].map((letter) => ({ url: `https://example.org/${letter}.jpg`, sha256: sha(letter) })),
  )
})

test('the copy with pictures in the file is another layout, and neither takes the other for its own', async () => {
  const embedded = {
    'test.parquet': [{ image: hubPicture, question: 'How many cups are there in the image?', answer: '4' }],
  }
  expect(await examplesOf(benchmark, 'hub with pictures', embedded, 'test')).toMatchObject([
    { id: '0', gold: 4, question: 'How many cups are there in the image?' },
  ])
  expect(await examplesOf(benchmark, 'hub', embedded, 'test')).toEqual([])
  expect(await examplesOf(benchmark, 'hub with pictures', contents, 'test')).toEqual([])
})

test('each prompt profile sends the picture and its own words; Molmo’s label is in small letters', async () => {
  const [example] = await examplesOf(benchmark, 'hub', contents, 'test')
  const number = 'How many Chairs are there in the image?\nAnswer with a single number.'
  expect(sentBy(benchmark, 'default', example!)[1]).toBe(number)
  expect(sentBy(benchmark, 'lmms_eval', example!)[1]).toBe(number)
  expect(sentBy(benchmark, 'molmo', example!)[1]).toBe('How many chairs are there?')
})

test('lmms-eval reads the first digits, VLMEvalKit finds them anywhere, the official rule takes the last word', async () => {
  const [example] = await examplesOf(benchmark, 'hub', contents, 'test')
  expect(markOf(benchmark, 'lmms_eval', example!, '3 or 4')).toBe(1)
  expect(markOf(benchmark, 'vlmevalkit', example!, '13')).toBe(1)
  expect(markOf(benchmark, 'official', example!, '3 or 4')).toBe(0)
})

test('a row that does not fit is refused with the column that is wrong', async () => {
  const short = { 'test.parquet': [{ ...row('a', 3), image_sha256: 'abc' }] }
  await expect(examplesOf(benchmark, 'hub', short, 'test')).rejects.toThrow(/image_sha256/)
  expect(faultsOf(benchmark, 'hub', { row: 0, image: hubPicture, label: 'x', count: 1.5 })).toEqual(['count'])
})

test('it is asked and marked by default and in these profiles', () => {
  expect(Object.keys(benchmark.prompts)).toEqual(['default', 'molmo', 'lmms_eval'])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', 'lenient', 'lmms_eval', 'vlmevalkit'])
})
