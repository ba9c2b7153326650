import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { carryOutImport } from '#server/queries/imports/carry-out-import.ts'
import type { BadRows, QueryImport } from '#server/queries/imports/schema.ts'
import { uploadFolder } from '#server/queries/imports/uploads.ts'
import { arena, type Arena } from '../../../support/arena.ts'

let house: Arena
let png: Buffer
beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 2 })
  png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a73' } })
    .png()
    .toBuffer()
})

const ask = (method: 'PUT' | 'DELETE', url: string, payload?: Uint8Array) =>
  house.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: {
      cookie: house.asAdmin.cookie,
      'sec-fetch-site': 'same-origin',
      ...(payload && { 'content-type': 'application/octet-stream' }),
    },
    ...(payload && { payload: Buffer.from(payload) }),
  })
const put = (id: string, file: string, offset: number, bytes: Uint8Array) =>
  ask('PUT', `/query-imports/${id}/files/${encodeURIComponent(file)}?offset=${offset}`, bytes)

/** An import into a pool of its own, with these files uploaded. */
async function opened(pool: string, files: Record<string, Uint8Array>): Promise<string> {
  await house.asAdmin.post('/api/v1/pools', { slug: pool })
  const reply = await house.asAdmin.post(`/api/v1/pools/${pool}/imports`, { name: pool, defaults: { licence: 'CC0' } })
  expect(reply.statusCode, reply.body).toBe(201)
  const { id } = reply.json<QueryImport>()
  for (const [name, bytes] of Object.entries(files)) expect((await put(id, name, 0, bytes)).statusCode).toBe(200)
  return id
}

const start = async (id: string, skipBad = false) => {
  const reply = await house.asAdmin.post(`/api/v1/query-imports/${id}/start`, { skipBad })
  expect(reply.json(), reply.body).toMatchObject({ state: 'waiting' })
  expect(house.queued.at(-1)).toEqual({ name: 'import-queries', data: { id } })
  await carryOutImport(house.ctx, id)
  return (await house.asAdmin.get(`/api/v1/query-imports/${id}`)).json<QueryImport>()
}

const lines = (...rows: object[]) => Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))

test('files come in pieces, a piece may come twice, and one that is missing is asked for', async () => {
  const id = await opened('pieces', { 'a.png': png })
  const table = lines({ id: 'one', question: 'How many?', image: 'a.png' })
  expect((await put(id, 'rows.jsonl', 0, table.subarray(0, 20))).json()).toEqual({ bytes: 20 })
  expect((await put(id, 'rows.jsonl', 30, table.subarray(30))).json()).toMatchObject({
    type: '/problems/upload-gap',
    bytes: 20,
  })
  expect((await put(id, 'rows.jsonl', 0, table.subarray(0, 20))).json()).toEqual({ bytes: 20 })
  expect((await put(id, 'rows.jsonl', 20, table.subarray(20))).json()).toEqual({ bytes: table.length })
  expect(await start(id)).toMatchObject({ state: 'finished', added: 1, known: 0, bad: 0 })
  expect(existsSync(uploadFolder(house.ctx, id))).toBe(false)
  expect((await put(id, 'b.png', 0, png)).json()).toMatchObject({ type: '/problems/import-state' })
  const again = await opened('pieces', { 'a.png': png, 'rows.jsonl': table })
  expect(await start(again)).toMatchObject({ state: 'finished', added: 0, known: 1 })
  expect((await house.asAdmin.get('/api/v1/pools/pieces/imports')).json()).toHaveLength(2)
})

test('bad rows are named, nothing comes in until a person has the good ones added', async () => {
  const rows = lines({ question: 'How many?', image: 'a.png' }, { question: '', image: 'a.png' }, { question: '=1+1?' })
  const id = await opened('bad', { 'a.png': png, 'rows.jsonl': rows })
  expect(await start(id)).toMatchObject({ state: 'refused', added: 0, bad: 2, rowsRead: 3 })
  const reply = await house.asAdmin.get(`/api/v1/query-imports/${id}/bad-rows`)
  expect(reply.json<BadRows>().rows).toMatchObject([
    { file: 'rows.jsonl', row: 2, reason: expect.stringMatching(/no question/) },
    { file: 'rows.jsonl', row: 3, reason: expect.stringMatching(/no picture/) },
  ])
  expect((await house.asAdmin.get(`/api/v1/query-imports/${id}/bad-rows.csv`)).body).toMatch(/^file,row,reason\r\n/)
  expect(await start(id, true)).toMatchObject({ state: 'finished', added: 1, bad: 2 })
})

test('an import is stopped, started again and forgotten; one that is reading is not forgotten', async () => {
  const id = await opened('stopped', { 'a.png': png, 'a.txt': Buffer.from('How many?') })
  await house.asAdmin.post(`/api/v1/query-imports/${id}/start`, {})
  expect((await ask('DELETE', `/query-imports/${id}`)).json()).toMatchObject({ type: '/problems/import-state' })
  expect((await house.asAdmin.post(`/api/v1/query-imports/${id}/stop`)).json()).toMatchObject({ state: 'stopped' })
  await carryOutImport(house.ctx, id)
  expect((await house.asAdmin.get(`/api/v1/query-imports/${id}`)).json()).toMatchObject({ state: 'stopped', added: 0 })
  expect((await ask('DELETE', `/query-imports/${id}`)).statusCode).toBe(204)
  expect(existsSync(uploadFolder(house.ctx, id))).toBe(false)
})

test('a stop reaches an import that is reading', async () => {
  const many = Array.from({ length: 400 }, (_, n) => ({ id: `k${n}`, question: `Which ${n}?`, image: 'a.png' }))
  const id = await opened('reading', { 'a.png': png, 'rows.jsonl': lines(...many) })
  await house.ctx.sql`update query_imports set state = 'waiting' where id = ${id}`
  let clock = 0
  const ctx = { ...house.ctx, now: () => (clock += 1_000) }
  const reading = carryOutImport(ctx, id)
  await expect
    .poll(async () => (await house.asAdmin.get(`/api/v1/query-imports/${id}`)).json<QueryImport>().rowsRead)
    .toBeGreaterThan(0)
  await house.asAdmin.post(`/api/v1/query-imports/${id}/stop`)
  await reading
  expect((await house.asAdmin.get('/api/v1/pools/reading')).json()).toMatchObject({ queries: 0 })
})

test.each(['../a.png', '..', '.hidden', 'a/b.png', 'a\\b.png', 'x\u0000.png'])(
  'a file named %j is refused',
  async (name) => {
    const id = await opened('names', {})
    expect((await put(id, name, 0, png)).statusCode).toBeGreaterThanOrEqual(400)
    await mkdir(house.ctx.config.dataDir, { recursive: true })
    await writeFile(join(house.ctx.config.dataDir, 'probe'), '')
    expect(existsSync(uploadFolder(house.ctx, id))).toBe(false)
  },
)

test('files that are no data fail in words, and mended files start again', async () => {
  const id = await opened('mended', { 'set.zip': Buffer.from('not a zip') })
  expect(await start(id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/set\.zip cannot be opened/) })
})
