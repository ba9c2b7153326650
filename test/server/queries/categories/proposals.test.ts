import { beforeAll, expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { speakFor } from '#server/queries/categories/speak-for.ts'
import type { CategoryRule, Proposed } from '#server/queries/categories/schema.ts'
import type { PoolFacets, QueriesChange, QueryPage } from '#server/queries/schema.ts'
import { importPool } from '#server/queries/service.ts'
import { readCategory } from '#server/responses/categories/ask-for-category.ts'
import { categoryCustomer } from '#server/responses/categories/category-customer.ts'
import type { CategoryAsking } from '#server/responses/categories/schema.ts'
import { arena, type Arena } from '../../../support/arena.ts'
import { pngOf } from '../../../support/png.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

let house: Arena
beforeAll(async () => {
  house = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }], queries: 6 })
})

const base = '/api/v1/pools'
const ask = async (method: 'PATCH' | 'DELETE', url: string, payload?: object) =>
  house.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { cookie: house.asAdmin.cookie, 'sec-fetch-site': 'same-origin' },
    ...(payload && { payload }),
  })
const change = (slug: string, which: QueriesChange['which'], change: QueriesChange['change']) =>
  house.asAdmin.post(`${base}/${slug}/queries/changes`, { which, change })
const byRules = async (slug: string, body: object = { which: { filter: {} } }) => {
  const reply = await house.asAdmin.post(`${base}/${slug}/category-proposals`, body)
  expect(reply.statusCode, reply.body).toBe(200)
  return reply.json<Proposed>()
}
const listed = async (slug: string, query = '') =>
  (await house.asAdmin.get(`${base}/${slug}/queries?${query}`)).json<QueryPage>().queries
const categories = async (slug: string) =>
  Object.fromEntries((await listed(slug)).map(({ key, category }) => [key, category]))

async function poolOf(slug: string, questions: Record<string, string>) {
  const image = { bytes: pngOf(20, 10), source: 'drawn', licence: 'CC0' }
  const asked = Object.entries(questions).map(([key, question]) => ({
    key,
    question,
    category: 'general' as const,
    language: 'en',
    image,
  }))
  await importPool(house.ctx, { slug, name: slug, licence: '' }, asked)
}

test('rules propose by the words of a question, and nothing uses a proposal before a person accepts it', async () => {
  await poolOf('ruled', {
    mugs: 'How many mugs are there?',
    bars: 'Which bar of this CHART is the highest?',
    poem: 'Write a poem about it, in JSON as a table.',
    plain: 'Is it raining?',
  })
  expect(await byRules('ruled')).toEqual({ queries: 4, proposed: 3, same: 0, none: 1, rejected: 0 })
  expect(new Set(Object.values(await categories('ruled')))).toEqual(new Set(['general']))
  expect(await listed('ruled', 'proposed=any')).toHaveLength(3)
  expect(await listed('ruled', 'proposed=charts')).toMatchObject([
    { key: 'bars', category: 'general', proposal: { category: 'charts', source: 'rules', because: 'chart' } },
  ])
  const facetsReply = await house.asAdmin.get(`${base}/ruled/facets`)
  expect(facetsReply.statusCode, facetsReply.body).toBe(200)
  const facets = facetsReply.json<PoolFacets>()
  expect(facets.proposed.map(({ value }) => value).toSorted()).toEqual(['charts', 'counting', 'output_format'])
  expect((await change('ruled', { filter: { proposed: 'charts' } }, { do: 'accept' })).json()).toMatchObject({
    changed: 1,
  })
  expect((await change('ruled', { keys: ['poem'] }, { do: 'reject' })).json()).toMatchObject({ changed: 1 })
  expect(await categories('ruled')).toEqual({ mugs: 'general', bars: 'charts', poem: 'general', plain: 'general' })
  expect(await byRules('ruled')).toEqual({ queries: 4, proposed: 1, same: 1, none: 1, rejected: 1 })
  const again = { which: { keys: ['poem'] }, again: true }
  expect(await byRules('ruled', again)).toMatchObject({ proposed: 1, rejected: 0 })
})

test('a person who sets a category has answered what was proposed', async () => {
  await poolOf('answered', { mugs: 'How many mugs are there?' })
  await byRules('answered')
  await change('answered', { keys: ['mugs'] }, { do: 'edit', edit: { category: 'captioning' } })
  expect(await listed('answered')).toMatchObject([{ category: 'captioning', proposal: null }])
  expect((await change('answered', { filter: {} }, { do: 'accept' })).json()).toMatchObject({ changed: 0 })
  expect(await categories('answered')).toEqual({ mugs: 'captioning' })
})

test('cards of a study keep the category that a query has, whatever is proposed for it', async () => {
  const [{ pool }] = await house.ctx.sql<[{ pool: string }]>`
    select p.slug as pool from studies s join pools p on p.id = s.pool_id where s.slug = ${house.study.slug}`
  const before = await categories(pool)
  await house.ctx.sql`
    insert into category_proposals (query_id, category, source, because)
    select q.id, 'creative', 'model', 'wrong' from queries q join pools p on p.id = q.pool_id where p.slug = ${pool}`
  const { cards } = await house.asRater.lease(3)
  for (const card of cards) await house.asRater.cast(card, 'model_a')
  const [creative] = await house.ctx.sql`select count(*)::int as n from votes where category = 'creative'`
  expect(creative).toEqual({ n: 0 })
  await change(pool, { filter: { proposed: 'any' } }, { do: 'reject' })
  expect(await categories(pool)).toEqual(before)
  expect(await listed(pool, 'proposed=any')).toEqual([])
})

test('rules are added, changed and deleted, each once', async () => {
  const reply = await house.asAdmin.post('/api/v1/category-rules', { category: 'documents', words: ' Bill of Lading ' })
  expect(reply.statusCode, reply.body).toBe(201)
  const rule = reply.json<CategoryRule>()
  expect(rule.words).toBe('bill of lading')
  const twice = await house.asAdmin.post('/api/v1/category-rules', { category: 'documents', words: 'bill of lading' })
  expect(twice.json()).toMatchObject({ type: '/problems/rule-taken' })
  const other = await ask('PATCH', `/category-rules/${rule.id}`, { category: 'charts', words: 'chart' })
  expect(other.json()).toMatchObject({ type: '/problems/rule-taken' })
  expect((await ask('PATCH', `/category-rules/${rule.id}`, { words: 'waybill' })).json()).toMatchObject({
    words: 'waybill',
  })
  expect((await ask('DELETE', `/category-rules/${rule.id}`)).statusCode).toBe(204)
  expect((await ask('DELETE', `/category-rules/${rule.id}`)).statusCode).toBe(404)
  for (const words of ['x', '?!…', 'a'.repeat(81)])
    expect((await house.asAdmin.post('/api/v1/category-rules', { category: 'charts', words })).statusCode).toBe(400)
})

test('words are whole words in any case and spacing, and the longest match decides', () => {
  const speak = speakFor([
    { category: 'counting', words: 'how many' },
    { category: 'charts', words: 'chart' },
    { category: 'documents', words: 'form' },
    { category: 'counting', words: '多少' },
  ])
  expect(speak('HOW  many…?')).toEqual({ category: 'counting', because: 'how many' })
  expect(speak('How many bars has the chart?')?.category).toBe('counting')
  expect(speak('Is it uniform, charted or performed?')).toBeNull()
  expect(speak('有多少个杯子？')?.category).toBe('counting')
  expect(speak('')).toBeNull()
})

test('a reply names one category, alone or in a sentence', () => {
  expect(readCategory('charts')).toBe('charts')
  expect(readCategory(' **Fine-grained**.')).toBe('fine_grained')
  expect(readCategory('Let me see.\nIt asks for a number.\nAnswer: counting')).toBe('counting')
  expect(readCategory('charts or documents')).toBeNull()
  expect(readCategory('')).toBeNull()
})

/** An asking of a model that says this, carried out as far as it goes. */
async function asked(slug: string, script: Parameters<typeof scriptedEndpoint>[0]) {
  const { baseUrl, origin, seen } = await scriptedEndpoint(script)
  house.ctx.egress.allow(origin)
  const [model] = await house.ctx.sql<{ id: string }[]>`
    with model as (insert into models (slug, name, organisation) values (${slug}, ${slug}, '') returning id)
    insert into endpoints (model_id, name, base_url, remote_model, max_retries)
    select id, ${slug}, ${baseUrl}, 'test-model', 0 from model returning id`
  const reply = await house.asAdmin.post(`${base}/${slug}/category-askings`, {
    endpoint: model!.id,
    which: { filter: {} },
  })
  expect(reply.statusCode, reply.body).toBe(201)
  const { id } = reply.json<CategoryAsking>()
  const [{ planId }] = await house.ctx.sql<[{ planId: string }]>`
    select plan_id as "planId" from category_askings where id = ${id}`
  const carryOut = () =>
    executePlan(house.ctx, planId, [categoryCustomer], { signal: new AbortController().signal, firstBackoffMs: 10 })
  const read = async () => (await house.asAdmin.get(`/api/v1/category-askings/${id}`)).json<CategoryAsking>()
  return { id, carryOut, read, seen }
}

test('a model is asked about question and picture, what it names is proposed, and its reply is read once', async () => {
  await poolOf('modelled', { bars: 'What is the highest?', plain: 'Is it raining?', odd: 'Hm?' })
  const { id, carryOut, read, seen } = await asked('modelled', ({ text }) => ({
    kind: 'answer',
    text: text.includes('highest') ? 'charts' : text.includes('raining') ? 'general' : 'I cannot say.',
  }))
  await carryOut()
  expect(await read()).toMatchObject({
    state: 'finished',
    asked: 3,
    proposed: 1,
    same: 1,
    unreadable: 1,
    errors: 0,
  })
  expect(seen).toHaveLength(3)
  expect(JSON.stringify(seen[0]!.body)).toContain('data:image/png')
  expect(await listed('modelled', 'proposed=any')).toMatchObject([
    { key: 'bars', category: 'general', proposal: { category: 'charts', source: 'model', because: 'modelled' } },
  ])
  expect((await house.asAdmin.post(`/api/v1/category-askings/${id}/stop`)).json()).toMatchObject({
    type: '/problems/asking-state',
  })
  expect((await ask('DELETE', `/category-askings/${id}`)).statusCode).toBe(204)
  expect(await listed('modelled', 'proposed=any')).toHaveLength(1)
  expect((await house.asAdmin.get(`${base}/modelled/category-askings`)).json()).toEqual([])
})

test('errors are asked again, and an asking that was stopped proposes no more', async () => {
  await poolOf('failing', { one: 'What is this?', two: 'And this?' })
  let works = false
  const { id, carryOut, read } = await asked('failing', ({ text }) =>
    works || text.includes('What is this') ? { kind: 'answer', text: 'captioning' } : { kind: 'status', status: 500 },
  )
  await carryOut()
  expect(await read()).toMatchObject({ state: 'finished', proposed: 1, errors: 1 })
  works = true
  expect((await house.asAdmin.post(`/api/v1/category-askings/${id}/resume`)).json()).toMatchObject({ state: 'running' })
  await carryOut()
  expect(await read()).toMatchObject({ state: 'finished', proposed: 2, errors: 0 })
  await poolOf('halted', { one: 'What?' })
  const halted = await asked('halted', () => ({ kind: 'answer', text: 'charts' }))
  expect((await ask('DELETE', `/category-askings/${halted.id}`)).json()).toMatchObject({
    type: '/problems/asking-state',
  })
  await house.asAdmin.post(`/api/v1/category-askings/${halted.id}/stop`)
  await halted.carryOut()
  expect(await halted.read()).toMatchObject({ state: 'cancelled', proposed: 0 })
  expect((await ask('DELETE', `${'/pools/halted'}`)).statusCode).toBe(204)
})
