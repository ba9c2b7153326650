import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, afterAll, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import { zipStream } from '#server/formats/zip-writer.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { listPools } from '#server/queries/list-pools.ts'
import { arena } from '../../../support/arena.ts'
import { pngOf } from '../../../support/png.ts'

let ctx: Context
let folder: string
beforeAll(async () => {
  ;({ ctx } = await arena())
  folder = await mkdtemp(join(tmpdir(), 'arena-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const picture = (shade: number) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: { r: shade, g: 90, b: 200 } } })
    .png()
    .toBuffer()

const defaults = { category: 'general', language: 'en', licence: '', source: 'test' } as const
const into = (slug: string, path: string, skipBad = false) =>
  importQueries(ctx, path, { pool: { slug, name: slug }, defaults, skipBad })

const inPool = (slug: string) => ctx.sql`
  select q.key, category, language, question, q.licence, source from queries q
  join pools p on p.id = q.pool_id where p.slug = ${slug} order by q.key`

/** A folder of this name with these files. */
async function folderOf(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  const root = join(folder, name)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return root
}

test('a CSV names pictures beside it, and importing it again changes nothing', async () => {
  const root = await folderOf('csv', {
    'table/queries.csv': 'id,prompt,image,category,licence,language\na,How many?,../photos/1.png,Counting,CC0,German\n',
    'photos/1.png': await picture(1),
  })
  expect(await into('from-csv', root)).toEqual({ added: 1, known: 0, bad: [] })
  expect(await into('from-csv', root)).toEqual({ added: 0, known: 1, bad: [] })
  expect(await inPool('from-csv')).toEqual([
    { key: 'a', category: 'counting', language: 'de', question: 'How many?', licence: 'CC0', source: 'test' },
  ])
  expect((await listPools(ctx)).find(({ slug }) => slug === 'from-csv')).toMatchObject({ queries: 1, held: 0 })
})

test('a folder of pictures has its questions in texts of the same names', async () => {
  const root = await folderOf('texts', {
    'a.png': await picture(2),
    'a.txt': 'What is this?\n',
    'b.png': await picture(3),
  })
  expect(await into('from-texts', root)).toEqual({
    added: 0,
    known: 0,
    bad: [{ file: 'b.png', row: 1, reason: 'there is no question beside it: write one into b.txt' }],
  })
  expect(await inPool('from-texts')).toEqual([])
  expect(await into('from-texts', root, true)).toMatchObject({ added: 1 })
  expect(await inPool('from-texts')).toMatchObject([{ key: 'a.png', question: 'What is this?' }])
})

test('Parquet as VisionArena has it: one embedded picture, the question in the first turn', async () => {
  const path = join(folder, 'arena.parquet')
  const turn = { struct: { role: 'string', content: 'string' } } as const
  const columns = {
    conversation_id: 'string',
    images: { list: parquetImage },
    language: 'string',
    conversation: { list: { list: turn } },
  } as const
  const row = (id: string, pictures: Uint8Array[]) => ({
    conversation_id: id,
    images: pictures.map((bytes) => ({ bytes, path: null })),
    language: 'French',
    conversation: [[{ role: 'user', content: `Que voit-on, ${id} ?` }], [{ role: 'assistant', content: 'Rien.' }]],
  })
  const one = await picture(4)
  await writeParquet(path, columns, [row('c1', [one]), row('c2', [one, one]), row('c3', [one])])
  const { bad, added } = await into('from-parquet', path, true)
  expect(added).toBe(2)
  expect(bad).toEqual([{ file: 'arena.parquet', row: 2, reason: 'it has 2 pictures; a query has one' }])
  expect(await inPool('from-parquet')).toMatchObject([
    { key: 'c1', language: 'fr', question: 'Que voit-on, c1 ?' },
    { key: 'c3', language: 'fr' },
  ])
})

test('a zip archive is read as a folder', async () => {
  const path = join(folder, 'set.zip')
  const line = JSON.stringify({ question: 'Zipped?', image: 'p/1.png' })
  const png = await picture(5)
  const entries = [
    { name: 'rows.jsonl', content: () => [`${line}\n${line}\n`] },
    { name: 'p/1.png', content: () => [png] },
  ]
  await writeFile(path, zipStream(entries, new Date(0)))
  expect(await into('from-zip', path)).toEqual({ added: 1, known: 1, bad: [] })
  expect(await into('from-zip', path)).toEqual({ added: 0, known: 2, bad: [] })
})

test('each bad row is named with its file, line and reason; nothing comes in unless the rest is asked for', async () => {
  const good = await picture(6)
  const rows: [unknown, RegExp | null][] = [
    [{ id: 'ok', question: 'Good?', image: 'a.png' }, null],
    [{ question: '', image: 'a.png' }, /no question/],
    [{ question: 'Out?', image: '../../etc/passwd' }, /no picture \.\.\/\.\.\/etc\/passwd here/],
    [{ question: 'Out?', image: '/etc/passwd' }, /no picture \/etc\/passwd here/],
    [{ question: 'Away?', image: 'https://example.com/a.png' }, /is a URL/],
    [{ question: 'Bomb?', image: 'bomb.png' }, /50000 × 50000/],
    [{ question: 'Cut?', image: 'cut.png' }, /damaged/],
    [{ question: 'Drawn?', image: 'drawing.svg' }, /SVG/],
    [{ question: 'Kind?', image: 'a.png', category: 'sports' }, /'sports' is no category/],
    [{ id: 'ok', question: 'Other words?', image: 'a.png' }, /belongs to another row/],
    ['not json', /not a whole JSON object/],
    [{ id: 'last', question: 'Still read?', image: 'a.png' }, null],
  ]
  const noisy = await sharp(randomBytes(200 * 200 * 3), { raw: { width: 200, height: 200, channels: 3 } })
    .png()
    .toBuffer()
  const root = await folderOf('bad', {
    'rows.jsonl': rows.map(([row]) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'),
    'a.png': good,
    'bomb.png': pngOf(50_000, 50_000),
    'cut.png': noisy.subarray(0, noisy.length / 2),
    'drawing.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  })
  const expected = rows.flatMap(([, reason], index) => (reason ? [{ row: index + 1, reason }] : []))
  const refused = await into('from-bad', root)
  expect(refused.added).toBe(0)
  expect(await inPool('from-bad')).toEqual([])
  expect(refused.bad.map(({ file, row }) => ({ file, row }))).toEqual(
    expected.map(({ row }) => ({ file: 'rows.jsonl', row })),
  )
  for (const [index, { reason }] of expected.entries()) expect(refused.bad[index]!.reason).toMatch(reason)
  expect(await into('from-bad', root, true)).toMatchObject({ added: 2, bad: { length: expected.length } })
  expect(await into('from-bad', root, true)).toMatchObject({ added: 0, known: 2 })
})

test('a row of a CSV with too few cells is one bad row', async () => {
  const root = await folderOf('short', {
    'q.csv': 'id,question,image\na,One?\nb,Two?,a.png\n',
    'a.png': await picture(7),
  })
  expect(await into('from-short', root, true)).toEqual({
    added: 1,
    known: 0,
    bad: [{ file: 'q.csv', row: 2, reason: 'the row has not as many cells as the heading' }],
  })
})

test('a stopped import goes on when it is given again', async () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ question: `Which, ${index}?`, image: 'a.png' }))
  const root = await folderOf('stopped', {
    'q.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
    'a.png': await picture(8),
  })
  const stop = new AbortController()
  const stopped = importQueries(ctx, root, {
    pool: { slug: 'stopped', name: 'Stopped' },
    defaults,
    skipBad: false,
    signal: stop.signal,
    onProgress: (read) => read === 10 && stop.abort(),
  })
  await expect(stopped).rejects.toThrow(/abort/i)
  expect(await inPool('stopped')).toEqual([])
  expect(await into('stopped', root)).toEqual({ added: 20, known: 0, bad: [] })
})
