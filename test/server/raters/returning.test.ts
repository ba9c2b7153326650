import { expect, test } from 'vitest'
import type { Me } from '#server/accounts/schema.ts'
import type { LinkOffer } from '#server/links/schema.ts'
import { createAdminLink, createRaterLink } from '#server/links/service.ts'
import { arena, type Arena, type Visitor } from '../../support/arena.ts'

async function newLink({ ctx, study }: Arena): Promise<string> {
  const link = await createRaterLink(ctx, study.id, { maxUses: 9, days: 1, cohort: 'late' }, 'http://localhost')
  return `/api/v1/links/${link.url.split('/').at(-1)!}`
}

const idOf = async (visitor: Visitor) => (await visitor.get('/api/v1/me')).json<Me>().person?.id
const offerTo = async (visitor: Visitor, link: string) => (await visitor.get(link)).json<LinkOffer>().returning
const goIdle = ({ ctx }: Arena) => ctx.sql`update sessions set last_seen_at = now() - interval '13 hours'`

/** Opens a link and returns the id of the person whom the new session belongs to. */
async function open({ app }: Arena, visitor: Visitor, link: string, returning: boolean): Promise<string> {
  const reply = await visitor.post(link, { consent: true, returning })
  const [session] = reply.cookies
  const headers = { cookie: `${session!.name}=${session!.value}` }
  return (await app.inject({ url: '/api/v1/me', headers })).json<Me>().person!.id
}

test('a rater whose session is over goes on as themselves by the invite link, and votes cast meanwhile are taken', async () => {
  const house = await arena()
  const link = await newLink(house)
  const id = await idOf(house.asRater)
  const { cards } = await house.asRater.lease(2)
  await goIdle(house)
  expect((await house.asRater.vote(cards[0]!, 'tie')).statusCode).toBe(401)
  expect(await offerTo(house.asRater, link)).toBe(true)
  const reply = await house.asRater.post(link, { consent: true, returning: true })
  const [session] = reply.cookies
  const vote = await house.app.inject({
    method: 'POST',
    url: `/api/v1/battles/${cards[0]!.battleId}/vote`,
    headers: { cookie: `${session!.name}=${session!.value}` },
    payload: { verdict: 'tie', rater: id },
  })
  expect(vote.statusCode).toBe(201)
  expect(vote.json()).toMatchObject({ late: false })
})

test('whoever does not ask to go on is somebody new', async () => {
  const house = await arena()
  const link = await newLink(house)
  const before = await idOf(house.asRater)
  await goIdle(house)
  expect(await open(house, house.asRater, link, false)).not.toBe(before)
})

test('going on uses nothing of the link up', async () => {
  const house = await arena()
  const link = await newLink(house)
  await goIdle(house)
  await open(house, house.asRater, link, true)
  expect(await house.ctx.sql`select 1 from links where cohort = 'late' and uses = 0`).toHaveLength(1)
})

test('a link offers it to nobody else: not to who is signed in, is new, signed out, belongs to no study here, or is disabled', async () => {
  const house = await arena()
  const link = await newLink(house)
  expect(await offerTo(house.asRater, link)).toBe(false)
  expect(await offerTo(house.anonymous, link)).toBe(false)
  const leaver = await house.newRater()
  await house.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie: leaver.cookie } })
  expect(await offerTo(leaver, link)).toBe(false)
  await goIdle(house)
  expect(await offerTo(house.asRater, link)).toBe(true)
  await house.ctx.sql`delete from enrolments`
  expect(await offerTo(house.asRater, link)).toBe(false)
})

test('a disabled rater does not come back as themselves', async () => {
  const house = await arena()
  const link = await newLink(house)
  const before = await idOf(house.asRater)
  await house.ctx.sql`update people set disabled_at = now() where role = 'rater'`
  expect(await offerTo(house.asRater, link)).toBe(false)
  expect(await open(house, house.asRater, link, true)).not.toBe(before)
})

test('whoever runs the arena never comes back by a rater’s link', async () => {
  const house = await arena()
  const link = await newLink(house)
  await house.ctx.sql`update people set role = 'researcher' where role = 'admin'`
  const [session] = (await house.asAdmin.post(link, { consent: true })).cookies
  await goIdle(house)
  const offer = await house.app.inject({ url: link, headers: { cookie: `${session!.name}=${session!.value}` } })
  expect(offer.json()).toMatchObject({ returning: false })
})

test('a link into no study offers no way back, and lets in whoever opens it', async () => {
  const house = await arena()
  const admin = await createAdminLink(house.ctx, 'http://localhost')
  await goIdle(house)
  expect(await offerTo(house.asRater, `/api/v1/links/${admin.url.split('/').at(-1)!}`)).toBe(false)
})
