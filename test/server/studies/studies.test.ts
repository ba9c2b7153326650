import { expect, test } from 'vitest'
import { buildApp } from '#server/app.ts'
import { importPool } from '#server/queries/service.ts'
import type { Study } from '#server/studies/schema.ts'
import { openStudy } from '#server/studies/service.ts'
import { arena, type Arena } from '../../support/arena.ts'
import { watch } from '../../support/watched-sql.ts'

async function endpointIds({ ctx }: Arena): Promise<string[]> {
  const rows = await ctx.sql<{ id: string }[]>`select id from endpoints order by name`
  return rows.map(({ id }) => id)
}

test('a study is created, opened, and every model is asked for its answers', async () => {
  const house = await arena()
  const endpoints = await endpointIds(house)
  const reply = await house.asAdmin.post('/api/v1/studies', { name: 'Été, 2nd wave!', pool: 'pool', endpoints })
  expect(reply.statusCode).toBe(201)
  const study = reply.json<Study>()
  expect(study).toMatchObject({
    slug: 'ete-2nd-wave',
    status: 'open',
    publishing: 'batched',
    models: 4,
    queries: 12,
    votes: 0,
  })
  expect(study.collections).toHaveLength(4)
  expect(study.collections[0]).toMatchObject({ total: 12, ready: 0, state: 'preparing' })
  expect(study.coverage).toHaveLength(6)
  expect(study.consent).toContain('votes')
  expect(house.queued.filter(({ name }) => name === 'collect-responses')).toHaveLength(4)
})

test('two studies of one name have different addresses, and none takes that of the published table', async () => {
  const house = await arena()
  const endpoints = await endpointIds(house)
  const slugs = []
  for (const name of ['Twin', 'Twin', 'Twin', 'Reference']) {
    const reply = await house.asAdmin.post('/api/v1/studies', { name, pool: 'pool', endpoints })
    slugs.push(reply.json<Study>().slug)
  }
  expect(slugs).toEqual(['twin', 'twin-2', 'twin-3', 'reference-2'])
})

test('opening twice changes nothing', async () => {
  const { ctx, study } = await arena()
  await openStudy(ctx, study.slug)
  await openStudy(ctx, study.slug)
  expect(await ctx.sql`select status from studies`).toEqual([{ status: 'open' }])
})

test('an unknown pool, an unknown endpoint, and one model twice are refused in words', async () => {
  const house = await arena()
  const endpoints = await endpointIds(house)
  const post = (body: object) => house.asAdmin.post('/api/v1/studies', { name: 'X', pool: 'pool', endpoints, ...body })
  expect((await post({ pool: 'none' })).json()).toMatchObject({ status: 404, detail: "There is no pool 'none'" })
  expect((await post({ endpoints: [endpoints[0], '00000000-0000-4000-8000-000000000000'] })).statusCode).toBe(404)
  expect((await post({ endpoints: [endpoints[0], endpoints[0]] })).json()).toMatchObject({
    type: '/problems/study-needs-models',
  })
  expect((await post({ endpoints: [endpoints[0]] })).statusCode).toBe(400)
  expect(await house.ctx.sql`select 1 from studies`).toHaveLength(1)
})

test('coverage counts what fills a quota, and progress shows what is ready and what is held', async () => {
  const { asRater, asAdmin, ctx, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  await ctx.sql`update responses set status = 'held' where id = (select id from responses limit 1)`
  await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  await asRater.cast((await asRater.lease()).cards[0]!, 'unsure')
  const seen = (await asAdmin.get(`/api/v1/studies/${study.slug}`)).json<Study>()
  expect(seen.coverage).toEqual([{ modelA: 'ann', modelB: 'ben', votes: 1, quota: 450 }])
  expect(seen.collections.map(({ ready, held }) => ready + held)).toEqual([12, 12])
  expect(seen.collections.reduce((sum, { held }) => sum + held, 0)).toBe(1)
})

test('an invite link is for researchers to make, and leads to the study', async () => {
  const { asAdmin, asRater, anonymous, study } = await arena()
  const url = `/api/v1/studies/${study.slug}/links`
  expect((await asRater.post(url, {})).statusCode).toBe(403)
  expect((await anonymous.post(url, {})).statusCode).toBe(401)
  const link = (await asAdmin.post(url, { maxUses: 3 })).json<{ url: string; maxUses: number }>()
  expect(link).toMatchObject({
    maxUses: 3,
    url: expect.stringMatching(/^http:\/\/localhost(:80)?\/join\/[\w-]{22}$/) as string,
  })
  expect((await anonymous.get(`/api/v1/links/${link.url.split('/').at(-1)!}`)).json()).toMatchObject({
    study: { slug: study.slug },
  })
})

test('raters and visitors see no study page', async () => {
  const { asRater, anonymous, study } = await arena()
  expect((await asRater.get(`/api/v1/studies/${study.slug}`)).statusCode).toBe(403)
  expect((await anonymous.get('/api/v1/studies')).statusCode).toBe(401)
})

test('importing a pool twice adds nothing, and a longer one adds what is new', async () => {
  const { ctx } = await arena({ queries: 1 })
  const bytes = Uint8Array.from(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    ),
  )
  const query = {
    key: 'q00000',
    category: 'general',
    language: 'en',
    question: 'Other words?',
    image: { bytes, source: '', licence: '' },
  } as const
  const pool = { slug: 'pool', name: 'Pool', licence: 'CC0' }
  expect(await importPool(ctx, pool, [query])).toMatchObject({ added: 0, known: 1 })
  expect(await importPool(ctx, pool, [query, { ...query, key: 'new' }])).toMatchObject({ added: 1, known: 1 })
  expect(await ctx.sql`select question from queries order by key desc`).toEqual([
    { question: 'Question 0?' },
    { question: 'Other words?' },
  ])
})

test('one study is read without the others', async () => {
  const house = await arena()
  const endpoints = await endpointIds(house)
  const others = 20
  for (let k = 0; k < others; k++) {
    await house.asAdmin.post('/api/v1/studies', { name: `Study ${k}`, pool: 'pool', endpoints })
  }
  const { ctx, statements } = watch(house.ctx)
  const app = await buildApp(ctx)
  try {
    const { cookie } = house.asAdmin
    const reply = await app.inject({ url: `/api/v1/studies/${house.study.slug}`, headers: { cookie } })
    expect(reply.json()).toMatchObject({ slug: house.study.slug, models: 4, queries: 12, raters: 1 })
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.filter(({ rows }) => rows >= others)).toEqual([])
  } finally {
    await app.close()
  }
})
