import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { countParquetRows, parquetImage, readParquetRows, writeParquet } from '#server/formats/parquet.ts'

const columns = {
  image: parquetImage,
  query: 'string',
  label: { list: 'string' },
  human_or_machine: 'int64',
  share: 'double',
} as const

const rows = Array.from({ length: 25 }, (_, index) => ({
  image: { bytes: Uint8Array.from({ length: 300 }, (_, at) => (index * 7 + at) % 256), path: `${index}.png` },
  query: `How many boats are in harbour ${index} – très peu?`,
  label: index === 3 ? [] : [`${index}`, 'Ünïcode'],
  human_or_machine: index % 2,
  share: index === 4 ? null : index / 8,
}))

let folder: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'))
  file = join(folder, 'rows.parquet')
  await writeParquet(file, columns, rows, { rowGroupSize: 10 })
})
afterAll(() => rm(folder, { recursive: true }))

async function readAll(path: string, options?: Parameters<typeof readParquetRows>[1]) {
  const all: Record<string, unknown>[] = []
  for await (const row of readParquetRows(path, options)) all.push(row)
  return all
}

/** Reads a damaged copy and gives back the error; fails when the copy is read to the end. */
async function refusalOf(change: (bytes: Buffer) => Buffer): Promise<Error> {
  const copy = join(folder, 'damaged.parquet')
  await writeFile(copy, change(await readFile(file)))
  return readAll(copy).then(
    () => expect.unreachable('the damaged file was read'),
    (error: Error) => error,
  )
}

test('rows come back as they were written, pictures as bytes, integers as numbers, absence as null', async () => {
  expect(await readAll(file)).toEqual(rows)
})

test('the same rows give the same bytes', async () => {
  const again = join(folder, 'again.parquet')
  await writeParquet(again, columns, rows, { rowGroupSize: 10 })
  expect((await readFile(again)).equals(await readFile(file))).toBe(true)
})

test('columns that were not asked for are not in the rows', async () => {
  const [first] = await readAll(file, { columns: ['label'] })
  expect(first).toEqual({ label: ['0', 'Ünïcode'] })
})

test('progress is told after each row group, and reading can stop in the first', async () => {
  const seen: number[] = []
  await readAll(file, { onProgress: ({ rows: done, totalRows }) => seen.push(done, totalRows) })
  expect(seen).toEqual([10, 25, 20, 25, 25, 25])

  const groups: number[] = []
  for await (const row of readParquetRows(file, { onProgress: ({ rows: done }) => groups.push(done) })) {
    expect(row.query).toBe(rows[0]!.query)
    break
  }
  expect(groups).toEqual([])
})

test('the footer alone tells the number of rows', async () => {
  expect(await countParquetRows(file)).toBe(25)
})

describe('one sentence names the file and what is wrong', () => {
  test('when it is missing', async () => {
    await expect(readAll(join(folder, 'none.parquet'))).rejects.toThrow(/none\.parquet cannot be opened \(ENOENT\)/)
  })

  test('when a column is asked for that it lacks', async () => {
    await expect(readAll(file, { columns: ['answer'] })).rejects.toThrow(
      'rows.parquet has no column "answer"; it has image, query, label, human_or_machine, share',
    )
  })

  test.for([0, 3, 11, 12, 400, 2000])('when it breaks off after %i bytes', async (length) => {
    const error = await refusalOf((bytes) => bytes.subarray(0, length))
    expect(error).toBeInstanceOf(InputError)
    expect(error.message).toMatch(/^damaged\.parquet is not a whole Parquet file: .*; download it again$/)
  })

  test('when bytes are missing in the middle', async () => {
    const error = await refusalOf((bytes) => Buffer.concat([bytes.subarray(0, 200), bytes.subarray(1200)]))
    expect(error).toBeInstanceOf(InputError)
    expect(error.message).toMatch(/^damaged\.parquet, rows \d+ to \d+: /)
  })

  test('when the footer claims to be longer than the file', async () => {
    const error = await refusalOf((bytes) => {
      bytes.writeUInt32LE(0xfffffff0, bytes.length - 8)
      return bytes
    })
    expect(error.message).toContain('impossible length')
  })

  test('when the data of one row group is overwritten, naming its rows', async () => {
    const error = await refusalOf((bytes) => bytes.fill(0xff, 4, 60))
    expect(error.message).toMatch(/^damaged\.parquet, rows 0 to 9: the data cannot be read \(/)
  })
})

test('a web page saved under the name of a Parquet file is refused', async () => {
  const page = join(folder, 'page.parquet')
  await writeFile(page, '<!doctype html><title>Sign in to download</title>')
  await expect(readAll(page)).rejects.toThrow(
    'page.parquet is not a whole Parquet file: its last four bytes are not PAR1',
  )
})

test('a flipped byte never ends in anything but rows or an InputError', async () => {
  const bytes = await readFile(file)
  const copy = join(folder, 'flipped.parquet')
  for (let at = 4; at < bytes.length; at += Math.ceil(bytes.length / 16)) {
    const flipped = Buffer.from(bytes)
    flipped[at]! ^= 0x15
    await writeFile(copy, flipped)
    const error = await readAll(copy, { timeoutMs: 3000 }).then(
      () => null,
      (error: unknown) => error,
    )
    if (error !== null) expect(error, `byte ${at}`).toBeInstanceOf(InputError)
  }
})

test('decoding that outlasts its time limit is stopped with a sentence', async () => {
  const long = join(folder, 'long.parquet')
  await writeParquet(
    long,
    { text: 'string' },
    Array.from({ length: 40_000 }, (_, index) => ({ text: `row ${index}` })),
    {
      rowGroupSize: 40_000,
    },
  )
  await expect(readAll(long, { timeoutMs: 1 })).rejects.toThrow(
    'long.parquet is damaged: one part of it takes more than 0.001 s to decode; download it again',
  )
})
