import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openSplit } from '#server/datasets/service.ts'
import { chartqaRow, writeChartqa } from '../../support/chartqa-file.ts'
import { pngOf } from '../../support/png.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-data-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ctx = { config: { dataDir: folder } } as never
/** ChartQA's test split of the hub with these rows, in a folder of this name. */
async function writeHub(name: string, rows: Record<string, unknown>[]) {
  await writeChartqa(join(folder, name), rows)
  return join(folder, name)
}

test('the sample split opens from the checkout with as many examples as it declares', async () => {
  const task = await getTask('chartqa', 'sample')
  const split = await openSplit(ctx, task)
  let count = 0
  for await (const example of split.examples()) {
    expect(example.parts.some((part) => typeof part !== 'string' && part.bytes.length > 0)).toBe(true)
    count++
  }
  expect(count).toBe(task.benchmark.splits.sample!.n)
  expect(split.revision).toMatch(/^[0-9a-f]{64}$/)
})

test('a local folder in the hub layout is read as it is', async () => {
  const place = await writeHub('good', [chartqaRow])
  const split = await openSplit(ctx, await getTask('chartqa'), place)
  const examples = await Array.fromAsync(split.examples())
  expect(examples).toMatchObject([{ id: '0', question: 'How many?', gold: ['2'], tags: ['human'] }])
})

test('the official folders are found when no hub file is there', async () => {
  const place = join(folder, 'official')
  mkdirSync(join(place, 'test/png'), { recursive: true })
  writeFileSync(join(place, 'test/png/1.png'), pngOf(10, 10))
  writeFileSync(
    join(place, 'test/test_human.json'),
    JSON.stringify([{ imgname: '1.png', query: 'Which?', label: 'Peru' }]),
  )
  writeFileSync(join(place, 'test/test_augmented.json'), '[]')
  const split = await openSplit(ctx, await getTask('chartqa'), place)
  expect(split.layout).toBe('official')
  expect(await Array.fromAsync(split.examples())).toMatchObject([{ gold: ['Peru'], tags: ['human'] }])
})

test('a row that does not fit stops the load and names file, row and column', async () => {
  const place = await writeHub('odd', [chartqaRow, { ...chartqaRow, human_or_machine: 7 }])
  const split = await openSplit(ctx, await getTask('chartqa'), place)
  const reading = Array.fromAsync(split.examples())
  await expect(reading).rejects.toThrow(InputError)
  await expect(reading).rejects.toThrow(/test-00000-of-00001\.parquet, row 1, human_or_machine/)
})

test('data that is not there, an empty folder and a wrong file each say what to do', async () => {
  const task = await getTask('chartqa')
  await expect(openSplit(ctx, task)).rejects.toThrow(/data of chartqa test is not here.*--data/)
  await expect(openSplit(ctx, task, join(folder, 'nowhere'))).rejects.toThrow(/nothing at/)
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  await expect(openSplit(ctx, task, empty)).rejects.toThrow(
    /holds no rows of chartqa test in the hub or official layout/,
  )
  const broken = join(folder, 'broken')
  mkdirSync(broken)
  writeFileSync(join(broken, 'test_human.json'), '[{"imgname"')
  await expect(openSplit(ctx, task, broken)).rejects.toThrow(/test_human\.json is not valid JSON/)
})
