import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { patient } from '#server/core/postgres/patience.ts'
import { InputError } from '#server/core/problem.ts'
import { isNoRoom, untilRoom, writeAside, writeNamedFile, writeText, writeWhole } from '#server/core/whole-file.ts'
import { callsLab } from '../../support/calls-lab.ts'

const makeFolder = () => mkdtemp(join(tmpdir(), 'whole-file-'))

test('a file appears whole, and its folder with it', async () => {
  const folder = await makeFolder()
  await writeWhole(join(folder, 'ab/cd.txt'), 'first')
  await writeWhole(join(folder, 'ab/cd.txt'), 'second')
  expect(await readFile(join(folder, 'ab/cd.txt'), 'utf8')).toBe('second')
  expect(await readdir(join(folder, 'ab'))).toEqual(['cd.txt'])
})

test('a write that fails leaves what had the name, and nothing else', async () => {
  const folder = await makeFolder()
  const path = join(folder, 'scores.jsonl')
  await writeFile(path, 'before')
  const failing = writeAside(path, (aside) =>
    writeText(aside, async (write) => {
      await write('half')
      expect(await readFile(path, 'utf8')).toBe('before')
      throw new Error('row 7 does not fit')
    }),
  )
  await expect(failing).rejects.toThrow('row 7 does not fit')
  expect(await readdir(folder)).toEqual(['scores.jsonl'])
  expect(await readFile(path, 'utf8')).toBe('before')
})

test('two writers of one file do not meet: one whole text has the name', async () => {
  const path = join(await makeFolder(), 'lock.json')
  const texts = Array.from({ length: 8 }, (_, k) => String(k).repeat(200_000))
  await Promise.all(texts.map((text) => writeWhole(path, text)))
  expect(texts).toContain(await readFile(path, 'utf8'))
})

test('text comes in the order of its pieces, past the buffer, and the result of the work is handed back', async () => {
  const path = join(await makeFolder(), 'long.txt')
  const piece = 'é'.repeat(1000)
  const count = await writeText(path, async (write) => {
    for (let k = 0; k < 200; k++) await write(`${k} ${piece}\n`)
    return 200
  })
  const lines = (await readFile(path, 'utf8')).split('\n')
  expect(count).toBe(200)
  expect(lines.slice(0, -1)).toEqual(Array.from({ length: 200 }, (_, k) => `${k} ${piece}`))
})

test('a place that cannot be written is named in one sentence', async () => {
  const folder = await makeFolder()
  await mkdir(join(folder, 'taken/within'), { recursive: true })
  const write = (name: string) => writeNamedFile(join(folder, name), (aside) => writeFile(aside, 'text'))
  await expect(write('missing/out.csv')).rejects.toThrow(
    new InputError(
      `${join(folder, 'missing/out.csv')} cannot be written: there is no such folder. Name another place.`,
    ),
  )
  await expect(write('taken')).rejects.toThrow(
    new InputError(`${join(folder, 'taken')} cannot be written: it is a folder. Name another place.`),
  )
  expect(await readdir(folder)).toEqual(['taken'])
})

test('a fault that has nothing to do with the place keeps its own words', async () => {
  const folder = await makeFolder()
  const gone = join(folder, 'input.jsonl')
  const work = writeNamedFile(join(folder, 'out.jsonl'), () => readFile(gone, 'utf8'))
  await expect(work).rejects.toThrow(/ENOENT/)
})

test('a full disk is waited for by work that has patience, and said at once to any other', async () => {
  const { ctx, logged } = await callsLab()
  const ending = new AbortController()
  // The device that is always full, until there is room elsewhere.
  const folder = await makeFolder()
  const places = ['/dev/full', '/dev/full', join(folder, 'picture')]
  const write = () => writeFile(places.shift()!, 'x'.repeat(100))
  await untilRoom(patient(ctx, ending.signal), folder, write)
  expect(await readFile(join(folder, 'picture'), 'utf8')).toHaveLength(100)
  const said = logged.map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(said).toEqual([
    `The disk that holds ${folder} is full: free some space; everything goes on by itself when there is room`,
    `The disk that holds ${folder} has room again`,
  ])
  const full = () => writeFile('/dev/full', 'x')
  await expect(untilRoom(ctx, folder, full)).rejects.toSatisfy(isNoRoom)
  const waiting = untilRoom(patient(ctx, ending.signal), folder, full)
  ending.abort()
  await expect(waiting).rejects.toSatisfy(isNoRoom)
})
