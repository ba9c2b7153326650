import { expect, test } from 'vitest'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import type { Battle } from '#server/boards/charts/schema.ts'
import type { Study } from '#server/studies/schema.ts'
import { arena } from '../../support/arena.ts'

const two = { models: [{ name: 'Ann' }, { name: 'Ben' }], study: { followUp: 'both' as const } }

test('how much better and why are kept with the vote, shown with its battle and exported; the board counts the verdict', async () => {
  const { ctx, asRater, asAdmin, study } = await arena(two)
  const batch = await asRater.lease(2)
  expect(batch.followUp).toBe('both')
  const [one, other] = batch.cards
  const vote = (card: typeof one, body: object) => asRater.post(`/api/v1/battles/${card!.battleId}/vote`, body)
  const detail = { strength: 'slightly', reasons: ['clear', 'correct', 'clear'] }
  expect((await vote(one, { verdict: 'model_a', ...detail })).statusCode).toBe(201)
  const refused = await vote(other, { verdict: 'tie', strength: 'much' })
  expect([refused.statusCode, refused.body]).toEqual([400, expect.stringContaining('Only a verdict for one answer')])
  for (const bad of [{ strength: 'very' }, { reasons: ['pretty'] }, { reasons: Array(7).fill('clear') }])
    expect((await vote(other, { verdict: 'model_b', ...bad })).statusCode).toBe(400)
  expect((await vote(other, { verdict: 'model_b' })).statusCode).toBe(201)
  expect(await ctx.sql`select strength, reasons from votes order by id`).toEqual([
    { strength: 'slightly', reasons: ['clear', 'correct'] },
    { strength: null, reasons: [] },
  ])
  await refreshRatings(ctx, study.id, { force: true })
  expect(await ctx.sql`select votes_used from snapshots where category is null`).toEqual([{ votes_used: 2 }])
  const exported = await asAdmin.get(`/api/v1/boards/${study.slug}/export?format=votes-jsonl`)
  const lines = exported.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(lines).toMatchObject([
    { strength: 'slightly', reasons: ['clear', 'correct'] },
    { strength: null, reasons: [] },
  ])
  const [{ id }] = (await ctx.sql`select id::int from votes order by id limit 1`) as unknown as [{ id: number }]
  const battle = (await asAdmin.get(`/api/v1/boards/${study.slug}/battles/${id}`)).json<Battle>()
  expect(battle.vote).toMatchObject({ strength: 'slightly', reasons: ['clear', 'correct'] })
})

test('what is asked can be changed, and what that means is said', async () => {
  const { app, asAdmin, study } = await arena(two)
  const url = `/api/v1/studies/${study.slug}`
  const change = { followUp: 'reasons' }
  const said = await asAdmin.post(`${url}/changes/meaning`, change)
  expect(said.body, said.body).toContain('asked why, if they like to say')
  const reply = await app.inject({ method: 'PATCH', url, headers: { cookie: asAdmin.cookie }, payload: change })
  expect(reply.statusCode, reply.body).toBeLessThan(300)
  expect((await asAdmin.get(url)).json<Study>().followUp).toBe('reasons')
})
