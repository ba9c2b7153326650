import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '#server/core/config.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { listSplits } from '#server/datasets/list-splits.ts'
import { missingFiles, partInWords, partOf } from '#server/datasets/parts.ts'
import { openQuestions } from '#server/datasets/service.ts'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import { hubPicture } from '../../support/data-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-parts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const ctx = { config: { ...readConfig(), dataDir: folder } }

/** A part of CountBenchQA under names of the hub. */
async function countbench(place: string, files: Record<string, number>): Promise<string> {
  const data = join(folder, place)
  mkdirSync(data, { recursive: true })
  for (const [name, rows] of Object.entries(files)) {
    const columns = { image: parquetImage, question: 'string', number: 'int32' } as const
    const row = (k: number) => ({ image: hubPicture, question: `How many ${k}?`, number: 2 + (k % 9) })
    await writeParquet(
      join(data, name),
      columns,
      Array.from({ length: rows }, (_, k) => row(k)),
    )
  }
  return data
}

const held = async (data: string) => {
  const part = await partOf(ctx, await getTask('countbenchqa'), data)
  return part && partInWords(part)
}

test('2 of 491 rows are a part, all 491 are not', async () => {
  expect(await held(await countbench('two', { 'test.parquet': 2 }))).toBe('partial: 2 of 491 examples')
  expect(await held(await countbench('whole', { 'test.parquet': 491 }))).toBeNull()
})

test('a file that its name calls one of two is a part, and its sister is named', async () => {
  const data = await countbench('half', { 'test-00000-of-00002.parquet': 246 })
  expect(await held(data)).toBe('partial: 246 of 491 examples; test-00001-of-00002.parquet is missing')
})

test('only the files of the split count, in whatever folder', () => {
  const names = [
    'data/test-00001-of-00003.parquet',
    'data/train-00000-of-00009.parquet',
    'b/test-00000-of-00001.parquet',
  ]
  expect(missingFiles(names, 'test')).toEqual(['data/test-00000-of-00003.parquet', 'data/test-00002-of-00003.parquet'])
  expect(missingFiles(['validation-00000-of-00002.parquet'], 'val')).toEqual(['validation-00001-of-00002.parquet'])
  expect(missingFiles(['test-00000-of-99999.parquet'], 'test')).toHaveLength(9_999)
})

test('the list names a part without reading its rows', async () => {
  await countbench('datasets/countbenchqa', { 'test-00000-of-00002.parquet': 3 })
  const listed = (await listSplits(ctx)).find(({ benchmark }) => benchmark === 'countbenchqa')
  expect(listed).toMatchObject({
    here: 'part',
    partial: 'partial: 3 of 491 examples; test-00001-of-00002.parquet is missing',
  })
})

test('more rows than the split has are refused with the id of the first', async () => {
  const data = await countbench('more', { 'test.parquet': 492 })
  const { examples } = await openQuestions(ctx, await getTask('countbenchqa'), data)
  await expect(Array.fromAsync(examples())).rejects.toThrow(
    /^test\.parquet, row 491: .* is one example more than the 491 that countbenchqa test has\./,
  )
})

test('an id that is there twice is refused with the row that had it first', async () => {
  const data = join(folder, 'twice')
  mkdirSync(data)
  const texts = { list: 'string' } as const
  const columns = {
    image: parquetImage,
    questionId: 'int32',
    question: 'string',
    question_types: texts,
    answers: texts,
  } as const
  const row = (questionId: number) => ({
    image: hubPicture,
    questionId,
    question: 'Q?',
    question_types: [],
    answers: ['a'],
  })
  await writeParquet(join(data, 'validation.parquet'), columns, [row(7), row(8), row(7)])
  const { examples } = await openQuestions(ctx, await getTask('docvqa_val'), data)
  await expect(Array.fromAsync(examples())).rejects.toThrow(
    /^validation\.parquet, row 2: the id 7 was there before, in row 0 of docvqa val\./,
  )
})
