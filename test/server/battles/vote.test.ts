import { expect, test } from 'vitest'
import { castVote } from '#server/battles/cast-vote.ts'
import { VoteInput, type Card } from '#server/battles/schema.ts'
import type { Context } from '#server/core/context.ts'
import { locks } from '#server/core/locks.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { arena, until } from '../../support/arena.ts'
import { recount } from '../../support/vote-checker.ts'

test('a second verdict on a battle is refused and the first one stands', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  const first = await asRater.cast(cards[0]!, 'model_a')
  const reply = await asRater.vote(cards[0]!, 'tie')
  expect(reply.statusCode).toBe(409)
  expect(reply.headers['content-type']).toContain('application/problem+json')
  expect(reply.json()).toMatchObject({ type: '/problems/already-voted', verdict: 'model_a', voteId: first.id })
  expect(await recount(ctx)).toMatchObject({ votes: 1, differences: [] })
})

test('the same verdict again returns the same vote', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  const first = await asRater.cast(cards[0]!, 'both_bad')
  const again = await asRater.cast(cards[0]!, 'both_bad')
  expect(again).toEqual(first)
  expect(await recount(ctx)).toMatchObject({ votes: 1, differences: [] })
})

test('one key pressed five times at once is one vote', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  const votes = await Promise.all(Array.from({ length: 5 }, () => asRater.cast(cards[0]!, 'tie')))
  expect(new Set(votes.map(({ id }) => id)).size).toBe(1)
  expect(await recount(ctx)).toMatchObject({ votes: 1, differences: [] })
})

test('another verdict that waits for the first one to be stored is refused in words', async () => {
  const { asRater, ctx } = await arena()
  const [card] = (await asRater.lease()).cards
  const actor = await raterOf(ctx, card!)
  let second: ReturnType<typeof asRater.vote>
  await inTransaction(ctx, async (own) => {
    const first = VoteInput.parse({ verdict: 'model_a' })
    await castVote({ ...own, actor }, card!.battleId, first)
    second = asRater.vote(card!, 'tie')
    await until(async () => {
      const waiting = await ctx.sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      return waiting.length > 0
    })
  })
  const reply = await second!
  expect(reply.statusCode).toBe(409)
  expect(reply.json()).toMatchObject({ type: '/problems/already-voted', verdict: 'model_a' })
  expect(await recount(ctx)).toMatchObject({ votes: 1, differences: [] })
})

test('a vote that cannot be stored takes none of those with it that come together with it', async () => {
  const { newRater, ctx } = await arena()
  const raters = await Promise.all(Array.from({ length: 12 }, () => newRater()))
  const cards = await Promise.all(raters.map(async (rater) => (await rater.lease()).cards[0]!))
  await ctx.sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
    create trigger refuse before insert on votes for each row when (new.battle_id = '${cards[7]!.battleId}')
    execute function refuse()`)
  const replies = await Promise.all(raters.map((rater, n) => rater.vote(cards[n]!, 'tie')))
  expect(replies.map(({ statusCode }) => statusCode)).toEqual(raters.map((_, n) => (n === 7 ? 500 : 201)))
  expect(await recount(ctx)).toMatchObject({ votes: 11, counted: 11, differences: [], strange: [] })
  await ctx.sql`drop trigger refuse on votes`
  await raters[7]!.cast(cards[7]!, 'tie')
  expect(await recount(ctx)).toMatchObject({ votes: 12, counted: 12, differences: [] })
})

test('votes of two servers on one database that move the same counts at once are all counted', async () => {
  const { newRater, ctx, database } = await arena({ models: [{ name: 'One' }, { name: 'Two' }] })
  const raters = await Promise.all(Array.from({ length: 12 }, () => newRater()))
  const held = await Promise.all(raters.map(async (rater) => (await rater.lease(5)).cards))
  const other = await openDatabase({ databaseUrl: database.url, dataDir: '', migrate: false })
  const contexts = [ctx, { ...ctx, sql: other.sql, db: other.db }]
  const actors = await Promise.all(held.map(([card]) => raterOf(ctx, card!)))
  const votes = await Promise.all(
    held.flatMap((cards, n) =>
      cards.map(({ battleId }, k) => {
        const server = contexts[(n + k) % 2]!
        return castVote({ ...server, actor: actors[n]! }, battleId, VoteInput.parse({ verdict: 'tie' }))
      }),
    ),
  )
  await other.close()
  expect(new Set(votes.map(({ id }) => id)).size).toBe(60)
  expect(await recount(ctx)).toMatchObject({ votes: 60, counted: 60, differences: [], strange: [] })
})

test('the database itself holds one vote of a battle, even of one that was withdrawn', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  const { id } = await asRater.cast(cards[0]!, 'model_a')
  await asRater.post(`/api/v1/votes/${id}/withdraw`)
  const twin = ctx.sql`
    insert into votes overriding system value
    select (jsonb_populate_record(v, '{"id": 999, "verdict": "tie", "withdrawn_at": null}')).* from votes v`
  await expect(twin).rejects.toThrow('votes_battleId_unique')
})

test('another rater’s battle, an unknown one and a visitor’s vote are refused', async () => {
  const { asRater, newRater, anonymous, ctx } = await arena()
  const other = await newRater()
  const { cards } = await asRater.lease()
  const unknown = { battleId: '00000000-0000-4000-8000-000000000000' }
  expect((await other.vote(cards[0]!, 'model_a')).statusCode).toBe(404)
  expect((await other.vote(unknown, 'model_a')).statusCode).toBe(404)
  expect((await anonymous.vote(cards[0]!, 'model_a')).statusCode).toBe(401)
  expect((await asRater.post(`/api/v1/battles/${cards[0]!.battleId}/vote`, { verdict: 'model_c' })).statusCode).toBe(
    400,
  )
  expect(await recount(ctx)).toMatchObject({ votes: 0 })
})

test('a page made for one rater neither votes nor gets cards in the session of another', async () => {
  const { asRater, newRater, study, ctx } = await arena()
  const other = await newRater()
  const { cards } = await asRater.lease()
  const me = (await asRater.get('/api/v1/me')).json<{ person: { id: string } }>().person.id
  const lease = `/api/v1/studies/${study.slug}/battles/lease`
  const vote = { verdict: 'tie', rater: me }
  const refused = { status: 403, type: '/problems/another-rater' }
  expect((await other.post(lease, { rater: me })).json()).toMatchObject(refused)
  const { cards: theirs } = await other.lease()
  for (const { battleId } of [cards[0]!, theirs[0]!])
    expect((await other.post(`/api/v1/battles/${battleId}/vote`, vote)).json()).toMatchObject(refused)
  expect(await recount(ctx)).toMatchObject({ votes: 0 })
  expect((await asRater.post(lease, { rater: me })).statusCode).toBe(200)
  expect((await asRater.post(`/api/v1/battles/${cards[0]!.battleId}/vote`, vote)).statusCode).toBe(201)
})

test('a vote after its lease is kept, marked late, and counted while its pair lacks votes', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  await expireLeases(ctx)
  expect(await asRater.cast(cards[0]!, 'model_b')).toMatchObject({ late: true })
  expect(await recount(ctx)).toMatchObject({ votes: 1, counted: 1, differences: [] })
})

test('a late vote for a pair that has its quota is kept and not counted', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { asRater, newRater, ctx } = await arena({ models, study: { quotaPerPair: 1 } })
  const { cards: slow } = await asRater.lease()
  await expireLeases(ctx)
  const quick = await newRater()
  const { cards } = await quick.lease()
  await quick.cast(cards[0]!, 'model_a')
  const late = await asRater.cast(slow[0]!, 'model_a')
  expect(late).toMatchObject({ late: true })
  expect(await recount(ctx)).toMatchObject({ votes: 2, counted: 1, differences: [] })
  await asRater.post(`/api/v1/votes/${late.id}/withdraw`)
  expect(await recount(ctx), 'taken back').toMatchObject({ votes: 1, counted: 1, differences: [] })
})

test('two late votes at once for a pair that lacks one: one counts', async () => {
  const models = [{ name: 'One' }, { name: 'Two' }]
  const { newRater, ctx } = await arena({ models, study: { quotaPerPair: 2 } })
  const raters = await Promise.all([newRater(), newRater(), newRater()])
  const cards: Card[] = []
  for (const rater of raters) {
    cards.push((await rater.lease()).cards[0]!)
    await expireLeases(ctx)
  }
  await raters[0]!.cast(cards[0]!, 'tie')
  await Promise.all([raters[1]!.cast(cards[1]!, 'model_a'), raters[2]!.cast(cards[2]!, 'model_b')])
  expect(await recount(ctx)).toMatchObject({ votes: 3, counted: 2, differences: [] })
})

test('a late vote waits for the late vote before it, and one in time does not', async () => {
  const { asRater, ctx, database } = await arena()
  const { cards } = await asRater.lease(2)
  const done: string[] = []
  const cast = (card: Card, name: string) => asRater.cast(card, 'tie').then(() => done.push(name))
  const { promise: before, resolve: end } = Promise.withResolvers<undefined>()
  const held = database.sql.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(${locks.lateVotes})`
    await cast(cards[0]!, 'in time')
    await expireLeases(ctx)
    void cast(cards[1]!, 'late')
    await before
  })
  await expect
    .poll(() =>
      ctx.sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.then(({ length }) => length),
    )
    .toBe(1)
  expect(done).toEqual(['in time'])
  end(undefined)
  await held
  await expect.poll(() => done).toEqual(['in time', 'late'])
})

test('progress counts the votes that stand', async () => {
  const { asRater } = await arena({ study: { sessionGoal: 20 } })
  const { cards, progress } = await asRater.lease(2)
  expect(progress).toEqual({ votes: 0, goal: 20 })
  await asRater.cast(cards[0]!, 'tie')
  expect((await asRater.cast(cards[1]!, 'unsure')).progress).toEqual({ votes: 2, goal: 20 })
})

test('a vote asks once for the ratings to be refreshed', async () => {
  const { asRater, queued, study } = await arena()
  const { cards } = await asRater.lease(2)
  for (const card of cards) await asRater.cast(card, 'tie')
  expect(queued.filter(({ name }) => name === 'refresh-ratings')).toEqual([
    { name: 'refresh-ratings', data: { studyId: study.id } },
  ])
})

test('a disabled account cannot vote', async () => {
  const { asRater, ctx } = await arena()
  const { cards } = await asRater.lease()
  await ctx.sql`update people set disabled_at = now() where role = 'rater'`
  expect((await asRater.vote(cards[0]!, 'tie')).statusCode).toBe(401)
})

test('a second vote on the same two answers is kept and not counted', async () => {
  const { asRater, ctx } = await arena({ models: [{ name: 'One' }, { name: 'Two' }], queries: 1 })
  const given = (await asRater.lease()).cards[0]!
  await asRater.release(given)
  await asRater.cast((await asRater.lease()).cards[0]!, 'model_a')
  expect(await asRater.cast(given, 'model_a')).toMatchObject({ late: true, progress: { votes: 2 } })
  expect(await recount(ctx)).toMatchObject({ votes: 2, counted: 1, differences: [] })
  expect(await ctx.sql`select left_out from votes order by id`).toEqual([{ left_out: null }, { left_out: 'duplicate' }])
})

test('a vote on another two answers to the same question counts', async () => {
  const { asRater, ctx } = await arena({ models: ['One', 'Two', 'Three'].map((name) => ({ name })), queries: 1 })
  const given = (await asRater.lease()).cards[0]!
  const differs = async () => {
    const [row] = await ctx.sql<{ pairs: number }[]>`
      select count(distinct least(model_a, model_b) || greatest(model_a, model_b)::text)::int as pairs
      from battles where id = ${given.battleId} or released_at is null`
    return row!.pairs === 2
  }
  let other
  do {
    for (const open of (await asRater.lease(1, [])).cards) await asRater.release(open)
    other = (await asRater.lease()).cards[0]!
  } while (!(await differs()))
  await asRater.cast(other, 'tie')
  await asRater.cast(given, 'tie')
  expect(await recount(ctx)).toMatchObject({ votes: 2, counted: 2, differences: [] })
})

async function expireLeases(ctx: Context) {
  await ctx.sql`update battles set leased_until = now() - interval '1 second' where consumed_at is null`
}

async function raterOf({ sql }: Context, { battleId }: Card): Promise<Context['actor']> {
  const [row] = await sql<{ personId: string }[]>`
    select person_id as "personId" from raters r join battles b on b.rater_id = r.id where b.id = ${battleId}`
  return { kind: 'person', role: 'rater', name: 'Rater', personId: row!.personId, teamId: null }
}
