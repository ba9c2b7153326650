import { expect, test } from 'vitest'
import { goldChance, type GoldTurn } from '#server/battles/gold/draw-gold.ts'
import type { GoldList } from '#server/battles/gold/schema.ts'
import type { Card } from '#server/battles/schema.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { arena, type Arena, type Visitor } from '../../../support/arena.ts'
import { addGoldItems } from '../../../support/gold.ts'
import { recount } from '../../../support/vote-checker.ts'

const models = ['Ann', 'Ben'].map((name) => ({ name }))
const response = (m: number, q: number) => `Answer ${m} to question ${q}.`

const goldIds = async ({ ctx }: Arena) => {
  const rows = await ctx.sql<{ id: string }[]>`select id from battles where purpose = 'gold'`
  return new Set(rows.map(({ id }) => id))
}

/** Names and kinds of a value's members, whatever they hold. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]))
}

async function rateAll(rater: Visitor, verdict: 'model_a' | 'tie' = 'tie'): Promise<Card[]> {
  const cards: Card[] = []
  for (;;) {
    const [card] = (await rater.lease()).cards
    if (!card) return cards
    cards.push(card)
    await rater.cast(card, verdict)
  }
}

test('a gold card and all that is answered about it look like any other', async () => {
  const made = await arena({ models, response, queries: 40, study: { goldShare: 0.5 } })
  await addGoldItems(made, 12)
  const { asRater, ctx } = made
  const replies: { card: Card; told: unknown[] }[] = []
  for (let n = 0; n < 20; n++) {
    const [card] = (await asRater.lease()).cards
    const battle = `/api/v1/battles/${card!.battleId}`
    const told: unknown[] = [(await asRater.post(`${battle}/renew`)).json()]
    const vote = await asRater.cast(card!, 'model_a')
    told.push(vote, (await asRater.vote(card!, 'model_a')).json(), (await asRater.vote(card!, 'tie')).json())
    told.push((await asRater.post(`/api/v1/votes/${vote.id}/withdraw`)).json())
    const [again] = (await asRater.lease()).cards
    expect({ ...again, battleId: '', leasedUntil: '' }).toEqual({ ...card, battleId: '', leasedUntil: '' })
    const second = await asRater.cast(again!, 'model_b')
    expect(second).toMatchObject({ counted: true, late: false })
    expect(vote).toMatchObject({ counted: true })
    told.push(second, (await asRater.post(`/api/v1/battles/${again!.battleId}/report`, { reason: 'other' })).statusCode)
    replies.push({ card: card!, told })
  }
  const gold = await goldIds(made)
  const [hidden, others] = [true, false].map((is) => replies.filter(({ card }) => gold.has(card.battleId) === is))
  expect(hidden).toHaveLength(10)
  expect(others).toHaveLength(10)
  const shapes = new Set(replies.map((one) => JSON.stringify(shapeOf(one))))
  expect(shapes.size).toBe(1)
  expect(await recount(ctx)).toMatchObject({ votes: 20, counted: 10, differences: [], strange: [] })
})

test('no rater is given an item twice or its query as a battle; sides and raters are shared out evenly', async () => {
  const made = await arena({ models, response, queries: 20, study: { goldShare: 0.5 } })
  await addGoldItems(made, 6)
  const raters = [made.asRater, ...(await Promise.all([made.newRater(), made.newRater(), made.newRater()]))]
  for (const rater of raters) {
    const cards = await rateAll(rater)
    expect(new Set(cards.map(({ question }) => question)).size).toBe(cards.length)
    expect(cards.length, '14 battles, and the gold that fits among them').toBe(20)
  }
  const given = await made.ctx.sql<{ n: number; lean: number }[]>`
    select count(*)::int as n, sum(case when b.response_a = g.first then 1 else -1 end)::int as lean
    from battles b join gold_items g on g.id = b.gold_item_id group by g.id`
  for (const { n, lean } of given) {
    expect(n).toBeGreaterThanOrEqual(3)
    expect(Math.abs(lean)).toBeLessThanOrEqual(n % 2 || 0)
  }
  const asked = await made.ctx.sql`
    select 1 from battles b join gold_items g on g.query_id = b.query_id where b.purpose <> 'gold'`
  expect(asked).toEqual([])
})

test('gold moves no count, fills no quota, and is on no board and in no export', async () => {
  const made = await arena({ models, response, queries: 40, study: { goldShare: 0.5, quotaPerPair: 10 } })
  await addGoldItems(made, 20)
  const { asRater, asAdmin, ctx, study } = made
  const cards = await rateAll(asRater, 'model_a')
  expect(cards.length).toBeGreaterThan(10)
  expect(await ctx.sql`select sum(votes)::int as n from pair_totals`, 'the quota is filled by battles').toEqual([
    { n: 10 },
  ])
  expect(await recount(ctx)).toMatchObject({ votes: cards.length, counted: 10, differences: [] })
  await refreshRatings(ctx, study.id, { force: true })
  const csv = (await asAdmin.get(`/api/v1/boards/${study.slug}/export.csv`)).body
  expect(csv).not.toMatch(/gold/)
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`)
  const battles = (await asAdmin.get(`/api/v1/boards/${study.slug}/battles?a=ann&b=ben`)).json<{ votes: unknown[] }>()
  expect(battles.votes).toHaveLength(10)
  const rows = await ctx.sql<{ id: number }[]>`select id::int from votes where purpose = 'gold'`
  expect((await asAdmin.get(`/api/v1/boards/${study.slug}/battles/${rows[0]!.id}`)).statusCode).toBe(404)
  const late = await ctx.sql`select 1 from votes where purpose = 'gold' and left_out is distinct from 'gold'`
  expect(late).toEqual([])
})

test('retired items, and all of them at a share of 0, are given to nobody', async () => {
  const made = await arena({ models, response, queries: 12, study: { goldShare: 0.5 } })
  await addGoldItems(made, 4)
  await made.ctx.sql`update gold_items set retired_at = now()`
  expect(await rateAll(made.asRater)).toHaveLength(12)
  await made.ctx.sql`update gold_items set retired_at = null`
  await made.ctx.sql`update studies set gold_share = 0`
  expect(await rateAll(await made.newRater())).toHaveLength(12)
  expect(await goldIds(made)).toEqual(new Set())
})

test('the list says what raters said; deleting an item leaves its verdicts stored', async () => {
  const made = await arena({ models, response, queries: 12, study: { goldShare: 0.5 } })
  await addGoldItems(made, 1)
  const { asAdmin, ctx, study, app } = made
  const url = `/api/v1/studies/${study.slug}/gold`
  await rateAll(made.asRater, 'model_a')
  const [item] = (await asAdmin.get(url)).json<GoldList>().items
  expect(item!.given).toBe(1)
  expect(item!.right + item!.wrong).toBe(1)
  expect(item!.meaning.delete).toContain('The one verdict on it stays stored')
  await app.inject({ method: 'DELETE', url: `${url}/${item!.id}`, headers: { cookie: asAdmin.cookie } })
  expect(await ctx.sql`select count(*)::int as n from votes where purpose = 'gold'`).toEqual([{ n: 1 }])
  expect(await ctx.sql`select gold_item_id as item from battles where purpose = 'gold'`).toEqual([{ item: null }])
  const raters = await asAdmin.get(`/api/v1/studies/${study.slug}/raters`)
  expect(raters.json<{ raters: { gold: object }[] }>().raters[0]!.gold).toEqual({ count: 0, of: 0 })
})

test.each([0.05, 0.03, 0.1, 0.12, 0.5])(
  'each twenty cards hold a share of %d of gold, at places that chance draws',
  (share) => {
    const random = new Random(11, Math.round(share * 100))
    const places = new Set<number>()
    for (let rater = 0; rater < 60; rater++) {
      const turn: GoldTurn = { given: 0, recent: [] }
      let gold = 0
      for (let card = 1; card <= 200; card++) {
        const drawn = random.unit() < goldChance(turn, share)
        if (drawn) places.add((card - 1) % 20)
        gold += Number(drawn)
        turn.given++
        turn.recent = [drawn, ...turn.recent].slice(0, 19)
        if (card % 20 === 0) expect(Math.abs(gold - card * share)).toBeLessThanOrEqual(0.5)
      }
    }
    expect(places.size).toBe(20)
  },
)

test('a closed study is deleted with its gold, and imported answers with the items made of them', async () => {
  const made = await arena({ models, response, queries: 12, study: { goldShare: 0.5 } })
  await addGoldItems(made, 3)
  const { app, asAdmin, ctx, study } = made
  await rateAll(made.asRater)
  expect((await goldIds(made)).size).toBe(3)
  await asAdmin.post(`/api/v1/studies/${study.slug}/close`)
  const url = `/api/v1/studies/${study.slug}?name=Test%20study`
  const reply = await app.inject({ method: 'DELETE', url, headers: { cookie: asAdmin.cookie } })
  expect(reply.statusCode).toBe(204)
  expect(await ctx.sql`select 1 from gold_items`).toEqual([])
  expect(await ctx.sql`select 1 from responses`).toEqual([])

  const other = await arena({ models, response, queries: 12 })
  await addGoldItems(other, 2)
  await other.ctx.sql`update study_models set endpoint_id = null where model_id = ${other.modelIds[0]!}`
  const gone = `/api/v1/studies/${other.study.slug}/answers/ann`
  expect(
    (await other.app.inject({ method: 'DELETE', url: gone, headers: { cookie: other.asAdmin.cookie } })).statusCode,
  ).toBe(204)
  expect(await other.ctx.sql`select 1 from gold_items`).toEqual([])
})
