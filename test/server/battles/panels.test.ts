import { expect, test } from 'vitest'
import type { Me } from '#server/accounts/schema.ts'
import type { OwnPlace, Panel, PanelAddress, PanelExit, PanelPlaces } from '#server/raters/panels/schema.ts'
import { arena, visitor, type Arena, type Visitor } from '../../support/arena.ts'
import { recount } from '../../support/vote-checker.ts'

const prolific = (id: string, session = 's1') => ({ PROLIFIC_PID: id, STUDY_ID: 'st', SESSION_ID: session })

async function panelOf(house: Arena, body: object = {}) {
  const { asAdmin, study } = house
  await house.ctx.sql`update studies set session_goal = 2 where id = ${study.id}`
  const input = { provider: 'prolific', completionCode: 'C0DE', screenedCode: 'N0', places: 5, ...body }
  const reply = await asAdmin.post(`/api/v1/studies/${study.slug}/panels`, input)
  expect(reply.statusCode).toBe(201)
  const { id, url } = reply.json<PanelAddress>()
  const code = /panel\/([\w-]{22})\?/.exec(url)![1]!
  const at = `/api/v1/studies/${study.slug}/panels/${id}`
  return { id, url, code, at }
}

/** Comes in with these parameters; the reply, and who that makes. */
async function come({ app, anonymous, study }: Arena, code: string, parameters: object, consent = true) {
  const reply = await anonymous.post(`/api/v1/panels/${code}`, { parameters, consent })
  const [session] = reply.cookies
  return { reply, as: visitor(app, session ? `${session.name}=${session.value}` : '', study.slug) }
}

const idOf = async (who: Visitor) => (await who.get('/api/v1/me')).json<Me>().person?.id
const finish = async ({ study }: Arena, who: Visitor) =>
  (await who.post(`/api/v1/studies/${study.slug}/sitting/finish`)).json<OwnPlace>()
const placesOf = async ({ asAdmin }: Arena, at: string) =>
  (await asAdmin.get(`${at}/places`)).json<PanelPlaces>().places

async function vote(who: Visitor, count: number) {
  for (let n = 0; n < count; n++) await who.cast((await who.lease()).cards[0]!, 'tie')
}

test('the address has what Prolific and Connect fill in; the same id is one rater on any device, told the code at the goal and again after it', async () => {
  const house = await arena()
  const { code, url, at } = await panelOf(house)
  expect(url).toContain('?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}')
  expect((await panelOf(house, { provider: 'connect' })).url).toContain(
    '?participantId={{participantId}}&assignmentId=',
  )
  const one = await come(house, code, prolific('p1'))
  await vote(one.as, 1)
  expect(await finish(house, one.as)).toEqual({ place: { votes: 1, goal: 2 }, exit: null })
  const two = await come(house, code, prolific('p1'), false)
  expect(await idOf(two.as)).toBe(await idOf(one.as))
  await vote(two.as, 1)
  const exit = { state: 'completed', code: 'C0DE', url: 'https://app.prolific.com/submissions/complete?cc=C0DE' }
  for (const who of [one.as, two.as, two.as]) expect((await finish(house, who)).exit).toEqual(exit)
  expect(await placesOf(house, at)).toMatchObject([{ participantId: 'p1', state: 'completed', votes: 2, counted: 2 }])
})

test('two devices with a new id at once are one rater in one place', async () => {
  const house = await arena()
  const { code, at } = await panelOf(house)
  const both = await Promise.all([1, 2, 3].map(() => come(house, code, prolific('p1'))))
  expect(new Set(await Promise.all(both.map(({ as }) => idOf(as)))).size).toBe(1)
  expect(await placesOf(house, at)).toHaveLength(1)
})

test('a later sitting of the same person begins anew with their next votes', async () => {
  const house = await arena()
  const { code, at } = await panelOf(house)
  const first = (await come(house, code, prolific('p1', 's1'))).as
  await vote(first, 3)
  await finish(house, first)
  const second = (await come(house, code, prolific('p1', 's2'))).as
  expect(await idOf(second)).toBe(await idOf(first))
  expect(await second.lease()).toMatchObject({ sittingFrom: 3, progress: { votes: 3 } })
  expect((await finish(house, second)).exit).toBeNull()
  await vote(second, 2)
  expect((await finish(house, second)).exit).toMatchObject({ state: 'completed' })
  expect(await placesOf(house, at)).toMatchObject([
    { sessionId: 's1', votes: 3 },
    { sessionId: 's2', votes: 2 },
  ])
})

test('a returned place frees its cards, gives its room to another, takes no more cards, and is taken back by the same id', async () => {
  const house = await arena()
  const { code, at } = await panelOf(house, { places: 1 })
  const { ctx, study } = house
  const first = (await come(house, code, prolific('p1'))).as
  const batch = await first.lease(3)
  await first.cast(batch.cards[0]!, 'tie')
  expect((await come(house, code, prolific('p2'))).reply.json()).toMatchObject({ type: '/problems/panel-over' })
  const exit = (await first.post(`/api/v1/studies/${study.slug}/sitting/return`)).json<PanelExit>()
  expect(exit).toEqual({ state: 'returned', code: '', url: '' })
  const open =
    await ctx.sql`select 1 from battles where consumed_at is null and released_at is null and leased_until > now()`
  expect(open).toHaveLength(0)
  const refused = await first.post(`/api/v1/studies/${study.slug}/battles/lease`, { count: 1 })
  expect(refused.json()).toMatchObject({ type: '/problems/rater-paused' })
  await house.asAdmin.post(`${at}/places/${(await placesOf(house, at))[0]!.id}/restore`)
  await vote(first, 1)
  await house.asAdmin.post(`${at}/places/${(await placesOf(house, at))[0]!.id}/return`)
  const again = (await come(house, code, prolific('p1', 's9'))).as
  expect(await idOf(again)).toBe(await idOf(first))
  await vote(again, 1)
  expect(await recount(ctx)).toMatchObject({ differences: [] })
})

test('whoever does not agree is told how to leave, makes no rater and takes no place', async () => {
  const house = await arena()
  const { code, at } = await panelOf(house, {
    screenedUrl: 'https://panel.example/out?who={id}&s={SESSION_ID}&c={code}',
  })
  const body = { parameters: prolific('p/1'.replace('/', '+')) }
  const exit = (await house.anonymous.post(`/api/v1/panels/${code}/decline`, body)).json<PanelExit>()
  expect(exit).toEqual({ state: 'screened', code: 'N0', url: 'https://panel.example/out?who=p%2B1&s=s1&c=N0' })
  expect(await placesOf(house, at)).toMatchObject([{ state: 'screened', rater: null, votes: 0 }])
  expect(await house.ctx.sql`select 1 from enrolments`).toHaveLength(1)
  expect((await come(house, code, body.parameters)).reply.statusCode).toBe(200)
})

test('a study that is closed before the goal completes a sitting; somebody excluded is screened out; others were sent by nobody', async () => {
  const house = await arena()
  const { code } = await panelOf(house)
  const [one, two] = [(await come(house, code, prolific('p1'))).as, (await come(house, code, prolific('p2'))).as]
  await house.ctx.sql`
    insert into rater_exclusions (study_id, rater_id, reason, at)
    select l.study_id, l.rater_id, 'speed', now() from panel_places l where participant_id = 'p2'`
  expect((await finish(house, two)).exit).toMatchObject({ state: 'screened', code: 'N0' })
  await house.asAdmin.post(`/api/v1/studies/${house.study.slug}/close`)
  expect((await finish(house, one)).exit).toMatchObject({ state: 'completed' })
  expect(await finish(house, house.asRater)).toEqual({ place: null, exit: null })
})

test.each([
  ['no id', {}],
  ['a place that was not filled in', prolific('{{%PROLIFIC_PID%}}')],
  ['an id of a page', prolific('x'.repeat(101))],
  ['an id with markup', prolific('<b>1</b>')],
  ['a sitting that was not filled in', prolific('p1', '{{%SESSION_ID%}}')],
])('%s is refused in a sentence and makes nobody', async (_, parameters) => {
  const house = await arena()
  const { code } = await panelOf(house)
  const { reply } = await come(house, code, parameters)
  expect(reply.json()).toMatchObject({ status: 400, type: '/problems/panel-id-missing' })
  expect(await house.ctx.sql`select 1 from panel_places`).toHaveLength(0)
})

test.each([
  ['a script as a way out', { completionUrl: 'javascript:alert(1)' }],
  ['a way out in the clear', { completionUrl: 'http://panel.example' }],
  ['no parameter for the id', { provider: 'other' }],
  ['a parameter that is none', { provider: 'other', idParameter: 'a&b' }],
  ['places without end', { places: 100_000 }],
])('%s makes no panel', async (_, body) => {
  const { asAdmin, study } = await arena()
  const reply = await asAdmin.post(`/api/v1/studies/${study.slug}/panels`, { provider: 'prolific', ...body })
  expect(reply.statusCode).toBe(400)
})

test('a panel is listed, changed, stopped, gets a new address, and is deleted only while nobody has come by it', async () => {
  const house = await arena()
  const { code, at, id } = await panelOf(house, { provider: 'other', idParameter: 'who', name: 'Own' })
  const { app, asAdmin, study } = house
  const patch = (payload: object) =>
    app.inject({ method: 'PATCH', url: at, headers: { cookie: asAdmin.cookie }, payload })
  const erase = () => app.inject({ method: 'DELETE', url: at, headers: { cookie: asAdmin.cookie } })
  expect((await patch({ stopped: true, places: 9 })).json<Panel>()).toMatchObject({ state: 'stopped', places: 9 })
  expect((await come(house, code, { who: 'w1' })).reply.statusCode).toBe(410)
  expect((await patch({ stopped: false })).json<Panel>().state).toBe('open')
  const renewed = (await asAdmin.post(`${at}/address`)).json<PanelAddress>().url
  expect((await come(house, code, { who: 'w1' })).reply.json()).toMatchObject({ type: '/problems/panel-unknown' })
  await come(house, /panel\/([\w-]{22})/.exec(renewed)![1]!, { who: 'w1' })
  const list = (await asAdmin.get(`/api/v1/studies/${study.slug}/panels`)).json<Panel[]>()
  expect(list).toMatchObject([{ id, name: 'Own', counts: { active: 1 }, sessionParameter: '' }])
  expect((await erase()).json()).toMatchObject({ type: '/problems/panel-in-use' })
  const { at: unused } = await panelOf(house)
  const gone = await app.inject({ method: 'DELETE', url: unused, headers: { cookie: asAdmin.cookie } })
  expect(gone.statusCode).toBe(204)
})

test('completions and bonuses come as panels take them, for admins alone, without whoever was excluded; no archive of votes has an id', async () => {
  const house = await arena()
  const { code, at } = await panelOf(house)
  const { asAdmin, asRater, ctx, study } = house
  for (const id of ['p1', 'p2', 'p3']) {
    const who = (await come(house, code, prolific(id))).as
    await vote(who, id === 'p1' ? 4 : 2)
    await finish(house, who)
  }
  const raterOf = (await placesOf(house, at)).find(({ participantId }) => participantId === 'p3')!.rater!.id
  const reason = { raters: [raterOf], reason: 'speed', note: '' }
  await asAdmin.post(`/api/v1/studies/${study.slug}/raters/exclusions`, reason)
  expect((await asAdmin.get(`${at}/bonus.csv?perVote=0.05`)).body).toBe('p1,0.10\r\n')
  expect((await asAdmin.get(`${at}/bonus.csv?perVote=0.05&fixed=1`)).body).toBe('p1,1.10\r\np2,1.00\r\n')
  const list = (await asAdmin.get(`${at}/places.csv`)).body
  expect(list).toMatch(/^participant_id,session_id,state,/)
  expect(list).toMatch(/^p3,s1,completed,\d+,2,0,[\d.]+,yes,/m)
  for (const path of ['places', 'places.csv', 'bonus.csv'])
    expect((await asRater.get(`${at}/${path}`)).statusCode).toBe(403)
  const raters = await asAdmin.get(`/api/v1/studies/${study.slug}/raters.csv`)
  const votes = await asAdmin.get(`/api/v1/boards/${study.slug}/export?format=votes-jsonl`)
  for (const { body } of [raters, votes]) expect(body).not.toMatch(/\bp[123]\b/)
  expect(await ctx.sql`select 1 from panel_places where state = 'completed'`).toHaveLength(3)
})
