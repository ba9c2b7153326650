import type * as FileSystem from 'node:fs'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { pullFrom } from '#server/datasets/hub/pull.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { watchFiles } from '#server/datasets/known-revisions.ts'
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
  const path = join(folder, 'data/a.json')
  await mkdir(dirname(path))
  await writeFile(path, content)
  const tell = vi.fn(async () => `revision ${tell.mock.calls.length}`)
  const watch = async (options: object = { tell }) =>
    watchFiles({ dataDir: folder }, await openDataFiles(dirname(path)), options)
  const ask = async (options?: object) => {
    const files = await watch(options)
    return files.revision().finally(() => files.close())
  }
  return { folder, path, tell, watch, ask, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test('a file that changed, by size or by date alone, and another basis are told anew', async () => {
  await using folder = await folderOf('1')
  const { tell } = folder
  aMinuteLater()
  expect(await folder.ask()).toBe('revision 1')
  expect(await folder.ask()).toBe('revision 1')
  await writeFile(folder.path, '2')
  expect(await folder.ask()).toBe('revision 2')
  expect(await folder.ask({ tell, basis: 'other' })).toBe('revision 3')
  expect(await folder.ask()).toBe('revision 2')
})

test('what one process found out, the next one knows', async () => {
  await using folder = await folderOf('1')
  aMinuteLater()
  expect(await folder.ask()).toBe('revision 1')
  const kept = JSON.parse(await readFile(join(folder.folder, 'known-revisions.json'), 'utf8')) as [string, string][]
  expect(kept).toContainEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 'revision 1'])
})

test('a file written a moment ago is not taken for settled', async () => {
  await using folder = await folderOf('1')
  expect(await folder.ask()).toBe('revision 1')
  expect(await folder.ask()).toBe('revision 2')
})

test('a revision that could not be told is asked for again', async () => {
  await using folder = await folderOf('1')
  aMinuteLater()
  const failing = () => Promise.reject(new Error('damaged'))
  await expect(folder.ask({ tell: failing })).rejects.toThrow('damaged')
  expect(await folder.ask({ tell: async () => 'told' })).toBe('told')
})

test('R23: the revision of files that nobody else tells is the hash of their names and contents; a change meanwhile is seen', async () => {
  await using folder = await folderOf('1')
  const files = await folder.watch({})
  try {
    expect(await files.revision()).toBe(createHash('sha256').update('a.json\n1').digest('hex'))
    expect(await files.unchanged()).toBe(true)
    await writeFile(folder.path, '2')
    expect(await files.unchanged()).toBe(false)
    await rm(folder.path)
    await expect(files.unchanged()).rejects.toThrow('The data changed while it was looked at')
  } finally {
    await files.close()
  }
})

test('a data folder that cannot be written stops nobody: what was found out is known to this process alone', async () => {
  const root = await mkdtemp(join(tmpdir(), 'arena-unwritable-'))
  await writeFile(join(root, 'rows.json'), '[]')
  aMinuteLater()
  const files = watchFiles({ dataDir: '/dev/null' }, { root, onDisk: ['rows.json'] })
  expect(await files.revision()).toMatch(/^[0-9a-f]{40,}$/)
  await files.close()
  await rm(root, { recursive: true })
})
