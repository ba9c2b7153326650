import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { writeParquet } from '#server/formats/parquet.ts'
import { importQueries } from '#server/queries/imports/import-queries.ts'
import { arena } from '../../../support/arena.ts'
import { onLoopback } from '../../../support/loopback.ts'

let ctx: Context
let folder: string
let origin: string
let close: () => Promise<void>
const asked: string[] = []
/** How often a path was asked for that answers well only later. */
let busyFor = 0
let atOnce = 0
let mostAtOnce = 0

const pictures = new Map<string, Buffer>()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const server = createServer((request, response) => {
  const path = request.url!
  asked.push(path)
  atOnce++
  mostAtOnce = Math.max(mostAtOnce, atOnce)
  response.once('close', () => atOnce--)
  const bytes = pictures.get(path.replace('/busy', '/0.png'))
  if (path === '/busy' && busyFor-- > 0) response.writeHead(429, { 'retry-after-ms': '20' }).end()
  else if (path === '/for-long') response.writeHead(503, { 'retry-after': '3600' }).end()
  else if (path === '/later') response.writeHead(429, { 'retry-after': '30' }).end()
  else if (path === '/moved') response.writeHead(302, { location: '/0.png' }).end()
  else if (path === '/circle') response.writeHead(301, { location: '/circle' }).end()
  else if (path === '/inside') response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end()
  else if (path === '/page') response.end('<!doctype html><title>Sign in</title>')
  else if (path === '/cut') response.writeHead(200, { 'content-length': 5000 }).write('x', () => response.destroy())
  else if (path === '/huge') response.writeHead(200, { 'content-length': 30 * 1024 ** 2 }).end()
  else if (bytes) setTimeout(() => response.end(bytes), 5)
  else response.writeHead(404).end()
})

beforeAll(async () => {
  const house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
  ;({ origin, close } = await onLoopback(server))
  const egress = createEgress({ egressAllow: [new URL(origin).host] })
  ctx = { ...house.ctx, egress }
  folder = await mkdtemp(join(tmpdir(), 'arena-web-'))
  for (let n = 0; n < 24; n++) {
    const channels = { width: 40, height: 30, channels: 3, background: { r: n * 9, g: 40, b: 90 } } as const
    pictures.set(`/${n}.png`, await sharp({ create: channels }).png().toBuffer())
  }
})
beforeEach(() => void (asked.length = 0))
afterAll(async () => {
  await close()
  await ctx.egress.close()
  await rm(folder, { recursive: true })
})

const defaults = { category: 'general', language: 'en', licence: '', source: 'test', question: '' } as const
const read = (slug: string, path: string, skipBad = false) =>
  importQueries(ctx, path, { pool: { slug, name: slug }, defaults, skipBad })

async function table(name: string, rows: object[]): Promise<string> {
  const path = join(folder, `${name}.jsonl`)
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'))
  return path
}

test('pictures at addresses are fetched, several at once and few of one host, and never a second time', async () => {
  const rows = [...pictures.keys()].map((path, n) => ({ question: `What is ${n}?`, image_url: origin + path }))
  const path = await table('plain', rows)
  expect(await read('plain', path)).toEqual({ added: 24, known: 0, bad: [] })
  expect(mostAtOnce).toBeGreaterThan(1)
  expect(mostAtOnce).toBeLessThanOrEqual(3)
  asked.length = 0
  expect(await read('plain', path)).toEqual({ added: 0, known: 24, bad: [] })
  expect(await read('plain-again', path)).toEqual({ added: 24, known: 0, bad: [] })
  expect(asked).toEqual([])
})

test('Parquet as PixMo has it: an address and the SHA-256 of its bytes', async () => {
  const good = pictures.get('/1.png')!
  const row = { question: 'How many?', image_url: `${origin}/1.png`, image_sha256: sha256(good) }
  const columns = { question: 'string', image_url: 'string', image_sha256: 'string' } as const
  const path = join(folder, 'pixmo.parquet')
  await writeParquet(path, columns, [row, { ...row, question: 'And now?', image_sha256: '0'.repeat(64) }])
  expect(await read('pixmo', path, true)).toEqual({
    added: 1,
    known: 0,
    bad: [
      {
        file: 'pixmo.parquet',
        row: 2,
        reason: 'the picture at this address is another one now: its SHA-256 does not fit',
      },
    ],
  })
})

test('a picture that is missing, no picture or somewhere forbidden names its row and why', async () => {
  const addresses = [
    '/gone.png',
    '/page',
    '/huge',
    '/circle',
    '/inside',
    '/for-long',
    '/moved',
    'http://127.0.0.1:1/a.png',
    'http://10.0.0.7/a.png',
    'http://user:word@example.org/a.png',
    `https://example.org/${'a'.repeat(2_000)}`,
    'https://',
  ].map((address) => (address.startsWith('/') ? origin + address : address))
  const path = await table(
    'bad',
    addresses.map((image, n) => ({ question: `Which ${n}?`, image })),
  )
  const { bad, added } = await read('bad', path)
  expect(added).toBe(0)
  const host = new URL(origin).host
  const reasons = new Map(bad.map(({ row, reason }) => [row, reason]))
  expect(reasons.get(1)).toBe(`the picture cannot be fetched: ${host} answered 404`)
  expect(reasons.get(2)).toMatch(/what .* sent is (no|not a)/)
  expect(reasons.get(3)).toBe('the picture cannot be fetched: it is larger than 20 MB')
  expect(reasons.get(4)).toMatch(/redirects more than 5 times/)
  expect(reasons.get(5)).toMatch(/169\.254\.169\.254:80 is not a public address/)
  expect(reasons.get(6)).toMatch(/answered 503 and asks for a pause of 3600 s; import again after it/)
  expect(reasons.has(7)).toBe(false)
  expect(reasons.get(8)).toMatch(/is not a public address on port 80 or 443/)
  expect(reasons.get(9)).toMatch(/is not a public address/)
  expect(reasons.get(10)).toMatch(/must not hold a user name or password/)
  expect(reasons.get(11)).toMatch(/longer than 2000 characters/)
  expect(reasons.get(12)).toMatch(/is no URL/)
  expect(await read('bad', path, true)).toMatchObject({ added: 1 })
})

test('a server that asks for a pause or breaks off is asked again, and one that never answers is left alone', async () => {
  busyFor = 2
  const path = await table('busy', [{ question: 'What?', image: `${origin}/busy` }])
  expect(await read('busy', path)).toMatchObject({ added: 1 })
  expect(asked).toEqual(['/busy', '/busy', '/busy'])
  const cut = await table('cut', [{ question: 'What?', image: `${origin}/cut` }])
  expect((await read('cut', cut)).bad[0]!.reason).toMatch(/connection broke before the reply was whole/)
  const { origin: nobody, close } = await onLoopback(createServer())
  ctx.egress.allow(nobody)
  await close()
  const dead = Array.from({ length: 12 }, (_, n) => ({ question: `What ${n}?`, image: `${nobody}/${n}.png` }))
  const { bad } = await read('dead', await table('dead', dead))
  expect(bad).toHaveLength(12)
  expect(bad.at(-1)!.reason).toMatch(/nobody answered at .* 6 times in a row/)
})

test('an import that is given up asks for nothing more, and what came is not asked for again', async () => {
  const rows = [...pictures.keys()].map((path, n) => ({ question: `Given up ${n}?`, image: `${origin}${path}?up` }))
  for (const [path, bytes] of [...pictures]) pictures.set(`${path}?up`, bytes)
  const path = await table('stopped', rows)
  const stop = new AbortController()
  let told = 0
  const options = { pool: { slug: 'stopped', name: 'stopped' }, defaults, skipBad: false }
  const reading = importQueries(ctx, path, {
    ...options,
    signal: stop.signal,
    onProgress: () => ++told === 3 && stop.abort(new Error('enough')),
  })
  await expect(reading).rejects.toThrow('enough')
  const first = new Set(asked)
  expect(first.size).toBeLessThan(24)
  const [{ taken }] = await ctx.sql<[{ taken: number }]>`
    select count(*)::int as taken from image_links where url like ${'%?up'}`
  expect(taken).toBeGreaterThan(0)
  asked.length = 0
  expect(await read('stopped', path)).toMatchObject({ added: 24 })
  expect(asked).toHaveLength(24 - taken)
})

test('nor does it wait for a host that asks for a pause, and it ends in the words of whoever gave it up', async () => {
  const path = await table('paused', [{ question: 'Later?', image: `${origin}/later` }])
  const stop = new AbortController()
  const options = { pool: { slug: 'paused', name: 'paused' }, defaults, skipBad: false, signal: stop.signal }
  const reading = expect(importQueries(ctx, path, options)).rejects.toThrow('enough')
  await expect.poll(() => asked).toContain('/later')
  await new Promise((resolve) => setTimeout(resolve, 200))
  stop.abort(new Error('enough'))
  await reading
})
