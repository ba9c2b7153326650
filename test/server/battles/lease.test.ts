import { expect, test } from 'vitest'
import type { Card } from '#server/battles/schema.ts'
import { studyLocks } from '#server/core/locks.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { arena, until, type Arena, type Visitor } from '../../support/arena.ts'

/** The unordered pair behind a battle, as no rater can see it. */
async function pairOf({ ctx }: Arena, { battleId }: Pick<Card, 'battleId'>): Promise<string> {
  const [row] = await ctx.sql<{ pair: string }[]>`
    select least(model_a, model_b) || ' ' || greatest(model_a, model_b) as pair from battles where id = ${battleId}`
  return row!.pair
}

async function voteOnAll(rater: Visitor, most = 1000): Promise<Card[]> {
  const seen: Card[] = []
  for (;;) {
    const { cards } = await rater.lease(5)
    if (cards.length === 0) return seen
    for (const card of cards) {
      await rater.cast(card, 'tie')
      seen.push(card)
      if (seen.length === most) return seen
    }
  }
}

test('a rater sees each query once and then is done', async () => {
  const { asRater } = await arena()
  const cards = await voteOnAll(asRater)
  expect(cards).toHaveLength(12)
  expect(new Set(cards.map(({ question }) => question)).size).toBe(12)
  expect(await asRater.lease()).toMatchObject({ cards: [], done: true, waiting: null })
})

test('the last query of a pool comes, however many around it were seen', async () => {
  const { asRater } = await arena({ models: [{ name: 'One' }, { name: 'Two' }], queries: 140 })
  expect(new Set((await voteOnAll(asRater)).map(({ question }) => question)).size).toBe(140)
})

test('the same pair never comes twice in a row while others lack votes', async () => {
  const house = await arena({ queries: 40 })
  const pairs: string[] = []
  for (const card of await voteOnAll(house.asRater)) pairs.push(await pairOf(house, card))
  expect(pairs).toHaveLength(40)
  expect(pairs.filter((pair, index) => pair === pairs[index - 1])).toEqual([])
})

test('votes and open leases spread evenly over the pairs', async () => {
  const house = await arena({ queries: 40 })
  for (const rater of [house.asRater, await house.newRater(), await house.newRater()]) await voteOnAll(rater, 20)
  const counts = await house.ctx.sql<{ n: number }[]>`
    select sum(votes)::int as n from pair_counts group by least(model_a, model_b), greatest(model_a, model_b)`
  expect(counts.map(({ n }) => n)).toEqual([10, 10, 10, 10, 10, 10])
})

test('two raters at once never get the last place of a pair twice', async () => {
  const house = await arena({ models: [{ name: 'One' }, { name: 'Two' }], queries: 30, study: { quotaPerPair: 7 } })
  const raters = await Promise.all(Array.from({ length: 16 }, () => house.newRater()))
  const batches = await Promise.all(raters.map((rater) => rater.lease(3)))
  expect(batches.flatMap(({ cards }) => cards)).toHaveLength(7)
  const without = batches.filter(({ cards }) => cards.length === 0)
  expect(new Set(without.map(({ waiting }) => waiting))).toEqual(
    new Set(['The last battles are with other raters. What they give back comes here.']),
  )
})

test('a crowd that waits for its cards leaves votes a connection', async () => {
  const { asRater, newRater, ctx } = await arena()
  const { cards } = await asRater.lease(5)
  const crowd = await Promise.all(Array.from({ length: 12 }, () => newRater()))
  let waiting: Promise<unknown>
  await inTransaction(ctx, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(id::text, ${studyLocks.drawing})) from studies`
    waiting = Promise.all(crowd.map((rater) => rater.lease()))
    await until(async () => {
      const [locked] = await sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`
      return locked !== undefined
    })
    for (const card of cards) await asRater.cast(card, 'tie')
  })
  await waiting!
})

test('“don’t know” does not fill a quota', async () => {
  const { asRater, newRater } = await arena({
    models: [{ name: 'One' }, { name: 'Two' }],
    study: { quotaPerPair: 1 },
  })
  await asRater.cast((await asRater.lease()).cards[0]!, 'unsure')
  const other = await newRater()
  await other.cast((await other.lease()).cards[0]!, 'model_a')
  expect(await asRater.lease()).toMatchObject({ cards: [], done: true })
})

test('open leases come back first, except those that the page holds', async () => {
  const { asRater } = await arena()
  const { cards } = await asRater.lease(3)
  const [first, second, third] = cards.map(({ battleId }) => battleId)
  const reloaded = await asRater.lease(3)
  expect(reloaded.cards.map(({ battleId }) => battleId)).toEqual([first, second, third])
  const more = await asRater.lease(2, [first!, second!])
  expect(more.cards[0]!.battleId).toBe(third)
  expect([first, second, third]).not.toContain(more.cards[1]!.battleId)
})

test('a battle given back unseen returns to the pool, and to the same rater', async () => {
  const { asRater } = await arena({
    queries: 1,
    models: [{ name: 'One' }, { name: 'Two' }],
    study: { quotaPerPair: 1 },
  })
  const { cards } = await asRater.lease()
  await asRater.release(cards[0]!)
  const again = await asRater.lease()
  expect(again.cards[0]!.question).toBe(cards[0]!.question)
  expect(again.cards[0]!.battleId).not.toBe(cards[0]!.battleId)
})

test('an expired lease frees its place for others, but its query does not come back to the rater who saw it', async () => {
  const { asRater, newRater, ctx } = await arena({
    queries: 1,
    models: [{ name: 'One' }, { name: 'Two' }],
    study: { quotaPerPair: 1 },
  })
  await asRater.lease()
  const other = await newRater()
  expect((await other.lease()).cards).toEqual([])
  await ctx.sql`update battles set leased_until = now() - interval '1 second'`
  expect((await asRater.lease()).cards).toEqual([])
  expect((await other.lease()).cards).toHaveLength(1)
})

test('a lease can be prolonged until it is over', async () => {
  const { asRater, newRater, ctx } = await arena()
  const { battleId } = (await asRater.lease()).cards[0]!
  await ctx.sql`update battles set leased_until = now() + interval '5 seconds'`
  const renewed = await asRater.post(`/api/v1/battles/${battleId}/renew`)
  expect(Date.parse(renewed.json<{ leasedUntil: string }>().leasedUntil)).toBeGreaterThan(Date.now() + 500_000)
  expect((await (await newRater()).post(`/api/v1/battles/${battleId}/renew`)).statusCode).toBe(404)
  const over = async () => (await asRater.post(`/api/v1/battles/${battleId}/renew`)).json<{ type: string }>().type
  await ctx.sql`update battles set released_at = now()`
  expect(await over(), 'given back').toBe('/problems/lease-over')
  await ctx.sql`update battles set released_at = null, leased_until = now() - interval '1 second'`
  expect(await over()).toBe('/problems/lease-over')
})

test('a reported battle is kept with its reason and leaves the rater’s pile', async () => {
  const { asRater, newRater, ctx } = await arena()
  const { battleId } = (await asRater.lease()).cards[0]!
  const report = { reason: 'leak', note: 'It says who wrote it.' }
  expect((await (await newRater()).post(`/api/v1/battles/${battleId}/report`, report)).statusCode).toBe(404)
  expect((await asRater.post(`/api/v1/battles/${battleId}/report`, report)).statusCode).toBe(204)
  expect(await ctx.sql`select reason, note from reports`).toEqual([report])
  expect((await asRater.lease()).cards[0]!.battleId).not.toBe(battleId)
})

test('without answers a rater is told what is awaited', async () => {
  const { asRater, ctx } = await arena()
  await ctx.sql`update responses set status = 'pending'`
  await ctx.sql`
    with other as (insert into pools (slug, name) values ('other', 'Another study’s') returning id)
    insert into queries (pool_id, key, category, question, image_sha256)
    select other.id, key, category, question, image_sha256 from queries, other`
  expect(await asRater.lease()).toMatchObject({
    cards: [],
    done: false,
    waiting: '0 of 48 answers are in. The next card comes with the next answers.',
  })
})

test('answers that are held back and queries that are held back are never shown', async () => {
  const { asRater, ctx, modelIds } = await arena()
  await ctx.sql`update responses set status = 'held' where model_id = ${modelIds[0]!}`
  await ctx.sql`update queries set held_at = now() where key = 'q00003'`
  const cards = await voteOnAll(asRater)
  expect(cards).toHaveLength(11)
  const shown = await ctx.sql`select 1 from battles where model_a = ${modelIds[0]!} or model_b = ${modelIds[0]!}`
  expect(shown).toHaveLength(0)
})

test('only raters of an open study get cards; whoever runs the arena may try a sample study', async () => {
  const { asAdmin, anonymous, asRater, ctx, study } = await arena()
  const lease = `/api/v1/studies/${study.slug}/battles/lease`
  expect((await anonymous.post(lease, {})).statusCode).toBe(401)
  expect((await asAdmin.post(lease, {})).json()).toMatchObject({ type: '/problems/not-enrolled' })
  await ctx.sql`update studies set sample = true`
  expect((await asAdmin.lease()).cards).toHaveLength(1)
  await ctx.sql`update enrolments set paused_at = now()`
  expect((await asRater.post(lease, {})).json()).toMatchObject({ type: '/problems/rater-paused' })
  await ctx.sql`update studies set status = 'closed'`
  expect((await asRater.post(lease, {})).json()).toMatchObject({ type: '/problems/study-over' })
})

test('sides are a fair coin and the chance of each draw is kept', async () => {
  const house = await arena({ queries: 60, models: [{ name: 'One' }, { name: 'Two' }] })
  for (let rater = 0; rater < 5; rater++) await voteOnAll(await house.newRater())
  const [row] = await house.ctx.sql<{ left: number; all: number; chance: number }[]>`
    select (count(*) filter (where model_a = ${house.modelIds[0]!}))::int as left, count(*)::int as all,
      avg(draw_probability) as chance from votes`
  expect(row).toMatchObject({ all: 300, chance: 1 })
  // 300 tosses: five standard errors are 43.
  expect(Math.abs(row!.left - 150)).toBeLessThan(43)
})

test('who has seen every question is done, though others still hold cards', async () => {
  const { asRater, newRater } = await arena()
  await voteOnAll(asRater)
  expect((await (await newRater()).lease(3)).cards).toHaveLength(3)
  expect(await asRater.lease()).toMatchObject({ cards: [], done: true, waiting: null })
})

test('the chance of a draw is one among the pairs that are served least; a model without answers has none', async () => {
  const { asRater, ctx, modelIds } = await arena({ models: ['One', 'Two', 'Three', 'Four'].map((name) => ({ name })) })
  await ctx.sql`update responses set status = 'pending' where model_id = ${modelIds[3]!}`
  for (let n = 0; n < 4; n++) await asRater.cast((await asRater.lease()).cards[0]!, 'tie')
  const rows = await ctx.sql<{ chance: number }[]>`select draw_probability as chance from battles order by leased_at`
  const chances = rows.map(({ chance }) => Math.round(1 / chance))
  // Three pairs, then two, then the last one; then all are equal again, but the same pair does not come twice in a row.
  expect(chances).toEqual([3, 2, 1, 2])
})

test('what waits for its turn to draw reads the study and its places only then', async () => {
  const { asRater, ctx, database, study } = await arena({ models: [{ name: 'Ann' }, { name: 'Ben' }] })
  const draw = () => asRater.post(`/api/v1/studies/${study.slug}/battles/lease`, {})
  const whileDrawing = async (change: ReturnType<typeof ctx.sql>) => {
    let reply: ReturnType<typeof draw>
    await database.sql.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${study.id}, ${studyLocks.drawing}))`
      reply = draw()
      await expect
        .poll(() =>
          ctx.sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.then((rows) => rows.length),
        )
        .toBe(1)
      await sql`${change}`
    })
    return (await reply!).json<{ status?: number; cards?: unknown[] }>()
  }
  expect(await whileDrawing(ctx.sql`update responses set status = 'held'`)).toMatchObject({ cards: [] })
  await ctx.sql`update responses set status = 'ready'`
  expect(await whileDrawing(ctx.sql`update studies set status = 'closed'`)).toMatchObject({ status: 409 })
  expect(await ctx.sql`select 1 from battles`).toEqual([])
})

test('raters without a card who ask at the same time are told of answers that were added up once', async () => {
  const { asRater, newRater, ctx } = await arena()
  const other = await newRater()
  await ctx.sql`update responses set status = 'pending'`
  const sentence = (answered: number) => `${answered} of 48 answers are in. The next card comes with the next answers.`
  expect((await asRater.lease()).waiting).toBe(sentence(0))
  await ctx.sql`update responses set status = 'ready' where id = (select id from responses limit 1)`
  expect((await other.lease()).waiting).toBe(sentence(0))
  await expect.poll(async () => (await other.lease()).waiting).toBe(sentence(1))
})
