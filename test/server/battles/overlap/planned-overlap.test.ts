import { expect, test } from 'vitest'
import type { OverlapList } from '#server/battles/overlap/schema.ts'
import type { Card, Verdict } from '#server/battles/schema.ts'
import type { Study } from '#server/studies/schema.ts'
import { arena, type Arena, type Visitor } from '../../../support/arena.ts'
import { recount } from '../../../support/vote-checker.ts'

const three = ['Ann', 'Ben', 'Cy'].map((name) => ({ name }))
const two = three.slice(0, 2)

const studyOf = async ({ asAdmin, study }: Arena) => (await asAdmin.get(`/api/v1/studies/${study.slug}`)).json<Study>()

const raters = async ({ asRater, newRater }: Arena, count: number): Promise<Visitor[]> => {
  const others: Visitor[] = []
  for (let n = 1; n < count; n++) others.push(await newRater())
  return [asRater, ...others]
}

/** Raters judge one card after the other in turn, until there is none for anybody. */
async function rateInTurn(all: Visitor[], verdictOf: (card: Card, rater: number) => Verdict = () => 'tie') {
  for (let idle = 0; idle < all.length;) {
    idle = 0
    for (const [rater, visitor] of all.entries()) {
      const [card] = (await visitor.lease()).cards
      if (card) await visitor.cast(card, verdictOf(card, rater))
      else idle++
    }
  }
}

const readOverlaps = ({ ctx }: Arena) => ctx.sql<{ raters: number; judged: number; lean: number }[]>`
  select o.raters, count(distinct v.rater_id)::int as judged,
    sum(case when b.model_a < b.model_b then 1 else -1 end)::int as lean
  from planned_overlaps o join battles b on b.overlap_id = o.id left join votes v on v.battle_id = b.id and v.counted group by o.id`

test('planned battles go to as many raters as were planned; quotas stay exact, sides even, and no query comes twice', async () => {
  const made = await arena({
    models: three,
    queries: 400,
    study: { quotaPerPair: 20, overlapShare: 0.3, overlapRaters: 3 },
  })
  await rateInTurn(await raters(made, 6))
  const overlaps = await readOverlaps(made)
  expect(overlaps.length).toBeGreaterThan(3)
  for (const { raters, judged } of overlaps) expect(judged).toBe(raters)
  const pairs = await made.ctx.sql<{ votes: number; lean: number }[]>`select votes, lean from pair_totals`
  expect(pairs.map(({ votes }) => votes)).toEqual([20, 20, 20])
  for (const { lean } of pairs) expect(Math.abs(lean)).toBeLessThanOrEqual(1)
  expect(await recount(made.ctx)).toMatchObject({ votes: 60, counted: 60, differences: [], strange: [] })
  const twice = await made.ctx.sql`select 1 from battles group by rater_id, query_id having count(*) > 1`
  expect(twice).toEqual([])
  const triples = await made.ctx.sql`
    select 1 from battles where overlap_id is not null group by overlap_id
    having count(distinct (query_id, least(response_a, response_b), greatest(response_a, response_b))) > 1
      or count(distinct purpose) > 1 or count(distinct draw_probability) > 1`
  expect(triples).toEqual([])
  const { overlap, outlook } = await studyOf(made)
  expect(overlap).toMatchObject({ planned: overlaps.length, delivered: overlaps.length, pairs: 3 * overlaps.length })
  expect(outlook.join(' ')).toContain(
    `Of ${overlaps.length} battles planned for several raters, ${overlaps.length} have had all`,
  )
})

test('an outstanding battle comes before others, and not to a rater who has seen its query', async () => {
  const made = await arena({ models: two, queries: 30, study: { quotaPerPair: 30, overlapShare: 1, overlapRaters: 2 } })
  const [one, other, third] = await raters(made, 3)
  const [card] = (await one!.lease()).cards
  await one!.cast(card!, 'model_a')
  const [next] = (await one!.lease()).cards
  expect(next!.question).not.toBe(card!.question)
  const [shared] = (await other!.lease()).cards
  expect(shared).toMatchObject({ question: card!.question })
  // Given back unseen, it goes to whoever asks next.
  await other!.release(shared!)
  const [again] = (await third!.lease()).cards
  expect(again!.question).toBe(card!.question)
  await third!.cast(again!, 'model_b')
  expect((await studyOf(made)).overlap).toMatchObject({ planned: 2, delivered: 1, pairs: 1 })
})

test('with too few raters the quota is filled all the same, and what is outstanding is said', async () => {
  const made = await arena({
    models: two,
    queries: 40,
    study: { quotaPerPair: 12, overlapShare: 0.5, overlapRaters: 3 },
  })
  await rateInTurn(await raters(made, 2))
  expect(await made.ctx.sql`select votes from pair_totals`).toEqual([{ votes: 12 }])
  const { overlap, outlook } = await studyOf(made)
  expect(overlap.planned).toBeGreaterThan(0)
  expect(overlap.delivered).toBe(0)
  expect(outlook.join(' ')).toMatch(
    /have had all of them; \d+ (is|are) outstanding|has had all of them; 1 is outstanding/,
  )
  expect(await recount(made.ctx)).toMatchObject({ differences: [], strange: [] })
})

test('a held query frees the places that its planned battle kept', async () => {
  const made = await arena({ models: two, queries: 40, study: { quotaPerPair: 3, overlapShare: 1, overlapRaters: 3 } })
  const all = await raters(made, 4)
  const [card] = (await all[0]!.lease()).cards
  await all[0]!.cast(card!, 'tie')
  await made.ctx.sql`update queries set held_at = now() where question = ${card!.question}`
  await made.ctx.sql`update studies set overlap_share = 0`
  await rateInTurn(all.slice(1))
  expect(await made.ctx.sql`select votes from pair_totals`).toEqual([{ votes: 3 }])
})

test('who is excluded, or takes a vote back, leaves the battle outstanding for another', async () => {
  const made = await arena({ models: two, queries: 30, study: { quotaPerPair: 30, overlapShare: 1, overlapRaters: 2 } })
  const { ctx, asAdmin, study } = made
  const [one, other, third] = await raters(made, 3)
  const [card] = (await one!.lease()).cards
  await one!.cast(card!, 'model_a')
  const [shared] = (await other!.lease()).cards
  const vote = await other!.cast(shared!, 'model_a')
  await ctx.sql`update studies set overlap_share = 0`
  await other!.lease()
  const delivered = async () => (await studyOf(made)).overlap.delivered
  expect(await delivered()).toBe(1)
  const marked = () => ctx.sql`select 1 from planned_overlaps where delivered_at is not null`
  expect(await marked()).toHaveLength(1)
  await other!.post(`/api/v1/votes/${vote.id}/withdraw`)
  expect(await marked()).toHaveLength(0)
  expect(await delivered()).toBe(0)
  await other!.cast((await other!.lease()).cards[0]!, 'model_b')
  await other!.lease()
  expect(await delivered()).toBe(1)
  const [{ id } = { id: '' }] = await ctx.sql<{ id: string }[]>`select rater_id as id from votes where id = ${vote.id}`
  await asAdmin.post(`/api/v1/studies/${study.slug}/raters/exclusions`, { raters: [id], reason: 'other' })
  expect(await delivered()).toBe(0)
  const [again] = (await third!.lease()).cards
  expect(again!.question).toBe(card!.question)
  await third!.cast(again!, 'tie')
  expect(await delivered()).toBe(1)
})

test('agreement is that on planned battles, ties of both kinds alike', async () => {
  const made = await arena({ models: two, queries: 40, study: { quotaPerPair: 24, overlapShare: 1, overlapRaters: 3 } })
  // Two of three always prefer Ann's answer, the third says both are bad or good.
  const verdictOf = (_: Card, rater: number): Verdict => (rater === 2 ? 'tie' : 'model_a')
  await rateInTurn(await raters(made, 3), verdictOf)
  const { overlap, outlook } = await studyOf(made)
  expect(overlap).toMatchObject({ planned: 8, delivered: 8, pairs: 24 })
  const rows = await made.ctx.sql<{ same: number }[]>`
    with labels as (
      select b.overlap_id as unit, v.id, case v.verdict when 'model_a' then v.model_a when 'model_b' then v.model_b end as label
      from votes v join battles b on b.id = v.battle_id
    )
    select count(*)::int as same from labels x join labels y on y.unit = x.unit and y.id > x.id
      and y.label is not distinct from x.label`
  expect(overlap.agreement).toBeCloseTo(rows[0]!.same / 24, 12)
  expect(overlap.alpha).not.toBeNull()
  expect(outlook.at(-1)).toBe(
    `On these, ${Math.round(100 * overlap.agreement!)} % of 24 pairs of verdicts agree; Krippendorff’s α ${overlap.alpha!.toFixed(2)}.`,
  )
})

test('planned battles are listed with how far they are, cancelled, and restored', async () => {
  const made = await arena({ models: two, queries: 30, study: { quotaPerPair: 9, overlapShare: 1, overlapRaters: 3 } })
  const { ctx, asAdmin, asRater, study } = made
  const overlaps = `/api/v1/studies/${study.slug}/overlaps`
  const listed = async (show = 'all') => (await asAdmin.get(`${overlaps}?show=${show}`)).json<OverlapList>().overlaps
  const all = await raters(made, 4)
  const fresh = await made.newRater()
  const [card] = (await all[0]!.lease()).cards
  await all[0]!.cast(card!, 'tie')
  await ctx.sql`update studies set overlap_share = 0`
  await all[1]!.lease()
  const [one] = await listed('waiting')
  expect(one).toMatchObject({ raters: 3, judged: 1, lent: 1, state: 'waiting', why: null, models: ['Ann', 'Ben'] })
  expect(one!.query.question).toBe(card!.question)
  // Whoever rates in the study is told nothing of it.
  expect((await asRater.get(overlaps)).statusCode).toBe(403)
  const headers = { cookie: asAdmin.cookie }
  const change = (id: string, cancelled: boolean) =>
    made.app.inject({ method: 'PATCH', url: `${overlaps}/${id}`, headers, payload: { cancelled } })
  expect((await change(one!.id, true)).json()).toMatchObject({ state: 'cancelled', judged: 1 })
  expect((await change(one!.id, true)).json()).toMatchObject({ state: 'cancelled' })
  expect(await listed('waiting')).toEqual([])
  // The card that was held is judged; nobody else is given the battle, and the places it kept are used.
  await rateInTurn(all)
  const [{ votes } = { votes: 0 }] = await ctx.sql<{ votes: number }[]>`select votes from pair_totals`
  expect(votes).toBe(9)
  expect(await listed('cancelled')).toMatchObject([{ id: one!.id, judged: 2, raters: 3 }])
  const { overlap, outlook } = await studyOf(made)
  expect(overlap).toMatchObject({ planned: 1, delivered: 0, cancelled: 1 })
  expect(outlook.join(' ')).toContain(
    'Of 1 battle planned for several raters, 0 have had all of them; 1 was cancelled.',
  )
  expect((await change(one!.id, false)).json()).toMatchObject({ state: 'waiting' })
  await ctx.sql`update studies set quota_per_pair = 10`
  await ctx.sql`update queries set held_at = now() where question = ${card!.question}`
  expect(await listed('held')).toMatchObject([{ id: one!.id, why: 'its query is held' }])
  expect((await asAdmin.post(`${overlaps}/cancel`, {})).json()).toEqual({ cancelled: 1 })
  expect((await asAdmin.post(`${overlaps}/cancel`, {})).json()).toEqual({ cancelled: 0 })
  await ctx.sql`update queries set held_at = null`
  await change(one!.id, false)
  const [last] = (await fresh.lease()).cards
  expect(last!.question).toBe(card!.question)
  await fresh.cast(last!, 'tie')
  expect(await listed('done')).toMatchObject([{ id: one!.id, judged: 3 }])
  expect(await recount(ctx)).toMatchObject({ differences: [], strange: [] })
  const nobody = await change('00000000-0000-4000-8000-000000000000', true)
  expect(nobody.statusCode).toBe(404)
  const events = await ctx.sql`select action from audit_events where action like 'overlap%' order by id`
  expect(events.map(({ action }) => action as string)).toEqual([
    'overlap.cancelled',
    'overlap.restored',
    'overlap.cancelled',
    'overlap.restored',
  ])
})
