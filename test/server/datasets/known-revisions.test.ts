import type * as FileSystem from 'node:fs'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { pullFrom } from '#server/datasets/hub/pull.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { revisionOnce } from '#server/datasets/known-revisions.ts'
import { createRun, prepareRun } from '#server/runs/create-run.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { writeChartqa, chartqaRow } from '../../support/chartqa-file.ts'

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>()
  return { ...fs, createReadStream: vi.fn(fs.createReadStream) }
})

/** How often each file whose name ends so was read from end to end. */
function readings(ending: string): number[] {
  const paths = vi.mocked(createReadStream).mock.calls.map(([path]) => String(path))
  const times = new Map<string, number>()
  for (const path of paths) if (path.endsWith(ending)) times.set(path, (times.get(path) ?? 0) + 1)
  return [...times.values()]
}

/** Gives the file system's clock a lead: files written just now count as having been so for a minute. */
const aMinuteLater = () => vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)

afterEach(() => {
  vi.restoreAllMocks()
  vi.mocked(createReadStream).mockClear()
})

test('the data files of a run are hashed once, between its creation and its end', async () => {
  const { ctx, dataDir, endpoint } = await callsLab()
  await writeChartqa(join(dataDir, 'datasets/chartqa'), [chartqaRow])
  aMinuteLater()
  const task = await getTask('chartqa', 'test')
  const { id } = await createRun(ctx, { endpointId: await endpoint('http://127.0.0.1:9/v1'), task, limit: 1 })
  await prepareRun(ctx, id)
  expect(readings('.parquet')).toEqual([1])
})

test('files copied from a folder are read once to be hashed, and their copies once to be checked', async () => {
  const { ctx, dataDir } = await callsLab()
  const source = join(dataDir, 'source')
  await writeChartqa(source, [chartqaRow])
  const signal = new AbortController().signal
  await pullFrom(ctx, await getTask('chartqa', 'test'), source, { signal })
  expect(readings('.parquet')).toEqual([1])
  expect(readings('.part')).toEqual([1])
})

async function folderOf(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'known-'))
  const path = join(folder, 'a.json')
  await writeFile(path, content)
  const tell = vi.fn(async () => `revision ${tell.mock.calls.length}`)
  const ask = async (basis?: unknown) => revisionOnce(await openDataFiles(folder), basis, tell)
  return { path, ask, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test('a file that changed, by size or by date alone, and another basis are told anew', async () => {
  await using folder = await folderOf('1')
  aMinuteLater()
  expect(await folder.ask()).toBe('revision 1')
  expect(await folder.ask()).toBe('revision 1')
  await writeFile(folder.path, '2')
  expect(await folder.ask()).toBe('revision 2')
  expect(await folder.ask('other')).toBe('revision 3')
  expect(await folder.ask()).toBe('revision 2')
})

test('a file written a moment ago is not taken for settled', async () => {
  await using folder = await folderOf('1')
  expect(await folder.ask()).toBe('revision 1')
  expect(await folder.ask()).toBe('revision 2')
})

test('a revision that could not be told is asked for again', async () => {
  await using folder = await folderOf('1')
  aMinuteLater()
  const files = await openDataFiles(join(folder.path, '..'))
  const failing = () => Promise.reject(new Error('damaged'))
  await expect(revisionOnce(files, 'x', failing)).rejects.toThrow('damaged')
  expect(await revisionOnce(files, 'x', async () => 'told')).toBe('told')
})
