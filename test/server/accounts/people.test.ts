import { describe, expect, test } from 'vitest'
import type { ApiToken, CreatedApiToken } from '#server/accounts/bearers/schema.ts'
import type { PeoplePage, Person } from '#server/accounts/people/schema.ts'
import type { RoleLink } from '#server/links/people/schema.ts'
import type { CreatedLink } from '#server/links/schema.ts'
import { arena, openLink, visitor, type Arena } from '../../support/arena.ts'

const list = async ({ asAdmin }: Arena, query = '') => (await asAdmin.get(`/api/v1/people${query}`)).json<PeoplePage>()

async function invited(house: Arena, role: 'researcher' | 'admin') {
  const made = (await house.asAdmin.post('/api/v1/invite-links', { role })).json<CreatedLink>()
  return visitor(house.app, await openLink(house.anonymous, made.url), house.study.slug)
}

function send({ app, asAdmin }: Arena, method: 'PATCH' | 'DELETE', address: string, payload?: object) {
  return app.inject({
    method,
    url: `/api/v1${address}`,
    headers: { cookie: asAdmin.cookie },
    ...(payload && { payload }),
  })
}

const whoIs = async (somebody: Arena['asAdmin']) =>
  (await somebody.get('/api/v1/me')).json<{ person: { id: string; role: string } | null }>().person

describe('SEC-21 people and roles', () => {
  test('everybody is listed with role, sessions and when they were seen', async () => {
    const house = await arena()
    const { people, total, pages } = await list(house)
    expect(people.map(({ role, sessions, disabled }) => [role, sessions, disabled])).toEqual([
      ['admin', 1, false],
      ['rater', 1, false],
    ])
    expect([total, pages]).toEqual([2, 1])
    expect(Date.now() - Date.parse(people[0]!.lastSeenAt!)).toBeLessThan(60_000)
    expect((await list(house, '?role=rater')).people).toHaveLength(1)
    expect((await list(house, '?state=disabled')).people).toEqual([])
  })

  test('a link makes researchers and admins, is listed, and taken back', async () => {
    const house = await arena()
    const researcher = await invited(house, 'researcher')
    expect(await whoIs(researcher)).toMatchObject({ role: 'researcher' })
    expect(await whoIs(await invited(house, 'admin'))).toMatchObject({ role: 'admin' })
    const { url, id } = (await house.asAdmin.post('/api/v1/invite-links', { role: 'admin' })).json<CreatedLink>()
    // Whoever is signed in stays who they are: the link makes somebody else.
    const asRater = await house.asRater.post(`/api/v1/links/${url.split('/').at(-1)}`, { name: 'Ann' })
    expect(asRater.json()).toMatchObject({ role: 'admin' })
    expect((await list(house, '?role=admin')).people.map(({ name }) => name)).toContain('Ann')
    const links = (await house.asAdmin.get('/api/v1/invite-links')).json<RoleLink[]>()
    expect(links.find((link) => link.id === id)).toMatchObject({ role: 'admin', uses: 1, state: 'spent', person: null })
    const open = (await house.asAdmin.post('/api/v1/invite-links', { role: 'admin', maxUses: 5 })).json<CreatedLink>()
    expect((await send(house, 'DELETE', `/invite-links/${open.id}`)).statusCode).toBe(204)
    expect((await house.anonymous.post(`/api/v1/links/${open.url.split('/').at(-1)}`, {})).statusCode).toBe(410)
    const [ofStudy] = await house.ctx.sql<{ id: string }[]>`select id from links where study_id is not null limit 1`
    expect((await send(house, 'DELETE', `/invite-links/${ofStudy!.id}`)).statusCode).toBe(404)
  })

  test('a new role signs out, a disabled account lets nobody in, and the last admin stays', async () => {
    const house = await arena()
    const researcher = await invited(house, 'researcher')
    const { id } = (await whoIs(researcher))!
    const [admin] = (await list(house, '?role=admin')).people
    for (const change of [{ role: 'rater' }, { disabled: true }]) {
      const reply = await send(house, 'PATCH', `/people/${admin!.id}`, change)
      expect([reply.statusCode, reply.json<{ type: string }>().type]).toEqual([409, '/problems/last-admin'])
    }
    expect((await send(house, 'PATCH', `/people/${id}`, { role: 'team' })).statusCode).toBe(400)
    expect((await send(house, 'PATCH', `/people/${id}`, { role: 'admin' })).json()).toMatchObject({
      role: 'admin',
      sessions: 0,
    })
    expect(await whoIs(researcher)).toBeNull()

    const back = (await house.asAdmin.post(`/api/v1/people/${id}/links`)).json<CreatedLink>()
    const again = visitor(house.app, await openLink(house.anonymous, back.url), house.study.slug)
    expect(await whoIs(again)).toEqual(expect.objectContaining({ id, role: 'admin' }))
    expect((await house.anonymous.post(`/api/v1/links/${back.url.split('/').at(-1)}`, {})).statusCode).toBe(410)

    expect((await send(house, 'DELETE', `/people/${id}/sessions`)).statusCode).toBe(204)
    expect(await whoIs(again)).toBeNull()
    const disabled = (await send(house, 'PATCH', `/people/${id}`, { disabled: true })).json<Person>()
    expect(disabled).toMatchObject({ disabled: true, sessions: 0 })
    expect((await house.asAdmin.post(`/api/v1/people/${id}/links`)).json()).toMatchObject({
      status: 409,
      type: '/problems/account-disabled',
    })
    expect((await send(house, 'PATCH', `/people/${id}`, { disabled: false, name: 'Ben' })).json()).toMatchObject({
      disabled: false,
      name: 'Ben',
    })
    const actions = await house.ctx.sql<
      { action: string }[]
    >`select action from audit_events where subject = ${`person:${id}`} order by id`
    expect(actions.map(({ action }) => action)).toEqual([
      ...['person.role-changed', 'person.signed-out', 'person.disabled', 'person.renamed', 'person.enabled'],
    ])
  })

  test('PRIV-2 a deleted account leads to nobody any more, and its votes stay as they were', async () => {
    const house = await arena()
    const [card] = (await house.asRater.lease(1)).cards
    await house.asRater.cast(card!, 'model_a')
    const { id } = (await whoIs(house.asRater))!
    await house.ctx.sql`update people set name = 'canary-name' where id = ${id}`
    await house.ctx.sql`update links set person_id = ${id}, label = 'canary-label' where study_id is not null`
    await house.ctx.sql`
      insert into panels (study_id, name, provider, code_hash, id_parameter, places, cohort, expires_at)
      values (${house.study.id}, 'p', 'other', 'h', 'PID', 1, 'c', now())`
    await house.ctx.sql`
      insert into panel_places (panel_id, study_id, participant_id, parameters, rater_id, state)
      select p.id, p.study_id, 'canary-panel', '{"PID":"canary-panel"}', r.id, 'active'
      from panels p, raters r where r.person_id = ${id}`
    const [before] = await house.ctx.sql`select * from votes`
    expect((await send(house, 'DELETE', `/people/${id}`)).statusCode).toBe(204)
    expect(await whoIs(house.asRater)).toBeNull()
    expect((await list(house)).people.map(({ role }) => role)).toEqual(['admin'])
    expect((await send(house, 'DELETE', `/people/${id}`)).statusCode).toBe(404)
    expect((await house.ctx.sql`select * from votes`)[0]).toEqual(before)
    for (const table of ['people', 'links', 'panel_places', 'audit_events', 'sessions'])
      expect([table, JSON.stringify(await house.ctx.sql`select * from ${house.ctx.sql(table)}`)]).toEqual([
        ...[table, expect.not.stringContaining('canary')],
      ])
    const [admin] = (await list(house, '?role=admin')).people
    expect((await send(house, 'DELETE', `/people/${admin!.id}`)).statusCode).toBe(409)
  })

  test('an admin is signed out after one idle hour, everybody else after twelve', async () => {
    const house = await arena()
    const researcher = await invited(house, 'researcher')
    const idle = (hours: number) =>
      house.ctx.sql`update sessions set last_seen_at = now() - ${hours}::int * interval '59 minutes'`
    await idle(1)
    expect(await whoIs(house.asAdmin)).not.toBeNull()
    await idle(2)
    expect(await whoIs(house.asAdmin)).toBeNull()
    expect(await whoIs(researcher)).not.toBeNull()
    await idle(13)
    expect([await whoIs(researcher), await whoIs(house.asRater)]).toEqual([null, null])
  })
})

describe('SEC-24 API tokens', () => {
  const make = async ({ asAdmin }: Arena, wanted: object) =>
    (await asAdmin.post('/api/v1/api-tokens', { name: 'CI', ...wanted })).json<CreatedApiToken>()
  const ask = (
    { app }: Arena,
    token: string,
    url = '/api/v1/studies',
    method: 'GET' | 'POST' | 'PATCH' = 'GET',
    payload?: object,
  ) => app.inject({ method, url, headers: { authorization: `Bearer ${token}` }, ...(payload && { payload }) })

  test('are shown once, ask as their owner within their scope, and end by time, by hand or with the account', async () => {
    const house = await arena()
    const reads = await make(house, { scope: 'read' })
    const writes = await make(house, { scope: 'write', days: 1 })
    expect(reads.token).toMatch(/^arena_[\w-]{43}$/)
    expect((await ask(house, reads.token)).statusCode).toBe(200)
    const team = { name: 'From a script' }
    expect((await ask(house, reads.token, '/api/v1/teams', 'POST', team)).json()).toMatchObject({
      status: 403,
      detail: 'This token only reads',
    })
    expect((await ask(house, writes.token, '/api/v1/teams', 'POST', team)).statusCode).toBe(201)
    expect((await ask(house, writes.token, '/api/v1/api-tokens', 'POST', { name: 'more' })).statusCode).toBe(403)
    const listed = (await house.asAdmin.get('/api/v1/api-tokens')).json<ApiToken[]>()
    expect(listed.map(({ scope, state }) => [scope, state])).toEqual([
      ['write', 'works'],
      ['read', 'works'],
    ])
    expect(listed[1]!.lastUsedAt).not.toBeNull()
    expect(
      JSON.stringify([
        listed,
        await house.ctx.sql`select * from api_tokens`,
        await house.ctx.sql`select * from audit_events`,
      ]),
    ).not.toContain(reads.token.slice(6, 20))

    expect((await send(house, 'DELETE', `/api-tokens/${reads.id}`)).statusCode).toBe(204)
    await house.ctx.sql`update api_tokens set expires_at = now() where id = ${writes.id}`
    for (const token of [reads.token, writes.token, 'arena_made-up', '']) {
      // Also where everybody may read: a script is told that its token no longer works.
      for (const url of ['/api/v1/studies', '/api/v1/boards']) {
        const reply = await ask(house, token, url)
        expect([url, reply.statusCode]).toEqual([url, 401])
      }
    }
  })

  test('are a person’s own, and go with their account', async () => {
    const house = await arena()
    const researcher = await invited(house, 'researcher')
    const { id } = (await whoIs(researcher))!
    const theirs = (await researcher.post('/api/v1/api-tokens', { name: 'mine' })).json<CreatedApiToken>()
    await make(house, {})
    expect((await researcher.get('/api/v1/api-tokens')).json<ApiToken[]>().map(({ name }) => name)).toEqual(['mine'])
    expect((await house.asAdmin.get('/api/v1/api-tokens')).json<ApiToken[]>()).toHaveLength(2)
    expect((await house.asRater.post('/api/v1/api-tokens', { name: 'x' })).statusCode).toBe(403)
    await send(house, 'PATCH', `/people/${id}`, { disabled: true })
    expect((await ask(house, theirs.token)).statusCode).toBe(401)
    await send(house, 'PATCH', `/people/${id}`, { disabled: false })
    expect((await ask(house, theirs.token)).statusCode).toBe(401)
  })
})
