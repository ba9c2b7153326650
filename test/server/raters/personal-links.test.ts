import { expect, test } from 'vitest'
import type { Me, SignedIn } from '#server/accounts/schema.ts'
import type { RaterGuide } from '#server/battles/schema.ts'
import type { CreatedLink, CreatedPersonalLinks, LinkOffer } from '#server/links/schema.ts'
import { createRaterLink } from '#server/links/service.ts'
import type { PersonalLinkList } from '#server/raters/links/schema.ts'
import { arena, visitor, type Arena, type Visitor } from '../../support/arena.ts'

const pathOf = (url: string) => `/api/v1/links/${url.split('/').at(-1)!}`

async function make({ asAdmin, study }: Arena, body: object): Promise<CreatedPersonalLinks['links']> {
  const reply = await asAdmin.post(`/api/v1/studies/${study.slug}/personal-links`, body)
  expect(reply.statusCode).toBe(201)
  return reply.json<CreatedPersonalLinks>().links
}

async function list({ asAdmin, study }: Arena, search = ''): Promise<PersonalLinkList> {
  return (await asAdmin.get(`/api/v1/studies/${study.slug}/personal-links${search}`)).json<PersonalLinkList>()
}

/** Opens a link as this visitor; the reply, and the visitor that its cookie makes. */
async function open({ app, study }: Arena, by: Visitor, url: string, body: object = { consent: true }) {
  const reply = await by.post(pathOf(url), body)
  const [session] = reply.cookies
  const said = reply.json<SignedIn & { type?: string; detail?: string }>()
  return { reply, said, as: visitor(app, session ? `${session.name}=${session.value}` : '', study.slug) }
}

const idOf = async (who: Visitor) => (await who.get('/api/v1/me')).json<Me>().person?.id
const offerOf = async (who: Visitor, url: string) => (await who.get(pathOf(url))).json<LinkOffer>()

test('personal links are made for people by name or by number, listed with the rater they belong to, and taken back', async () => {
  const house = await arena()
  const named = await make(house, { labels: ['Ana Ruiz', 'Ben'], cohort: 'campus', days: 30 })
  const three = await make(house, { people: 3 })
  expect(new Set([...named, ...three].map(({ url }) => url)).size).toBe(5)
  // The rater who is here already came by a shared link and has a return address.
  expect(await list(house)).toMatchObject({ counts: { unused: 5, used: 1, revoked: 0 }, pages: 1 })
  await open(house, house.anonymous, named[0]!.url)
  const { links } = await list(house, '?state=used')
  expect(links).toMatchObject([
    { label: 'Ana Ruiz', cohort: 'campus', rater: { number: 2 }, kind: 'personal' },
    { label: '', rater: { number: 1 }, kind: 'return' },
  ])
  expect(links[0]!.lastUsedAt).not.toBeNull()
  const url = `/api/v1/studies/${house.study.slug}/links/${named[0]!.id}`
  const revoke = await house.app.inject({ method: 'DELETE', url, headers: { cookie: house.asAdmin.cookie } })
  expect(revoke.statusCode).toBe(204)
  const { said } = await open(house, house.anonymous, named[0]!.url)
  expect(said).toMatchObject({ status: 410, detail: 'It was taken back. Ask whoever sent it for a new one' })
  expect(await list(house)).toMatchObject({ counts: { unused: 4, used: 1, revoked: 1 } })
})

test('a personal link brings the same rater back on any device as often as they like, and what they read once is not asked again', async () => {
  const house = await arena()
  const [link] = await make(house, {})
  const first = await open(house, house.anonymous, link!.url)
  const id = await idOf(first.as)
  await first.as.cast((await first.as.lease()).cards[0]!, 'tie')
  expect(await offerOf(house.anonymous, link!.url)).toMatchObject({ known: true, signedIn: 'nobody' })
  for (let device = 0; device < 3; device++) {
    const back = await open(house, house.anonymous, link!.url, {})
    expect(await idOf(back.as)).toBe(id)
    expect((await back.as.lease()).progress.votes).toBe(1)
  }
  expect(await offerOf(first.as, link!.url)).toMatchObject({ known: true, signedIn: 'owner' })
  await house.ctx.sql`update studies set consent = 'Votes are published.', consent_version = 2`
  expect(await offerOf(house.anonymous, link!.url)).toMatchObject({ known: false })
  expect((await open(house, house.anonymous, link!.url, {})).said.type).toBe('/problems/consent-needed')
  expect(await idOf((await open(house, house.anonymous, link!.url)).as)).toBe(id)
})

test('a personal link that is taken back signs out whoever came by it, on every device; given anew it brings them back, and the address from before does not', async () => {
  const house = await arena()
  const { app, asAdmin, asRater, study, anonymous } = house
  const [ana, ben] = await make(house, { labels: ['Ana', 'Ben'] })
  const desk = (await open(house, anonymous, ana!.url)).as
  const phone = (await open(house, anonymous, ana!.url, {})).as
  const asBen = (await open(house, anonymous, ben!.url)).as
  const id = await idOf(desk)
  const [card] = (await desk.lease()).cards
  const anew = `/api/v1/studies/${study.slug}/personal-links/${ana!.id}/anew`
  expect((await asAdmin.post(anew)).json()).toMatchObject({ type: '/problems/link-open', status: 409 })

  const url = `/api/v1/studies/${study.slug}/links/${ana!.id}`
  const revoke = () => app.inject({ method: 'DELETE', url, headers: { cookie: asAdmin.cookie } })
  expect((await revoke()).statusCode).toBe(204)
  expect((await revoke()).statusCode).toBe(204)
  for (const device of [desk, phone]) {
    expect((await device.get('/api/v1/me')).json<Me>()).toMatchObject({ person: null, takenBack: true })
    const refused = await device.post(`/api/v1/battles/${card!.battleId}/vote`, { verdict: 'tie', rater: id })
    expect(refused.json()).toMatchObject({ type: '/problems/sign-in-needed', reason: 'link-taken-back' })
  }
  for (const other of [asBen, asRater]) expect(await idOf(other)).toBeDefined()
  expect((await anonymous.get('/api/v1/me')).json<Me>().takenBack).toBe(false)
  // Nor does a shared link let this browser go on as the rater who was signed out.
  const { url: shared } = await createRaterLink(house.ctx, study.id, { maxUses: 5, days: 1, cohort: 'x' }, 'http://x')
  expect(await offerOf(desk, shared)).toMatchObject({ returning: false })

  const given = (await asAdmin.post(anew)).json<CreatedLink>()
  expect((await asAdmin.post(anew)).statusCode).toBe(409)
  expect((await open(house, anonymous, ana!.url, {})).reply.statusCode).toBe(404)
  expect(await idOf(desk)).toBeUndefined()
  const back = (await open(house, anonymous, given.url, {})).as
  expect(await idOf(back)).toBe(id)
  expect((await back.post(`/api/v1/battles/${card!.battleId}/vote`, { verdict: 'tie', rater: id })).statusCode).toBe(
    201,
  )
  expect((await list(house)).links).toContainEqual(
    expect.objectContaining({ label: 'Ana', state: 'used', rater: expect.anything() as unknown }),
  )
})

test('an expired link is given anew for as long again, and none of another study or one that several people share', async () => {
  const house = await arena()
  const { ctx, asAdmin, asRater, study, anonymous } = house
  const [link] = await make(house, { days: 1 })
  await ctx.sql`update links set expires_at = now() - interval '1 second' where id = ${link!.id}`
  const anew = (id: string) => `/api/v1/studies/${study.slug}/personal-links/${id}/anew`
  expect((await asRater.post(anew(link!.id))).statusCode).toBe(403)
  const given = (await asAdmin.post(anew(link!.id))).json<CreatedLink>()
  expect((Date.parse(given.expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(90, 1)
  expect((await open(house, anonymous, given.url)).reply.statusCode).toBe(200)
  const shared = await createRaterLink(ctx, study.id, { maxUses: 5, days: 1, cohort: 'x' }, 'http://x')
  await ctx.sql`update links set revoked_at = now() where id = ${shared.id}`
  for (const id of [shared.id, crypto.randomUUID()]) expect((await asAdmin.post(anew(id))).statusCode).toBe(404)
})

test('two devices that open a new personal link at once are one rater', async () => {
  const house = await arena()
  const [link] = await make(house, {})
  const both = await Promise.all([1, 2, 3].map(() => open(house, house.anonymous, link!.url)))
  const ids = await Promise.all(both.map(({ as }) => idOf(as)))
  expect(new Set(ids).size).toBe(1)
  expect(await house.ctx.sql`select 1 from enrolments`).toHaveLength(2)
})

test('on a shared computer a personal link switches to its rater; a vote kept by the page of the first is never taken as the second’s', async () => {
  const house = await arena()
  const [ana, ben] = await make(house, { labels: ['Ana', 'Ben'] })
  const asAna = (await open(house, house.anonymous, ana!.url)).as
  const anaId = await idOf(asAna)
  const [card] = (await asAna.lease()).cards
  expect(await offerOf(asAna, ben!.url)).toMatchObject({ known: false, signedIn: 'rater' })
  const asBen = (await open(house, asAna, ben!.url, { consent: true, somebodyElse: true })).as
  expect(await idOf(asBen)).not.toBe(anaId)
  const kept = { verdict: 'tie', rater: anaId }
  const refused = await asBen.post(`/api/v1/battles/${card!.battleId}/vote`, kept)
  expect(refused.json()).toMatchObject({ type: '/problems/another-rater' })
  const again = (await open(house, asBen, ana!.url, {})).as
  expect((await again.post(`/api/v1/battles/${card!.battleId}/vote`, kept)).statusCode).toBe(201)
})

test('somebody else at a computer where a rater is signed in joins by the shared link as somebody new', async () => {
  const house = await arena()
  const { ctx, study, asRater } = house
  const { url } = await createRaterLink(ctx, study.id, { maxUses: 5, days: 1, cohort: 'x' }, 'http://localhost')
  const before = await idOf(asRater)
  expect(await idOf((await open(house, asRater, url)).as)).toBe(before)
  const other = await open(house, asRater, url, { consent: true, somebodyElse: true })
  expect(await idOf(other.as)).not.toBe(before)
  expect(other.said.returnAddress).toMatch(/\/join\/[\w-]{22}$/)
})

test('whoever joins by a shared link is told a return address once; only its hash is stored, and it finds the rater', async () => {
  const house = await arena()
  const { ctx, study, anonymous } = house
  const { url } = await createRaterLink(ctx, study.id, { maxUses: 5, days: 1, cohort: 'x' }, 'http://localhost')
  const joined = await open(house, anonymous, url)
  const address = joined.said.returnAddress!
  const code = address.split('/').at(-1)!
  expect(await ctx.sql`select 1 from links where code_hash like ${`%${code}%`}`).toHaveLength(0)
  const back = await open(house, anonymous, address, {})
  expect(back.said).toMatchObject({ returnAddress: null, goTo: `/rate/${study.slug}` })
  expect(await idOf(back.as)).toBe(await idOf(joined.as))
  expect((await list(house)).links).toContainEqual(expect.objectContaining({ kind: 'return', state: 'used' }))

  const renewed = (await joined.as.post(`/api/v1/studies/${study.slug}/return-address`)).json<CreatedLink>()
  expect((await open(house, anonymous, address, {})).said).toMatchObject({ status: 410 })
  expect(await idOf((await open(house, anonymous, renewed.url, {})).as)).toBe(await idOf(joined.as))
})

test('an operator makes a way back for a rater who lost theirs, and none for whoever runs the arena or is not in the study', async () => {
  const house = await arena()
  const { ctx, study, asAdmin, asRater, anonymous } = house
  const [rater] = await ctx.sql<{ id: string }[]>`select rater_id as id from enrolments`
  const url = `/api/v1/studies/${study.slug}/raters/${rater!.id}/links`
  const made = (await asAdmin.post(url)).json<CreatedLink>()
  expect(await idOf((await open(house, anonymous, made.url, {})).as)).toBe(await idOf(asRater))
  expect((await asRater.post(url)).statusCode).toBe(403)
  expect((await asAdmin.post(url.replace(rater!.id, crypto.randomUUID()))).statusCode).toBe(404)
  expect((await asAdmin.post(`/api/v1/studies/${study.slug}/return-address`)).statusCode).toBe(403)
})

test('a personal link never signs anybody in as one of those who run the arena', async () => {
  const house = await arena()
  const [link] = await make(house, {})
  expect(await offerOf(house.asAdmin, link!.url)).toMatchObject({ signedIn: 'operator' })
  expect((await open(house, house.asAdmin, link!.url)).said.type).toBe('/problems/link-personal')
  const rater = await open(house, house.anonymous, link!.url)
  expect(rater.said.role).toBe('rater')
})

test('a closed study lets a rater of its own in to send what waits, and nobody new', async () => {
  const house = await arena()
  const [known, fresh] = await make(house, { people: 2 })
  await open(house, house.anonymous, known!.url)
  await house.ctx.sql`update studies set status = 'closed'`
  expect((await open(house, house.anonymous, known!.url, {})).reply.statusCode).toBe(200)
  expect((await open(house, house.anonymous, fresh!.url)).said.type).toBe('/problems/study-over')
})

test.each([
  ['none', { people: 0 }],
  ['too many', { people: 10_000 }],
  ['half a name', { labels: ['Ana', '  '] }],
  ['a name of a page', { labels: ['x'.repeat(121)] }],
  ['a link for ever', { days: 9_999 }],
])('%s is refused and makes no link', async (_, body) => {
  const house = await arena()
  const reply = await house.asAdmin.post(`/api/v1/studies/${house.study.slug}/personal-links`, body)
  expect(reply.statusCode).toBe(400)
  expect(await house.ctx.sql`select 1 from links where kind = 'personal'`).toHaveLength(0)
})

test('a rater reads guidelines, pay and contact as they are today, and what they have done, by sittings and days', async () => {
  const house = await arena()
  const { ctx, study, asAdmin, asRater, anonymous, app } = house
  const told = { guidelines: '1. Look.\n2. Read.', pay: '£9 an hour', contact: 'study@example.org', sittingMinutes: 20 }
  const headers = { cookie: asAdmin.cookie }
  const changed = await app.inject({ method: 'PATCH', url: `/api/v1/studies/${study.slug}`, headers, payload: told })
  expect(changed.json()).toMatchObject(told)
  for (let n = 0; n < 3; n++) await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  await ctx.sql`update votes set cast_at = cast_at - interval '3 days' where id = (select min(id) from votes)`
  const guide = async () => (await asRater.get(`/api/v1/studies/${study.slug}/guide`)).json<RaterGuide>()
  expect(await guide()).toMatchObject({ ...told, guidelinesVersion: 2, done: { votes: 3, sittings: 2, days: 2 } })
  await ctx.sql`update studies set status = 'closed'`
  expect((await guide()).done.votes).toBe(3)
  expect((await asAdmin.get(`/api/v1/studies/${study.slug}/guide`)).statusCode).toBe(403)
  expect((await anonymous.get(`/api/v1/studies/${study.slug}/guide`)).statusCode).toBe(401)
  const [link] = await make(house, {})
  expect((await offerOf(anonymous, link!.url)).study).toMatchObject({ pay: told.pay, sittingMinutes: 20 })
})
