import { expect, test } from 'vitest'
import { createRaterLink } from '#server/links/service.ts'
import { arena, type Arena } from '../../support/arena.ts'

async function newLink({ ctx, study }: Arena, maxUses: number): Promise<string> {
  const link = await createRaterLink(ctx, study.id, { maxUses, days: 1, cohort: 'spring' }, 'http://localhost')
  return `/api/v1/links/${link.url.split('/').at(-1)!}`
}

test('fifty who open a link for one at once: one gets in', async () => {
  const house = await arena()
  const link = await newLink(house, 1)
  const before = await house.ctx.sql`select 1 from people`
  const tries = Array.from({ length: 50 }, () => house.anonymous.post(link, { consent: true }))
  const codes = (await Promise.all(tries)).map(({ statusCode }) => statusCode)
  expect(codes.filter((code) => code === 200)).toHaveLength(1)
  expect(codes.filter((code) => code === 410)).toHaveLength(49)
  expect(await house.ctx.sql`select 1 from people`).toHaveLength(before.length + 1)
}, 60_000)

test('a link tells what it offers without being used up', async () => {
  const house = await arena()
  const link = await newLink(house, 1)
  const offer = (await house.anonymous.get(link)).json<{ role: string; study: { slug: string; consent: string } }>()
  expect(offer).toMatchObject({ role: 'rater', study: { slug: house.study.slug, sessionGoal: 100 } })
  expect(offer.study.consent).toContain('votes')
  expect((await house.anonymous.post(link, { consent: true })).json()).toMatchObject({
    role: 'rater',
    goTo: `/rate/${house.study.slug}`,
  })
  expect((await house.anonymous.get(link)).json()).toMatchObject({ type: '/problems/link-spent' })
})

test('an unknown, a malformed and an expired link are refused in words', async () => {
  const house = await arena()
  const link = await newLink(house, 5)
  for (const [code, status, type] of [
    ['AAAAAAAAAAAAAAAAAAAAAA', 404, '/problems/link-unknown'],
    ['short', 404, '/problems/link-unknown'],
    ['%00', 400, '/problems/invalid-input'],
  ])
    expect((await house.anonymous.get(`/api/v1/links/${code}`)).json()).toMatchObject({ status, type })
  await house.ctx.sql`update links set expires_at = now() - interval '1 second'`
  expect((await house.anonymous.post(link, { consent: true })).json()).toMatchObject({ type: '/problems/link-spent' })
})

test('without consent nobody joins and no use is spent', async () => {
  const house = await arena()
  const link = await newLink(house, 1)
  expect((await house.anonymous.post(link, {})).json()).toMatchObject({ type: '/problems/consent-needed' })
  expect((await house.anonymous.post(link, { consent: true })).statusCode).toBe(200)
})

test('somebody who is signed in joins as themselves, and joining twice uses nothing up', async () => {
  const house = await arena()
  const link = await newLink(house, 1)
  expect((await house.asRater.post(link, { consent: true })).statusCode).toBe(200)
  expect((await house.anonymous.post(link, { consent: true })).statusCode).toBe(200)
  const second = await newLink(house, 1)
  const refused = await house.asAdmin.post(second, { consent: true })
  expect(refused.json()).toMatchObject({ status: 409, type: '/problems/operators-try' })
  await house.ctx.sql`update people set role = 'researcher' where role = 'admin'`
  expect((await house.asAdmin.post(second, { consent: true })).json()).toMatchObject({ role: 'researcher' })
  await house.ctx.sql`update people set role = 'admin' where role = 'researcher'`
  const [admins] = await house.ctx.sql<{ n: number }[]>`select count(*)::int as n from people where role = 'admin'`
  expect(admins).toEqual({ n: 1 })
})

test('neither a code nor a token lies in the database', async () => {
  const house = await arena()
  const link = await newLink(house, 1)
  const code = link.split('/').at(-1)!
  const token = house.asRater.cookie.split('=')[1]!
  expect(code).toHaveLength(22)
  expect(token).toHaveLength(43)
  const rows = await house.ctx.sql<{ row: string }[]>`
    select l::text as row from links l union all select s::text from sessions s union all select e::text from audit_events e`
  const dump = rows.map(({ row }) => row).join('\n')
  expect(dump).not.toContain(code)
  expect(dump).not.toContain(token)
})

test('links and their use stand in the audit trail', async () => {
  const house = await arena()
  const rows = await house.ctx.sql<{ action: string }[]>`select distinct action from audit_events order by action`
  expect(rows.map(({ action }) => action)).toEqual(['link.created', 'link.redeemed', 'study.created'])
})
