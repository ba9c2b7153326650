import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { parquetImage, writeParquet } from '#server/formats/parquet.ts'
import { carryOutImport } from '#server/queries/imports/carry-out-import.ts'
import { readHubSource } from '#server/queries/imports/hub-source.ts'
import type { BadRows, QueryImport } from '#server/queries/imports/schema.ts'
import { uploadFolder } from '#server/queries/imports/uploads.ts'
import { arena, type Arena } from '../../../support/arena.ts'
import { hubServer, type HubServer } from '../../../support/hub-server.ts'

const token = 'hf_of_nobody'
const repo = 'lmarena-ai/VisionArena-Chat'
let house: Arena
let folder: string
let files: Record<string, Uint8Array>

beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
  folder = await mkdtemp(join(tmpdir(), 'arena-hub-'))
  const shard = async (name: string, questions: string[]) => {
    const turn = { struct: { role: 'string', content: 'string' } } as const
    const columns = {
      conversation_id: 'string',
      images: { list: parquetImage },
      conversation: { list: { list: turn } },
      language: 'string',
    } as const
    const rows = questions.map((content, n) => ({
      conversation_id: `${name}-${n}`,
      images: [{ bytes: picture(n * 20), path: null }],
      conversation: [[{ role: 'user', content }]],
      language: 'English',
    }))
    await writeParquet(join(folder, name), columns, rows)
    return readFile(join(folder, name))
  }
  const shades = await Promise.all([0, 20].map((shade) => paint(shade)))
  const picture = (shade: number) => shades[shade / 20]!
  files = {
    'README.md': Buffer.from('# VisionArena'),
    'dataset_infos.json': Buffer.from('{}'),
    'data/train-00000-of-00002.parquet': await shard('one', ['What is this?', 'How many?']),
    'data/train-00001-of-00002.parquet': await shard('two', ['Read it.']),
  }
})
afterAll(() => rm(folder, { recursive: true }))

const paint = (shade: number) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: { r: shade, g: 90, b: 10 } } })
    .png()
    .toBuffer()

let hub: HubServer
let ctx: Context
beforeEach(async () => {
  hub = await hubServer({ token })
  hub.push(repo, files)
  const config = { ...house.ctx.config, hub: { url: hub.url, token, home: join(folder, 'home'), offline: false } }
  ctx = { ...house.ctx, config, egress: createEgress({ egressAllow: hub.allow.split(',') }) }
  return () => ctx.egress.close()
})

let pools = 0
/** Opens an import of a data set of the hub into a pool of its own. */
async function opened(hubSource: string): Promise<QueryImport> {
  const pool = `hub-${++pools}`
  await house.asAdmin.post('/api/v1/pools', { slug: pool })
  const reply = await house.asAdmin.post(`/api/v1/pools/${pool}/imports`, { name: hubSource, hubSource })
  expect(reply.statusCode, reply.body).toBe(201)
  return reply.json<QueryImport>()
}

async function start(id: string, skipBad = false): Promise<QueryImport> {
  expect((await house.asAdmin.post(`/api/v1/query-imports/${id}/start`, { skipBad })).statusCode).toBe(200)
  await carryOutImport(ctx, id)
  return (await house.asAdmin.get(`/api/v1/query-imports/${id}`)).json<QueryImport>()
}

const inPool = async (pool: string) =>
  (
    await house.ctx.sql<{ question: string }[]>`
    select question from queries q join pools p on p.id = q.pool_id where p.slug = ${pool} order by key`
  ).map(({ question }) => question)

test('a data set of the hub comes into a pool as VisionArena keeps it, and its files are gone afterwards', async () => {
  const { id, pool, hubSource } = await opened(repo)
  expect(hubSource).toBe(`hf://datasets/${repo}@main`)
  expect(await start(id)).toMatchObject({ state: 'finished', added: 3, bad: 0 })
  expect(await inPool(pool)).toEqual(['What is this?', 'How many?', 'Read it.'])
  expect(existsSync(uploadFolder(ctx, id))).toBe(false)
  expect(hub.seen.map(({ path }) => path).filter((path) => /README|dataset_infos/.test(path))).toEqual([])
  const sent = (host: 'hub' | 'cdn') =>
    new Set(hub.seen.filter((one) => one.host === host).map(({ authorization }) => authorization))
  expect(sent('hub')).toEqual(new Set([`Bearer ${token}`]))
  expect(sent('cdn')).toEqual(new Set([undefined]))
})

test.each([
  [`hf://datasets/${repo}/data/train-00001-of-00002.parquet`, ['Read it.']],
  [`hf://datasets/${repo}@main/data`, ['What is this?', 'How many?', 'Read it.']],
])('%s is a part of it', async (source, questions) => {
  const { id, pool } = await opened(source)
  expect(await start(id)).toMatchObject({ state: 'finished' })
  expect(await inPool(pool)).toEqual(questions)
})

test('a data set without Parquet is read by its table and its pictures', async () => {
  const table = 'file_name,question\nimages/a.png,Which colour?\nimages/gone.png,And this?\n'
  hub.push('someone/folder', {
    'metadata.csv': Buffer.from(table),
    'images/a.png': await paint(80),
    'LICENSE.txt': Buffer.from('free'),
  })
  const { id, pool } = await opened('someone/folder')
  expect(await start(id)).toMatchObject({ state: 'refused', bad: 1 })
  const bad = (await house.asAdmin.get(`/api/v1/query-imports/${id}/bad-rows`)).json<BadRows>().rows
  expect(bad).toMatchObject([{ file: 'metadata.csv', row: 3 }])
  hub.seen.length = 0
  expect(await start(id, true)).toMatchObject({ state: 'finished', added: 1 })
  expect(hub.seen.filter(({ path }) => path.includes('/resolve/'))).toEqual([])
  expect(await inPool(pool)).toEqual(['Which colour?'])
})

test('a download that breaks off goes on where it was, and bytes that do not fit their hash are refused', async () => {
  const big = 'data/train.parquet'
  const noise = () =>
    sharp(randomBytes(60_000), { raw: { width: 200, height: 100, channels: 3 } })
      .png()
      .toBuffer()
  const columns = { question: 'string', image: parquetImage } as const
  const rows: { question: string; image: { bytes: Uint8Array; path: null } }[] = []
  for (let n = 0; n < 8; n++) rows.push({ question: `${n}?`, image: { bytes: await noise(), path: null } })
  await writeParquet(join(folder, 'big'), columns, rows)
  const bytes = await readFile(join(folder, 'big'))
  hub.push('someone/big', { [big]: bytes })
  let cuts = 0
  hub.fault = ({ host, range }) =>
    host === 'cdn' && range !== 'bytes=0-0' ? { kind: 'cut', after: cuts++ === 0 ? 250_000 : 0 } : undefined
  const { id } = await opened('someone/big')
  expect(await start(id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/breaks off at byte [1-9]/) })
  expect(readdirSync(join(uploadFolder(ctx, id), '.partial'))).toHaveLength(1)
  hub.fault = ({ host }) => (host === 'cdn' ? { kind: 'wrong bytes' } : undefined)
  expect(await start(id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/other bytes than its hash/) })
  hub.fault = () => undefined
  expect(await start(id)).toMatchObject({ state: 'finished', added: 8 })
})

test('what the hub refuses is said in words, and the import can start again', async () => {
  const refusals = {
    401: /shows .* to nobody without a token \(401\): set HF_TOKEN/,
    403: /refuses .* to this token \(403\): accept the terms/,
    404: /does not have .* \(404\): see whether its name, its revision and HF_ENDPOINT are right/,
    429: /asks for a pause \(429\)/,
  }
  const { id } = await opened(repo)
  for (const [status, words] of Object.entries(refusals)) {
    hub.fault = () => ({ kind: 'status', status: Number(status), headers: { 'retry-after': '600' } })
    expect(await start(id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(words) })
  }
  hub.fault = () => undefined
  expect(await start(id)).toMatchObject({ state: 'finished', added: 3 })
  const missing = await opened(`${repo}/nothing`)
  expect(await start(missing.id)).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/Name another folder/),
  })
})

test('an import from the hub takes no uploads, and what names no data set is refused in words', async () => {
  const { id } = await opened(repo)
  const reply = await house.app.inject({
    method: 'PUT',
    url: `/api/v1/query-imports/${id}/files/a.png?offset=0`,
    headers: {
      cookie: house.asAdmin.cookie,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/octet-stream',
    },
    payload: Buffer.from('x'),
  })
  expect(reply.json()).toMatchObject({ type: '/problems/import-state' })
  for (const hubSource of [
    '../../etc',
    'hf://datasets/a',
    'hf://models/a/b',
    'https://example.org/a/b',
    'a/b/../../c',
  ]) {
    const refused = await house.asAdmin.post('/api/v1/pools/hub-1/imports', { name: 'x', hubSource })
    expect(refused.json(), hubSource).toMatchObject({ status: 400, detail: expect.stringMatching(/names no data set/) })
  }
})

test('addresses of data sets are read as the hub writes them', () => {
  const whole = { repo: 'a/b', revision: 'main', path: '' }
  expect(readHubSource('a/b')).toEqual(whole)
  expect(readHubSource('hf://datasets/a/b@v1.0/data')).toEqual({ ...whole, revision: 'v1.0', path: 'data' })
  expect(readHubSource('hf://datasets/a/b@refs%2Fconvert%2Fparquet/default')).toMatchObject({
    revision: 'refs/convert/parquet',
  })
  expect(readHubSource('https://huggingface.co/datasets/a/b')).toEqual(whole)
  expect(readHubSource('https://huggingface.co/datasets/a/b/tree/main/data?x=1')).toEqual({ ...whole, path: 'data' })
  expect(readHubSource('hf://datasets/a/b@%')).toBeNull()
})
