import { expect, test } from 'vitest'
import type { Context } from '#server/core/context.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { createAdminLink, createRaterLink, hasAdmin, readLink, returnLink, takeLink } from '#server/links/service.ts'
import { arena } from '../../support/arena.ts'

const codeOf = ({ url }: { url: string }) => url.split('/').at(-1)!
const day = 86_400_000

async function place() {
  const { ctx, study } = await arena()
  const newLink = (own: Context, maxUses: number, days = 1) =>
    createRaterLink(own, study.id, { maxUses, days, cohort: 'spring' }, 'http://localhost:4711')
  return { ctx, study, newLink }
}

test('a rater link says its address once, and lasts the days it was made for by the given clock', async () => {
  const { ctx, study, newLink } = await place()
  const now = Date.now() + 5 * day
  const made = await newLink({ ...ctx, now: () => now }, 3, 14)
  expect(made).toEqual({
    id: expect.any(String) as string,
    url: expect.stringMatching(/^http:\/\/localhost:4711\/join\/[\w-]{22}$/) as string,
    maxUses: 3,
    expiresAt: new Date(now + 14 * day).toISOString(),
  })
  expect(await readLink(ctx, codeOf(made))).toMatchObject({
    role: 'rater',
    studyId: study.id,
    personId: null,
    cohort: 'spring',
    expiresAt: made.expiresAt,
  })
})

test('an admin link lasts a day, works once and is for the operator', async () => {
  const { ctx } = await place()
  const now = Date.now()
  const made = await createAdminLink({ ...ctx, now: () => now }, 'http://localhost')
  expect(made).toMatchObject({ maxUses: 1, expiresAt: new Date(now + day).toISOString() })
  const [operator] = await ctx.sql<{ id: string }[]>`select id from people where role = 'admin'`
  const taken = await takeLink(ctx, codeOf(made))
  expect(taken).toMatchObject({ role: 'admin', studyId: null, personId: operator!.id, cohort: 'default' })
  await expect(takeLink(ctx, codeOf(made))).rejects.toMatchObject({ type: '/problems/link-spent' })
})

test('an admin is there when an admin link has been used, and not before', async () => {
  const { ctx, newLink } = await place()
  await ctx.sql`delete from links where role = 'admin'`
  expect(await hasAdmin(ctx)).toBe(false)
  await takeLink(ctx, codeOf(await newLink(ctx, 1)))
  const link = await createAdminLink(ctx, 'http://localhost')
  expect(await hasAdmin(ctx)).toBe(false)
  await takeLink(ctx, codeOf(link))
  expect(await hasAdmin(ctx)).toBe(true)
})

test('a link for two is taken twice; what is returned can be taken again, and nobody else’s is', async () => {
  const { ctx, newLink } = await place()
  const [link, other] = [codeOf(await newLink(ctx, 2)), codeOf(await newLink(ctx, 1))]
  await takeLink(ctx, link)
  await readLink(ctx, link)
  const { id } = await takeLink(ctx, link)
  await takeLink(ctx, other)
  await expect(takeLink(ctx, link)).rejects.toMatchObject({ type: '/problems/link-spent', status: 410 })
  await expect(readLink(ctx, link)).rejects.toMatchObject({ type: '/problems/link-spent' })
  await returnLink(ctx, id)
  expect(await readLink(ctx, link)).toMatchObject({ id })
  await takeLink(ctx, link)
  for (const spent of [link, other])
    await expect(takeLink(ctx, spent)).rejects.toMatchObject({ type: '/problems/link-spent' })
})

test.each([
  ['1 microsecond', true],
  ['0', false],
])('with %s left a link works: %s', async (left, works) => {
  const { ctx, newLink } = await place()
  const code = codeOf(await newLink(ctx, 5))
  // Within one transaction the database's clock stands still.
  await inTransaction(ctx, async (own) => {
    await own.sql`update links set expires_at = now() + ${left}::text::interval`
    for (const use of [readLink, takeLink]) {
      if (works) expect(await use(own, code)).toMatchObject({ cohort: 'spring' })
      else await expect(use(own, code)).rejects.toMatchObject({ type: '/problems/link-spent' })
    }
  })
})

test('a code that no link has is unknown, however near it is', async () => {
  const { ctx, newLink } = await place()
  const code = codeOf(await newLink(ctx, 5))
  for (const wrong of ['', code.slice(1), code.toUpperCase() === code ? code.toLowerCase() : code.toUpperCase()])
    await expect(takeLink(ctx, wrong)).rejects.toMatchObject({ type: '/problems/link-unknown', status: 404 })
  expect(await readLink(ctx, code)).toMatchObject({ cohort: 'spring' })
})

test('who made a link stands beside it and in the audit trail', async () => {
  const { ctx, newLink } = await place()
  const [admin] = await ctx.sql<{ personId: string }[]>`select id as "personId" from people where role = 'admin'`
  const asAdmin: Context = {
    ...ctx,
    actor: { kind: 'person', role: 'admin', name: 'Operator', teamId: null, ...admin! },
  }
  const { id } = await readLink(ctx, codeOf(await newLink(asAdmin, 7)))
  expect((await ctx.sql`select created_by as by from links where id = ${id}`)[0]).toEqual({ by: admin!.personId })
  const [event] = await ctx.sql`
    select actor_id as by, action, detail from audit_events where subject = ${`link:${id}`}`
  expect(event).toEqual({ by: admin!.personId, action: 'link.created', detail: { role: 'rater', maxUses: 7 } })
})
