import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { closeStudy } from '#server/battles/close-study.ts'
import type { Vote } from '#server/battles/schema.ts'
import { arena, type Visitor } from '../../support/arena.ts'

const remove = (app: FastifyInstance, { cookie }: Visitor, url: string) =>
  app.inject({ method: 'DELETE', url, headers: { cookie } })

const two = { models: [{ name: 'Ann' }, { name: 'Ben' }] }

test('a study may stay a draft, in which nothing is asked, and is deleted with its links', async () => {
  const { app, ctx, asAdmin, queued } = await arena(two)
  const rows = await ctx.sql<{ id: string }[]>`select id from endpoints`
  const before = queued.length
  const made = await asAdmin.post('/api/v1/studies', {
    name: 'Draft',
    pool: 'pool',
    endpoints: rows.map(({ id }) => id),
    open: false,
  })
  expect(made.json()).toMatchObject({ slug: 'draft', status: 'draft' })
  expect(queued.slice(before).filter(({ name }) => name === 'collect-responses')).toEqual([])
  await asAdmin.post('/api/v1/studies/draft/links', {})
  expect((await asAdmin.post('/api/v1/studies/draft/close', undefined)).json()).toMatchObject({
    type: '/problems/study-state',
  })
  expect((await remove(app, asAdmin, '/api/v1/studies/draft')).statusCode).toBe(204)
  expect((await asAdmin.get('/api/v1/studies/draft')).statusCode).toBe(404)
})

test('a study that has begun is not deleted', async () => {
  const { app, ctx, asAdmin, study } = await arena(two)
  expect((await remove(app, asAdmin, `/api/v1/studies/${study.slug}`)).json()).toMatchObject({
    type: '/problems/study-state',
  })
  expect(await ctx.sql`select 1 from study_models`).toHaveLength(2)
})

test('a vote that comes after the closing is kept and does not count; undo and new cards are refused', async () => {
  const { ctx, asRater, study } = await arena(two)
  const { cards } = await asRater.lease(3)
  const { id } = await asRater.cast(cards[0]!, 'tie')
  await closeStudy(ctx, study.slug)
  await closeStudy(ctx, study.slug)
  const late = await asRater.post(`/api/v1/battles/${cards[1]!.battleId}/vote`, { verdict: 'model_a' })
  expect(late.json()).toMatchObject({ late: true, counted: false })
  const refused = [
    await asRater.post(`/api/v1/studies/${study.slug}/battles/lease`, {}),
    await asRater.post(`/api/v1/votes/${id}/withdraw`, undefined),
  ]
  for (const reply of refused) expect(reply.json()).toMatchObject({ status: 409, type: '/problems/study-over' })
  expect(await ctx.sql`select sum(votes)::int as votes, sum(late)::int as late from pair_counts`).toEqual([
    { votes: 1, late: 1 },
  ])
})

test('a study that is opened again takes votes again', async () => {
  const { ctx, asRater, asAdmin, study } = await arena(two)
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`, undefined)
  const opened = await asAdmin.post(`/api/v1/studies/${study.slug}/reopen`, undefined)
  expect(opened.json()).toMatchObject({ status: 'open' })
  await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  expect(await ctx.sql`select counted from votes`).toEqual([{ counted: true }])
  const acts = await ctx.sql`select action from audit_events where action like 'study.%' order by id`
  expect(acts.map(({ action }) => action as string)).toEqual(expect.arrayContaining(['study.closed', 'study.opened']))
})

test('of votes that race with the closing, those count that the count has, and no lease outlives it', async () => {
  const { ctx, asRater, study } = await arena({ ...two, queries: 24 })
  const { cards } = await asRater.lease(5)
  const votes = cards.map((card) => asRater.post(`/api/v1/battles/${card.battleId}/vote`, { verdict: 'tie' }))
  const draws = Array.from({ length: 4 }, () =>
    asRater.post(`/api/v1/studies/${study.slug}/battles/lease`, { count: 5 }),
  )
  const replies = (await Promise.all([...votes, closeStudy(ctx, study.slug), ...draws])).slice(0, votes.length)
  const counted = replies.filter((reply) => reply && reply.json<Vote>().counted).length
  expect(await ctx.sql`select coalesce(sum(votes), 0)::int as votes from pair_counts`).toEqual([{ votes: counted }])
  const open = await ctx.sql`select 1 from battles where consumed_at is null and released_at is null`
  expect(open).toEqual([])
})

test('only researchers open, close and delete', async () => {
  const { app, asRater, study } = await arena(two)
  for (const verb of ['open', 'close', 'reopen', 'pause', 'resume'])
    expect((await asRater.post(`/api/v1/studies/${study.slug}/${verb}`, undefined)).statusCode).toBe(403)
  expect((await remove(app, asRater, `/api/v1/studies/${study.slug}`)).statusCode).toBe(403)
})

test('a paused study hands out nothing new; what a rater holds counts, and it goes on', async () => {
  const { ctx, asRater, asAdmin, study } = await arena(two)
  const url = `/api/v1/studies/${study.slug}`
  const [card] = (await asRater.lease()).cards
  expect((await asAdmin.post(`${url}/pause`)).json()).toMatchObject({ status: 'open', paused: true })
  await asAdmin.post(`${url}/pause`)
  expect((await asRater.post(`${url}/battles/lease`, {})).json()).toMatchObject({
    status: 409,
    type: '/problems/study-paused',
  })
  expect(await asRater.cast(card!, 'tie')).toMatchObject({ late: false, counted: true })
  expect((await asAdmin.post(`${url}/resume`)).json()).toMatchObject({ paused: false })
  expect((await asRater.lease()).cards).toHaveLength(1)
  await asAdmin.post(`${url}/pause`)
  await asAdmin.post(`${url}/close`)
  expect((await asAdmin.post(`${url}/pause`)).json()).toMatchObject({ type: '/problems/study-state' })
  expect((await asAdmin.post(`${url}/reopen`)).json()).toMatchObject({ status: 'open', paused: false })
  const acts =
    await ctx.sql`select action from audit_events where action in ('study.paused', 'study.resumed') order by id`
  expect(acts.map(({ action }) => action as string)).toEqual(['study.paused', 'study.resumed', 'study.paused'])
})
