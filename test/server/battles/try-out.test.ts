import { expect, test } from 'vitest'
import type { Card, TryOut } from '#server/battles/schema.ts'
import { arena, type Arena } from '../../support/arena.ts'

const two = { models: [{ name: 'Ann' }, { name: 'Ben' }], response: (m: number, q: number) => `Says ${m} on ${q}.` }

const tried = async ({ asAdmin, study }: Arena, query = '') =>
  (await asAdmin.get(`/api/v1/studies/${study.slug}/try-out?seed=a&${query}`)).json<TryOut>()

/** Everything that a vote or a lease would change. */
async function countOf({ ctx }: Arena) {
  const [row] = await ctx.sql<Record<string, string>[]>`
    select (select count(*) from battles) as battles, (select count(*) from votes) as votes,
      (select count(*) from pair_counts) as pairs, (select count(*) from pair_totals) as totals,
      (select count(*) from raters) as raters, (select count(*) from enrolments) as enrolments,
      (select count(*) from reports) as reports`
  return row
}

test('whoever runs a study tries it in every state, and nothing of it is stored', async () => {
  const house = await arena(two)
  const { ctx, asAdmin, study } = house
  const before = await countOf(house)
  for (const state of ['draft', 'open', 'closed']) {
    await ctx.sql`update studies set status = ${state}::study_status, paused_at = now() where id = ${study.id}`
    const { cards, goal, done } = await tried(house)
    expect({ cards: cards.length, goal, done }).toEqual({ cards: 4, goal: 100, done: false })
    const { battleId } = cards[0]!
    for (const [verb, body] of [
      ['vote', { verdict: 'tie' }],
      ['report', { reason: 'leak' }],
      ['renew', {}],
    ] as const)
      expect((await asAdmin.post(`/api/v1/battles/${battleId}/${verb}`, body)).statusCode).toBe(404)
  }
  expect(await countOf(house)).toEqual(before)
})

test('a seed shows each query once, with two different answers, and then says that none is left', async () => {
  const house = await arena(two)
  const cards: Card[] = []
  for (let from = 0; from < 12; from += 4) cards.push(...(await tried(house, `from=${from}`)).cards)
  expect(new Set(cards.map(({ question }) => question)).size).toBe(12)
  for (const { answerA, answerB } of cards) expect(answerA.text).not.toBe(answerB.text)
  const shownFirst = new Set(cards.map(({ answerA }) => answerA.text.slice(0, 6)))
  expect(shownFirst.size).toBe(2)
  expect(await tried(house, 'from=12')).toMatchObject({ cards: [], done: true, waiting: null })
})

test('held queries, held answers and withdrawn models are shown to nobody who tries, either', async () => {
  const house = await arena({ ...two, models: [...two.models, { name: 'Cy' }] })
  const { ctx } = house
  await ctx.sql`update responses set status = 'held' where model_id = (select id from models where name = 'Ann')`
  const questions = await ctx.sql<{ question: string }[]>`
    update queries set held_at = now() where id in (select id from queries limit 11) returning question`
  const { cards } = await tried(house)
  expect(cards).toHaveLength(1)
  expect(questions.map(({ question }) => question)).not.toContain(cards[0]!.question)
  expect(JSON.stringify(cards)).not.toMatch(/Says 0/)
  await ctx.sql`update models set withdrawn_at = now() where name = 'Ben'`
  expect(await tried(house)).toMatchObject({ cards: [], waiting: expect.stringMatching(/two models yet/) as string })
})

test('only those who run studies try them, and what they get names no model', async () => {
  const { asRater, anonymous, asAdmin, study } = await arena(two)
  const url = `/api/v1/studies/${study.slug}/try-out`
  expect((await asRater.get(url)).statusCode).toBe(403)
  expect((await anonymous.get(url)).statusCode).toBe(401)
  expect((await asAdmin.get(url)).body).not.toMatch(/Ann|Ben|ann@|ben@/)
  expect((await asAdmin.get(`${url}?count=6`)).statusCode).toBe(400)
})
