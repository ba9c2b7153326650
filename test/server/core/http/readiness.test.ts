import { expect, test } from 'vitest'
import { whyNotReady } from '#server/core/http/readiness.ts'
import { arena } from '../../../support/arena.ts'

test('V18 a server whose disk is full, or whose data folder is gone, is not ready, and comes back by itself', async () => {
  const { ctx, app } = await arena()
  const ready = async () => {
    const reply = await app.inject('/readyz')
    return [reply.statusCode, reply.json<object>()]
  }
  expect(await ready()).toEqual([200, { ok: true }])
  let room = 1_000
  expect(await whyNotReady(ctx, async () => room)).toBe('the disk of the data folder is full')
  room = 1_000_000_000
  expect(await whyNotReady(ctx, async () => room)).toBeUndefined()
  const { dataDir } = ctx.config
  ctx.config.dataDir = `${dataDir}-gone`
  expect(await ready()).toEqual([503, { ok: false, why: 'the data folder cannot be read' }])
  ctx.config.dataDir = dataDir
  expect(await ready()).toEqual([200, { ok: true }])
})

test('V18 a database that never answers is said after two seconds', async () => {
  const { ctx } = await arena()
  const hung = (() => new Promise(() => {})) as unknown as typeof ctx.sql
  const before = performance.now()
  expect(await whyNotReady({ ...ctx, sql: hung })).toBe('the database does not answer')
  expect(performance.now() - before).toBeLessThan(4_000)
})
