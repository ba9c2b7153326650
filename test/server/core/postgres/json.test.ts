import { tmpdir } from 'node:os'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { auditEvents } from '#drizzle/schema/accounts.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { contextOn } from '../../../support/arena.ts'
import { testDatabase } from '../../../support/database.ts'

const ctx = contextOn(await testDatabase(), tmpdir()).ctx

test.each([
  '9.80',
  '42',
  'true',
  'null',
  '"quoted"',
  '[1, 2]',
  '',
  9.8,
  0,
  false,
  ['9.80', '007'],
  { answer: '9.80', unit: null },
])('%j is read as it was written, by Drizzle and by SQL', async (value) => {
  const [kept] = await ctx.db.insert(auditEvents).values({ action: 'test', subject: 'json', detail: value }).returning()
  expect(kept!.detail).toStrictEqual(value)
  const [read] = await ctx.db.select().from(auditEvents).where(eq(auditEvents.id, kept!.id))
  expect(read!.detail).toStrictEqual(value)
  const [row] = await rowsOf(ctx, {
    detail: auditEvents.detail,
  })`select detail from audit_events where id = ${kept!.id}`
  expect(row!.detail).toStrictEqual(value)
})
