import { battles } from '#drizzle/schema/battles.ts'
import { collections } from '#drizzle/schema/responses.ts'
import type { Context } from '../core/context.ts'
import { studyLocks } from '../core/locks.ts'
import { flag, present, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { inTransaction } from '../core/transaction.ts'
import { requireHandingOut } from '../studies/service.ts'
import type { Enrolment } from '../raters/service.ts'
import { goldChance, isKeptForGold, leaseGold, readGoldTurns, type GoldTurn } from './gold/draw-gold.ts'

const servedPair = {
  low: collections.modelId,
  high: collections.modelId,
  lowCollection: collections.id,
  highCollection: collections.id,
  /** Counted votes and open leases. */
  served: whole,
  /** Of them, those that show `low` as A less those that show it as B. */
  lean: whole,
}

/** An unordered pair of models, `low` before `high`, and how far it is served. */
type Pair = RowOf<typeof servedPair>

/** Queries looked at for one draw, from a random position on: enough to be even, few enough for any pool. */
const queriesLookedAt = 64

/** How many cards a rater asks for, and the page that takes them. */
interface Wanted {
  count: number
  holder: string | null
}

/** A rater's request for cards, until it is answered. */
interface DrawRequest extends Wanted, PromiseWithResolvers<string[]> {
  enrolment: Enrolment
}

/** By study: requests that wait while others are being answered. */
const queues = new Map<string, DrawRequest[]>()
const batchSize = 20

/**
 * Draws up to `count` new battles for a rater and leases them: the pair that is served least, at random among equals; a
 * query that this rater has not seen and both models have answered; the side that its model was shown on less often, by a
 * coin where both are even. The same pair does not come twice in a row where another lacks votes. A study's share of gold
 * items is hidden among them. Leases of one study are
 * given one after the other, so that no two raters get a pair's last place. Returns the ids of those that were leased, in
 * their order; fewer mean that nothing more is left for this rater now.
 */
export function drawBattles(ctx: Context, enrolment: Enrolment, wanted: Wanted): Promise<string[]> {
  const request: DrawRequest = { enrolment, ...wanted, ...Promise.withResolvers<string[]>() }
  const queue = queues.get(enrolment.study.id)
  if (queue) queue.push(request)
  else void answerInTurn(ctx, enrolment.study.id, [request])
  return request.promise
}

/**
 * Answers a study's requests until none waits. Those that came meanwhile share the next transaction, and with it the
 * most expensive query: a crowd is served faster than one by one, and waits here, where it holds no connection that
 * votes need.
 */
async function answerInTurn(ctx: Context, studyId: string, queue: DrawRequest[]): Promise<void> {
  queues.set(studyId, queue)
  while (queue.length > 0) {
    const batch = queue.splice(0, batchSize)
    try {
      const drawn = await inTransaction(ctx, (ctx) => drawBatch(ctx, studyId, batch))
      batch.forEach(({ resolve }, place) => resolve(drawn[place]!))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  queues.delete(studyId)
}

/** The statements that no choice depends on go out together: each waits for the one before it, not for this process. */
async function drawBatch(ctx: Context, studyId: string, requests: DrawRequest[]): Promise<string[][]> {
  const raterIds = requests.map(({ enrolment }) => enrolment.raterId)
  const withGold = requests.some(({ enrolment }) => enrolment.study.goldShare > 0)
  const [, , pairs, lastPairs, goldTurns] = await Promise.all([
    ctx.sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${studyLocks.drawing}))`,
    requireHandingOut(ctx, { id: studyId }),
    readServedPairs(ctx, studyId),
    readLastPairs(ctx, studyId, raterIds),
    withGold ? readGoldTurns(ctx, studyId, raterIds) : new Map<string, GoldTurn>(),
  ])
  const drawn: string[][] = []
  for (const request of requests) drawn.push(await drawFor(ctx, request, { pairs, lastPairs, goldTurns }))
  return drawn
}

async function drawFor(
  ctx: Context,
  { enrolment, count, holder }: DrawRequest,
  { pairs, lastPairs, goldTurns }: Standing,
): Promise<string[]> {
  const exhausted = new Set<Pair>()
  const drawn: string[] = []
  const turn = goldTurns.get(enrolment.raterId) ?? { given: 0, recent: [] }
  while (drawn.length < count) {
    const last = lastPairs.get(enrolment.raterId)
    const battle = await drawOne(ctx, enrolment, { pairs, exhausted, last, holder, turn })
    if (!battle) break
    if (battle.pair) {
      battle.pair.served++
      lastPairs.set(enrolment.raterId, keyOf(battle.pair))
    }
    turn.given++
    turn.recent.unshift(battle.pair === null)
    drawn.push(battle.id)
  }
  return drawn
}

/** What a batch of requests is drawn from; every draw moves it. */
interface Standing {
  pairs: Pair[]
  lastPairs: Map<string, string>
  goldTurns: Map<string, GoldTurn>
}

interface Chances {
  pairs: Pair[]
  exhausted: Set<Pair>
  last: string | undefined
  holder: string | null
  turn: GoldTurn
}

const keyOf = ({ low, high }: { low: string; high: string }) => `${low} ${high}`

/** The pair is null for a gold item. Gold comes only while a pair lacks votes: it keeps no full study open. */
async function drawOne(
  ctx: Context,
  enrolment: Enrolment,
  { pairs, exhausted, last, holder, turn }: Chances,
): Promise<{ id: string; pair: Pair | null } | null> {
  const { goldShare, quotaPerPair } = enrolment.study
  const chance = goldShare === 0 ? 0 : goldChance(turn, goldShare)
  if (ctx.random() < chance && pairs.some((pair) => pair.served < quotaPerPair && !exhausted.has(pair))) {
    const id = await leaseGold(ctx, enrolment, { holder, chance })
    if (id) return { id, pair: null }
  }
  for (;;) {
    const lacking = pairs.filter((pair) => pair.served < quotaPerPair && !exhausted.has(pair))
    const others = lacking.filter((pair) => keyOf(pair) !== last)
    const candidates = leastServed(others.length > 0 ? others : lacking)
    const pair = candidates[Math.floor(ctx.random() * candidates.length)]
    if (!pair) return null
    const id = await leaseOne(ctx, enrolment, pair, { holder, drawProbability: 1 / candidates.length })
    if (id) return { id, pair }
    // Pairs that turn out to have no query left for this rater leave the draw, and the chances of the others rise.
    exhausted.add(pair)
    if (exhausted.size === 1 && !(await hasUnseenQuery(ctx, enrolment))) return null
  }
}

function leastServed(pairs: Pair[]): Pair[] {
  const least = Math.min(...pairs.map(({ served }) => served))
  return pairs.filter(({ served }) => served === least)
}

/** Every pair of models that have answers, with its counted votes (`unsure` says nothing and fills no quota) and open leases. */
async function readServedPairs(ctx: Context, studyId: string): Promise<Pair[]> {
  return rowsOf(ctx, servedPair)`
    with held as (
      select least(model_a, model_b) as low, greatest(model_a, model_b) as high, count(*) as votes,
        sum(case when model_a < model_b then 1 else -1 end) as lean
      from battles
      where study_id = ${studyId} and consumed_at is null and released_at is null and leased_until > now() group by 1, 2
    ), answering as (
      select c.model_id, c.id from collections c
      where c.study_id = ${studyId}
        and not exists (select 1 from models m where m.id = c.model_id and m.withdrawn_at is not null)
        and exists (select 1 from responses r where r.collection_id = c.id and r.status = 'ready')
    )
    select x.model_id as low, y.model_id as high, x.id as "lowCollection", y.id as "highCollection",
      (coalesce(t.votes, 0) + coalesce(h.votes, 0))::int as served,
      (coalesce(t.lean, 0) + coalesce(h.lean, 0))::int as lean
    from answering x
    join answering y on y.model_id > x.model_id
    left join pair_totals t on t.study_id = ${studyId} and t.low = x.model_id and t.high = y.model_id
    left join held h on h.low = x.model_id and h.high = y.model_id
    order by 1, 2`
}

/** By rater, the pair of the battle that each of them was given last. */
async function readLastPairs(ctx: Context, studyId: string, raterIds: string[]): Promise<Map<string, string>> {
  const rows = await rowsOf(ctx, {
    raterId: battles.raterId,
    low: present(battles.modelA),
    high: present(battles.modelB),
  })`
    select r.id as "raterId", least(b.model_a, b.model_b) as low, greatest(b.model_a, b.model_b) as high
    from unnest(${raterIds}::uuid[]) as r (id)
    cross join lateral (
      select model_a, model_b from battles
      where study_id = ${studyId} and rater_id = r.id and released_at is null and purpose <> 'gold'
      order by leased_at desc, id limit 1
    ) b`
  return new Map(rows.map((last) => [last.raterId, keyOf(last)]))
}

/**
 * Leases a battle of the pair on a query to which both models have an answer fit to be shown and which this rater has not
 * seen; a battle given back unseen does not count as seen. Query ids are random, so those after a random id are a fair
 * sample. Undefined: there is no such query.
 */
async function leaseOne(
  ctx: Context,
  { raterId, study }: Enrolment,
  pair: Pair,
  { holder, drawProbability }: { holder: string | null; drawProbability: number },
): Promise<string | undefined> {
  const { sql } = ctx
  const pivot = randomUuid(ctx)
  const lowFirst = pair.lean === 0 ? ctx.random() < 0.5 : pair.lean < 0
  const handful = (side: 'after' | 'before') => sql`
    (select x.query_id, x.id as low, y.id as high
      from responses x
      join responses y on y.collection_id = ${pair.highCollection} and y.query_id = x.query_id and y.status = 'ready'
      where x.collection_id = ${pair.lowCollection} and x.status = 'ready'
        and ${side === 'after' ? sql`x.query_id >= ${pivot}` : sql`x.query_id < ${pivot}`}
        and not exists (select 1 from seen where seen.query_id = x.query_id)
        and not exists (select 1 from queries q where q.id = x.query_id and q.held_at is not null)
        ${study.goldShare > 0 ? sql`and not ${isKeptForGold(ctx, study.id, sql`x.query_id`)}` : sql``}
      order by x.query_id limit ${queriesLookedAt})`
  // Materialized: planned as one, the pool's queries would be read in the order of their ids up to the pivot.
  // clock_timestamp(): within one transaction now() stands still, and the order of leases would be lost.
  const [leased] = await rowsOf(ctx, { id: battles.id })`
    with seen as materialized (
      select query_id from battles
      where study_id = ${study.id} and rater_id = ${raterId} and (released_at is null or consumed_at is not null)
    ), looked_at as materialized (
      ${handful('after')} union all ${handful('before')} limit ${queriesLookedAt}
    ), chosen as (
      select * from looked_at order by query_id
      limit 1 offset floor(${ctx.random()}::float8 * (select count(*) from looked_at))::int
    )
    insert into battles (study_id, rater_id, query_id, category, model_a, model_b, response_a, response_b, points_shown,
      guidelines_version, draw_probability, holders, leased_at, leased_until)
    select ${study.id}, ${raterId}, c.query_id, q.category,
      ${lowFirst ? pair.low : pair.high}, ${lowFirst ? pair.high : pair.low},
      ${lowFirst ? sql`c.low, c.high` : sql`c.high, c.low`}, ${study.pointsShown}, ${study.guidelinesVersion},
      ${drawProbability}, array_remove(array[${holder}::uuid], null), clock_timestamp(),
      now() + make_interval(secs => ${study.leaseSeconds})
    from chosen c join queries q on q.id = c.query_id
    returning id`
  if (leased) pair.lean += lowFirst ? 1 : -1
  return leased?.id
}

/** Whether the pool has a query for a battle that this rater was not given before: without one there is nothing to draw or to wait for. */
export async function hasUnseenQuery(ctx: Context, { raterId, study }: Enrolment): Promise<boolean> {
  const { sql } = ctx
  const [row] = await rowsOf(ctx, { unseen: flag })`
    with seen as materialized (
      select query_id from battles
      where study_id = ${study.id} and rater_id = ${raterId} and (released_at is null or consumed_at is not null)
    )
    select exists (
      select 1 from queries q where q.pool_id = ${study.poolId} and q.held_at is null
        and not exists (select 1 from seen where seen.query_id = q.id)
        ${study.goldShare > 0 ? sql`and not ${isKeptForGold(ctx, study.id, sql`q.id`)}` : sql``}
    ) as unseen`
  return row!.unseen
}

function randomUuid(ctx: Context): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(ctx.random() * 16).toString(16)).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
