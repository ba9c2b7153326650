import { beforeAll, expect, test } from 'vitest'
import type { Pool, PoolFacets, QueriesChange, Query, QueryPage } from '#server/queries/schema.ts'
import { importPool } from '#server/queries/service.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { pngOf } from '../../support/png.ts'

let house: Arena
beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 12 })
})

const base = '/api/v1/pools'
const get = async <T>(url: string) => {
  const reply = await house.asAdmin.get(url)
  expect(reply.statusCode, reply.body).toBe(200)
  return reply.json<T>()
}
const ask = async (method: 'PATCH' | 'DELETE', url: string, payload?: object) =>
  house.app.inject({
    method,
    url,
    headers: { cookie: house.asAdmin.cookie, 'sec-fetch-site': 'same-origin' },
    ...(payload && { payload }),
  })
const change = async (slug: string, which: QueriesChange['which'], change: QueriesChange['change']) =>
  house.asAdmin.post(`${base}/${slug}/queries/changes`, { which, change })

/** A pool of drawn queries that no study asks. */
async function poolOf(slug: string, count: number) {
  const image = { bytes: pngOf(20, 10), source: 'drawn', licence: 'CC0' }
  const asked = Array.from({ length: count }, (_, n) => {
    const category = n % 2 === 0 ? ('charts' as const) : ('counting' as const)
    return { key: `k${n}`, category, language: 'en', question: `How many of ${n}%?`, image }
  })
  await importPool(house.ctx, { slug, name: slug, licence: '' }, asked)
}

test('a pool is made, renamed, archived and deleted; one that a study asks is not deleted', async () => {
  expect((await house.asAdmin.post(base, { slug: 'spare' })).statusCode).toBe(201)
  expect((await house.asAdmin.post(base, { slug: 'spare' })).json()).toMatchObject({ type: '/problems/pool-taken' })
  expect((await house.asAdmin.post(base, { slug: '../spare' })).statusCode).toBe(400)
  expect((await ask('PATCH', `${base}/spare`, { name: 'Spare', archived: true })).json()).toMatchObject({
    name: 'Spare',
    archived: true,
    queries: 0,
  })
  const study = { name: 'S', pool: 'spare', endpoints: (await endpoints()).slice(0, 2), open: false }
  expect((await house.asAdmin.post('/api/v1/studies', study)).body).toMatch(/'spare' is archived/)
  expect((await ask('DELETE', `${base}/spare`)).statusCode).toBe(204)
  expect((await house.asAdmin.get(`${base}/spare`)).statusCode).toBe(404)
  const refused = await ask('DELETE', `${base}/pool`)
  expect(refused.json()).toMatchObject({ type: '/problems/pool-in-use', detail: expect.stringMatching(/test-study/) })
  const audited = await house.ctx.sql`select action from audit_events where subject = 'pool:spare' order by id`
  expect(audited.map(({ action }) => action as string)).toEqual(['pool.created', 'pool.changed', 'pool.deleted'])
})

const endpoints = async () => (await house.ctx.sql`select id from endpoints`).map(({ id }) => id as string)

test('queries are paged from the newest, searched and filtered, and signs of a pattern are letters', async () => {
  await poolOf('paged', 25)
  const keys: string[] = []
  for (let after = ''; ;) {
    const page = await get<QueryPage>(`${base}/paged/queries?limit=10${after}`)
    expect(page.total).toBe(25)
    keys.push(...page.queries.map(({ key }) => key))
    if (page.next === null) break
    after = `&after=${page.next}`
  }
  expect(keys).toEqual(Array.from({ length: 25 }, (_, n) => `k${24 - n}`))
  const found = async (query: string) => (await get<QueryPage>(`${base}/paged/queries?${query}`)).total
  expect(await found('search=OF%207%25')).toBe(1)
  expect(await found('search=%25')).toBe(25)
  expect(await found('search=_')).toBe(0)
  expect(await found('category=charts')).toBe(13)
  expect(await found('state=held')).toBe(0)
  expect(await found('licence=CC0&source=drawn&language=en')).toBe(25)
  const facets = await get<PoolFacets>(`${base}/paged/facets`)
  expect(facets.category).toEqual([
    { value: 'charts', queries: 13 },
    { value: 'counting', queries: 12 },
  ])
  expect(facets.state).toEqual([{ value: 'drawn', queries: 25 }])
})

test('queries are edited one by one and by what they have; words under answers stay', async () => {
  await poolOf('edited', 6)
  const [first] = (await get<QueryPage>(`${base}/edited/queries`)).queries
  const edit = { category: 'documents', language: 'German', licence: 'CC BY 4.0', question: 'What?' } as const
  expect((await change('edited', { ids: [first!.id] }, { do: 'edit', edit })).json()).toEqual({
    changed: 1,
    deleted: 0,
  })
  expect(await get<Query>(`/api/v1/queries/${first!.id}`)).toMatchObject({ ...edit, language: 'de' })
  const all = await change('edited', { filter: { category: 'charts' } }, { do: 'edit', edit: { source: 'walk' } })
  expect(all.json()).toEqual({ changed: 3, deleted: 0 })
  const several = await change('edited', { filter: {} }, { do: 'edit', edit: { question: 'What?' } })
  expect(several.json()).toMatchObject({ detail: expect.stringMatching(/One question at a time/) })
  const wrong = await change('edited', { filter: {} }, { do: 'edit', edit: { language: 'no language' } })
  expect(wrong.statusCode).toBe(400)
  const [asked] = (await get<QueryPage>(`${base}/pool/queries`)).queries
  const reworded = await change('pool', { ids: [asked!.id] }, { do: 'edit', edit: { question: 'Other?' } })
  expect(reworded.json()).toMatchObject({ type: '/problems/query-asked' })
  const elsewhere = await change('edited', { ids: [asked!.id] }, { do: 'hold', reason: 'blurred' })
  expect(elsewhere.json()).toEqual({ changed: 0, deleted: 0 })
})

test('a held query is given to nobody, not even as a card that was leased before; a deleted one with answers can come back', async () => {
  const rater = await house.newRater()
  const { cards } = await rater.lease(2)
  const [held] = await house.ctx.sql<{ id: string }[]>`
    select query_id as id from battles where id = ${cards[0]!.battleId}`
  const voted = await rater.vote(cards[1]!, 'tie')
  expect(voted.statusCode).toBe(201)
  const reply = await change('pool', { ids: [held!.id] }, { do: 'hold', reason: 'blurred' })
  expect(reply.json()).toEqual({ changed: 1, deleted: 0 })
  expect(await get<Query>(`/api/v1/queries/${held!.id}`)).toMatchObject({ state: 'held', heldReason: 'blurred' })
  const again = await rater.lease(5)
  expect(again.cards.map(({ battleId }) => battleId)).not.toContain(cards[0]!.battleId)
  const drawn = await house.ctx.sql`
    select 1 from battles where id = any(${again.cards.map(({ battleId }) => battleId)}) and query_id = ${held!.id}`
  expect(drawn).toHaveLength(0)

  expect((await change('pool', { filter: {} }, { do: 'delete' })).json()).toEqual({ changed: 12, deleted: 0 })
  expect(await get<Pool>(`${base}/pool`)).toMatchObject({ queries: 0, held: 0, takenOut: 12 })
  expect((await (await house.newRater()).lease(1)).cards).toEqual([])
  expect(await house.ctx.sql`select 1 from votes where withdrawn_at is null`).toHaveLength(1)
  const released = await change('pool', { filter: { state: 'taken_out' } }, { do: 'release' })
  expect(released.json()).toEqual({ changed: 0, deleted: 0 })
  const restored = await change('pool', { filter: { state: 'taken_out' } }, { do: 'restore' })
  expect(restored.json()).toEqual({ changed: 12, deleted: 0 })
  expect((await (await house.newRater()).lease(1)).cards).toHaveLength(1)
})

test('queries that no model was asked are deleted for good', async () => {
  await poolOf('gone', 4)
  expect((await change('gone', { filter: { category: 'charts' } }, { do: 'delete' })).json()).toEqual({
    changed: 2,
    deleted: 2,
  })
  expect(await get<Pool>(`${base}/gone`)).toMatchObject({ queries: 2, takenOut: 0 })
})

test('raters and teams see and change nothing of pools', async () => {
  expect((await house.asRater.get(base)).statusCode).toBe(403)
  expect((await house.anonymous.get(`${base}/pool/queries`)).statusCode).toBe(401)
})
