import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import {
  actorId,
  createPerson,
  endSession,
  ensureAdmin,
  findPerson,
  findSession,
  openSession,
  recordAudit,
} from '#server/accounts/service.ts'
import { hashOf } from '#server/accounts/tokens.ts'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { contextOn } from '../../support/arena.ts'
import { testDatabase } from '../../support/database.ts'

const place = async () => contextOn(await testDatabase(), tmpdir()).ctx

/** Within one transaction the database's clock stands still, so that a bound can be met to the microsecond. */
async function withSession(check: (ctx: Context, signedIn: () => Promise<boolean>) => Promise<void>) {
  const ctx = await place()
  const { personId } = await createPerson(ctx, 'researcher', 'Ada')
  await inTransaction(ctx, async (own) => {
    const token = await openSession(own, personId)
    await check(own, async () => (await findSession(own, token)) !== undefined)
  })
}

test('the operator is made once, is the oldest admin who is not disabled, and is replaced when all are', async () => {
  const ctx = await place()
  await createPerson(ctx, 'researcher', 'Rex')
  const first = await ensureAdmin(ctx)
  expect(await findPerson(ctx, first)).toEqual({ personId: first, role: 'admin', name: 'Operator', teamId: null })
  expect(await ensureAdmin(ctx)).toBe(first)
  const second = await createPerson(ctx, 'admin', 'Second')
  await ctx.sql`update people set created_at = now() + interval '1 hour' where id = ${second.personId}`
  expect(await ensureAdmin(ctx)).toBe(first)
  await ctx.sql`update people set disabled_at = now() where id = ${first}`
  expect(await ensureAdmin(ctx)).toBe(second.personId)
  await ctx.sql`update people set disabled_at = now() where id = ${second.personId}`
  expect([first, second.personId]).not.toContain(await ensureAdmin(ctx))
})

test('a person is found until they are disabled, and nobody else is', async () => {
  const ctx = await place()
  const [ada, bo] = [await createPerson(ctx, 'rater', 'Ada'), await createPerson(ctx, 'researcher', 'Bo')]
  expect(ada).toMatchObject({ role: 'rater', name: 'Ada' })
  expect(await findPerson(ctx, ada.personId)).toEqual(ada)
  expect(await findPerson(ctx, randomUUID())).toBeUndefined()
  await ctx.sql`update people set disabled_at = now() - interval '1 day' where id = ${ada.personId}`
  expect(await findPerson(ctx, ada.personId)).toBeUndefined()
  expect(await findPerson(ctx, bo.personId)).toEqual(bo)
})

test('a session gives its own person, for its token alone', async () => {
  const ctx = await place()
  const [ada, bo] = [await createPerson(ctx, 'rater', 'Ada'), await createPerson(ctx, 'admin', 'Bo')]
  const [hers, his] = [await openSession(ctx, ada.personId), await openSession(ctx, bo.personId)]
  expect(await findSession(ctx, hers)).toEqual(ada)
  expect(await findSession(ctx, his)).toEqual(bo)
  for (const wrong of ['', hers.slice(1), hashOf(hers), `${hers}=`])
    expect(await findSession(ctx, wrong)).toBeUndefined()
  await endSession(ctx, 'no such token')
  await endSession(ctx, hers)
  expect(await findSession(ctx, hers)).toBeUndefined()
  expect(await findSession(ctx, his)).toEqual(bo)
})

test('a session lasts seven days', async () => {
  await withSession(async ({ sql }) => {
    const [session] = await sql<{ days: number }[]>`
      select extract(epoch from expires_at - now())::float8 / 86400 as days from sessions`
    expect(session).toEqual({ days: 7 })
  })
})

test.each([
  ['1 microsecond', true],
  ['0', false],
])('with %s of its seven days left a session is open: %s', async (left, open) => {
  await withSession(async ({ sql }, signedIn) => {
    await sql`update sessions set expires_at = now() + ${left}::text::interval`
    expect(await signedIn()).toBe(open)
  })
})

test.each([
  ['11:59:59.999999', true],
  ['12:00:00', false],
])('idle for %s a session is still open: %s', async (idle, open) => {
  await withSession(async ({ sql }, signedIn) => {
    await sql`update sessions set last_seen_at = now() - ${idle}::text::interval`
    expect(await signedIn()).toBe(open)
  })
})

test('the session of a disabled person opens nothing, and does again when they are not', async () => {
  await withSession(async ({ sql }, signedIn) => {
    await sql`update people set disabled_at = now()`
    expect(await signedIn()).toBe(false)
    await sql`update people set disabled_at = null`
    expect(await signedIn()).toBe(true)
  })
})

test.each([
  ['00:01:00', '00:01:00'],
  ['00:01:00.000001', '00:00:00'],
])('seen %s after the last time, a session was last seen %s ago', async (idle, left) => {
  await withSession(async ({ sql }, signedIn) => {
    await sql`update sessions set last_seen_at = now() - ${idle}::text::interval`
    await signedIn()
    const [session] = await sql<{ idle: string }[]>`select (now() - last_seen_at)::text as idle from sessions`
    expect(session).toEqual({ idle: left })
  })
})

test('to be seen prolongs one session, not those of others, and none that is over', async () => {
  await withSession(async (ctx, signedIn) => {
    const other = await createPerson(ctx, 'researcher', 'Bo')
    await openSession(ctx, other.personId)
    await ctx.sql`update sessions set last_seen_at = now() - interval '1 hour'`
    await signedIn()
    const idle = () => ctx.sql<{ idle: string }[]>`select (now() - last_seen_at)::text as idle from sessions order by 1`
    expect((await idle()).map((session) => session.idle)).toEqual(['00:00:00', '01:00:00'])
    await ctx.sql`update sessions set last_seen_at = now() - interval '1 day'`
    await signedIn()
    expect((await idle()).map((session) => session.idle)).toEqual(['1 day', '1 day'])
  })
})

test('the audit trail says who did what to which, and that the program did it itself', async () => {
  const ctx = await place()
  const ada = await createPerson(ctx, 'admin', 'Ada')
  const asAda: Context = { ...ctx, actor: { kind: 'person', ...ada } }
  await recordAudit(asAda, 'link.created', 'link:1', { maxUses: 3, sample: false, role: 'rater' })
  await recordAudit(ctx, 'study.created', 'study:2')
  expect([actorId(asAda), actorId(ctx), actorId({ ...ctx, actor: { kind: 'anonymous' } })]).toEqual([
    ada.personId,
    null,
    null,
  ])
  const rows = await ctx.sql`select actor_id as actor, action, subject, detail from audit_events order by id`
  expect([...rows]).toEqual([
    {
      actor: ada.personId,
      action: 'link.created',
      subject: 'link:1',
      detail: { maxUses: 3, sample: false, role: 'rater' },
    },
    { actor: null, action: 'study.created', subject: 'study:2', detail: {} },
  ])
})
