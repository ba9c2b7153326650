import { expect, test } from 'vitest'
import { copyStudy } from '#server/studies/copy-study.ts'
import type { Study } from '#server/studies/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'

const models = [{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cy' }]

/** A draft that is a copy of the house's open study. */
async function copied(house: Arena): Promise<Study> {
  const made = await house.asAdmin.post(`/api/v1/studies/${house.study.slug}/copy`, { name: 'Wave 2' })
  expect(made.statusCode).toBe(201)
  return made.json<Study>()
}

function send({ app, asAdmin }: Arena, method: 'PATCH' | 'DELETE', url: string, payload?: object) {
  return app.inject({ method, url, headers: { cookie: asAdmin.cookie }, ...(payload && { payload }) })
}

test('a copy is a draft with the settings, the pool and the models of the old study, and none of its votes', async () => {
  const house = await arena({ models })
  const url = `/api/v1/studies/${house.study.slug}`
  await send(house, 'PATCH', url, { quotaPerPair: 7, licence: 'CC0', guidelines: 'Look.', consent: '' })
  await house.asRater.cast((await house.asRater.lease()).cards[0]!, 'tie')
  const old = (await house.asAdmin.get(url)).json<Study>()
  const { slug, name, status, votes, raters, createdAt, collections, outlook, publishing, ...same } =
    await copied(house)
  expect({ slug, name, status, votes, raters, publishing }).toEqual({
    publishing: 'batched',
    slug: 'wave-2',
    name: 'Wave 2',
    status: 'draft',
    votes: 0,
    raters: 0,
  })
  expect(old).toMatchObject({ ...same, coverage: expect.anything() as unknown })
  expect(same.members.map(({ model }) => model.name)).toEqual(['Ann', 'Ben', 'Cy'])
  expect(collections.every(({ ready }) => ready === 0) && createdAt > old.createdAt).toBe(true)
  expect(outlook).toEqual([])
})

test('a copy leaves out models whose endpoint was taken out, and says which', async () => {
  const { ctx, study } = await arena({ models })
  await ctx.sql`update endpoints set deleted_at = now() where name = 'ben@test'`
  const { leftOut } = await copyStudy(ctx, study.slug, 'Again')
  expect(leftOut).toEqual(['Ben'])
})

test('a draft takes other models and another pool; what has begun keeps both', async () => {
  const house = await arena({ models })
  const { ctx, asAdmin, study } = house
  await ctx.sql`insert into pools (slug, name) values ('other', 'Other')`
  const draft = `/api/v1/studies/${(await copied(house)).slug}`
  expect((await send(house, 'PATCH', draft, { pool: 'other' })).json()).toMatchObject({ pool: { slug: 'other' } })
  expect((await send(house, 'DELETE', `${draft}/models/ben`)).json<Study>().members).toHaveLength(2)
  expect((await send(house, 'DELETE', `${draft}/models/ben`)).statusCode).toBe(404)
  await send(house, 'DELETE', `${draft}/models/cy`)
  expect((await asAdmin.post(`${draft}/open`)).json()).toMatchObject({ type: '/problems/study-needs-models' })
  const [ben] = await ctx.sql<{ id: string }[]>`select id from endpoints where name = 'ben@test'`
  const added = await asAdmin.post(`${draft}/models`, { endpoint: ben!.id })
  expect(added.json<Study>().members.map(({ model }) => model.name)).toEqual(['Ann', 'Ben'])

  const begun = `/api/v1/studies/${study.slug}`
  for (const refused of [
    await send(house, 'PATCH', begun, { pool: 'other' }),
    await send(house, 'DELETE', `${begun}/models/ben`),
  ])
    expect(refused.json()).toMatchObject({ status: 409, type: '/problems/study-state' })
  expect((await send(house, 'PATCH', begun, { pool: 'pool' })).statusCode).toBe(200)
  const told =
    await ctx.sql`select action, detail from audit_events where action in ('study.changed', 'study.model-removed')`
  expect(told[0]).toEqual({ action: 'study.changed', detail: { poolId: 'changed' } })
  expect(told).toHaveLength(3)
})
