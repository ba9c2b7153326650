import { expect, test } from 'vitest'
import { createAdminLink } from '#server/links/service.ts'
import { describeLink, redeemLink } from '#server/raters/service.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { join, newCode, newPerson, openAnother } from '../../support/people.ts'

const agreed = { consent: true }
const problem = (slug: string, detail?: string) => ({
  type: `/problems/${slug}`,
  ...(detail === undefined ? {} : { detail }),
})

async function adminCode({ ctx }: Arena): Promise<string> {
  return (await createAdminLink(ctx, 'http://localhost')).url.split('/').at(-1)!
}

async function usesOfNewest({ ctx }: Arena): Promise<number> {
  const [link] = await ctx.sql<{ uses: number }[]>`select uses from links order by created_at desc limit 1`
  return link!.uses
}

const enrolments = ({ ctx }: Arena) => ctx.sql<{ cohort: string; version: number; agreed: boolean }[]>`
  select cohort, consent_version as version, consented_at is not null as agreed from enrolments order by created_at`

test('an admin link offers a role and no study, leads home, and works once', async () => {
  const house = await arena()
  const code = await adminCode(house)
  expect(await describeLink(house.ctx, code)).toMatchObject({ role: 'admin', study: null })
  const joined = await redeemLink(house.ctx, code, { consent: false })
  expect(joined).toMatchObject({ goTo: '/', person: { role: 'admin', name: 'Operator' } })
  await expect(redeemLink(house.ctx, code, agreed)).rejects.toMatchObject(problem('link-spent'))
})

test('the admin link of an account that was closed since signs nobody in and stays unused', async () => {
  const house = await arena()
  const code = await adminCode(house)
  await house.ctx.sql`update people set disabled_at = now() where role = 'admin'`
  const refused = problem('link-unknown', 'The account it belongs to has been closed')
  await expect(redeemLink(house.ctx, code, agreed)).rejects.toMatchObject(refused)
  expect(await usesOfNewest(house)).toBe(0)
})

test('an admin link makes its own operator of whoever opens it, a rater too', async () => {
  const house = await arena()
  const joined = await redeemLink(await newPerson(house.ctx), await adminCode(house), agreed)
  expect(joined.person).toMatchObject({ role: 'admin', name: 'Operator' })
})

test('a closed study takes no more raters, and its link keeps its uses', async () => {
  const house = await arena()
  const code = await newCode(house.ctx, house.study.id)
  await house.ctx.sql`update studies set status = 'closed'`
  const refused = problem('study-over', 'It takes no more raters')
  await expect(redeemLink(house.ctx, code, agreed)).rejects.toMatchObject(refused)
  expect(await usesOfNewest(house)).toBe(0)
  expect(await enrolments(house)).toHaveLength(1)
})

test('a study without conditions asks nobody to agree', async () => {
  const house = await arena({ study: { consent: '' } })
  const code = await newCode(house.ctx, house.study.id)
  expect(await redeemLink(house.ctx, code, { consent: false })).toMatchObject({ goTo: `/rate/${house.study.slug}` })
})

test('whoever joins is a rater, under a session of their own', async () => {
  const house = await arena()
  const code = await newCode(house.ctx, house.study.id, 2)
  const [one, other] = [await redeemLink(house.ctx, code, agreed), await redeemLink(house.ctx, code, agreed)]
  expect(one.person).toMatchObject({ role: 'rater', name: 'Rater' })
  expect(one.person.personId).not.toBe(other.person.personId)
  expect(one.token).not.toBe(other.token)
  await expect(redeemLink(house.ctx, code, agreed)).rejects.toMatchObject(problem('link-spent'))
})

test('a rater who opens a link in ten tabs at once spends one use of it', async () => {
  const house = await arena()
  const code = await newCode(house.ctx, house.study.id, 20)
  const rater = await newPerson(house.ctx)
  await Promise.all(Array.from({ length: 10 }, () => redeemLink(rater, code, agreed)))
  expect(await usesOfNewest(house)).toBe(1)
  expect(await enrolments(house)).toHaveLength(2)
})

test('a use that is given back is that of the same link', async () => {
  const house = await arena()
  const [known, other] = [await newCode(house.ctx, house.study.id, 5), await newCode(house.ctx, house.study.id, 5)]
  const rater = await newPerson(house.ctx)
  await redeemLink(house.ctx, other, agreed)
  await redeemLink(rater, other, agreed)
  await redeemLink(rater, known, agreed)
  expect(await house.ctx.sql`select uses from links where max_uses = 5 order by created_at`).toEqual([
    { uses: 0 },
    { uses: 2 },
  ])
})

test('a rater who opens a second invitation stays in the cohort of the first', async () => {
  const house = await arena()
  const rater = await newPerson(house.ctx)
  await join(rater, house.study.id, 'spring')
  await join(rater, house.study.id, 'autumn')
  expect(await enrolments(house)).toEqual([
    { cohort: 'test', version: 1, agreed: true },
    { cohort: 'spring', version: 1, agreed: true },
  ])
})

test('one person joins two studies as one rater', async () => {
  const house = await arena()
  const second = await openAnother(house.ctx, 'Second')
  const rater = await newPerson(house.ctx)
  await join(rater, house.study.id)
  const { goTo } = await redeemLink(rater, await newCode(house.ctx, second.id), agreed)
  expect(goTo).toBe('/rate/second')
  expect(await usesOfNewest(house)).toBe(1)
  expect(await house.ctx.sql`select 1 from raters`).toHaveLength(2)
  expect(await enrolments(house)).toHaveLength(3)
})

test('joining is noted as the act of whoever joined', async () => {
  const house = await arena()
  const { person } = await redeemLink(house.ctx, await newCode(house.ctx, house.study.id), agreed)
  const [event] = await house.ctx.sql`
    select actor_id as actor, detail from audit_events where action = 'link.redeemed' and actor_id = ${person.personId}`
  expect(event).toEqual({ actor: person.personId, detail: { role: 'rater' } })
})
