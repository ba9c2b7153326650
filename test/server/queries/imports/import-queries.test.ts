import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { beforeAll, afterAll, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
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

const defaults = { category: 'general', language: 'en', licence: '', source: 'test', question: '' } as const
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
    [{ question: 'Away?', image: 'http://10.0.0.7/a.png' }, /is not a public address/],
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

test('a table that breaks off is named where it does; what stands before it and in other tables can still come', async () => {
  const path = join(folder, 'whole.parquet')
  await writeParquet(path, { id: 'string', question: 'string', image: parquetImage }, [
    { id: 'p', question: 'Whole?', image: { bytes: await picture(9), path: null } },
  ])
  const whole = await readFile(path)
  const root = await folderOf('broken', {
    'a.png': await picture(10),
    'b.csv': 'id,question,image\na,One?,a.png\nb,"Never closed,a.png\nc,Three?,a.png\n',
    'c.parquet': whole.subarray(0, whole.length - 20),
    'd.jsonl': JSON.stringify({ id: 'd', question: 'Still read?', image: 'a.png' }),
    'e.json': `[{"id":"e","question":"In a list?","image":"a.png"}, {"id":`,
  })
  expect(await into('from-broken', root)).toMatchObject({ added: 0, bad: { length: 3 } })
  const { added, bad } = await into('from-broken', root, true)
  expect(added).toBe(3)
  expect(bad.map(({ file, row }) => [file, row])).toEqual([
    ['b.csv', 3],
    ['c.parquet', 1],
    ['e.json', 2],
  ])
  expect(bad[0]!.reason).toMatch(/^a quote is opened and never closed; nothing is read from here on$/)
  expect((await inPool('from-broken')).map(({ key }) => key as string)).toEqual(['a', 'd', 'e'])
})

const line = Buffer.from(JSON.stringify({ question: 'Zipped?', image: 'xx/a.png' }))
const hostile: [string, { name: string; bytes: Buffer; mode?: number }[], [string, string] | null, RegExp][] = [
  ['a bomb', [{ name: 'a.png', bytes: Buffer.alloc(30_000_000) }], null, /"a\.png" unpacks \d+ to one/],
  ['a link', [{ name: 'a.png', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }], null, /"a\.png" is a link/],
  ['a path that leads out', [{ name: 'xx/a.png', bytes: Buffer.from('x') }], ['xx/a.png', '../a.png'], /\.\.\/a\.png/],
  ['an absolute path', [{ name: 'x/etc', bytes: Buffer.from('x') }], ['x/etc', '//etc'], /\/etc/],
]
test.each(hostile)(
  'a zip archive with %s is refused before anything is unpacked',
  async (kind, entries, patch, reason) => {
    const zip = new ZipFile()
    for (const { name, bytes, mode = 0o100644 } of [{ name: 'rows.jsonl', bytes: line }, ...entries])
      zip.addBuffer(bytes, name, { mode })
    zip.end()
    const packed = (await buffer(zip.outputStream)).toString('latin1')
    const path = join(folder, `${kind.replaceAll(' ', '-')}.zip`)
    await writeFile(path, Buffer.from(patch ? packed.replaceAll(...patch) : packed, 'latin1'))
    await expect(into('from-hostile', path, true)).rejects.toThrow(reason)
    expect(await inPool('from-hostile')).toEqual([])
  },
)
