import { battles } from '#drizzle/schema/battles.ts'
import type { Context } from '../core/context.ts'
import { studyLocks } from '../core/locks.ts'
import { gathering } from '../core/postgres/gathering.ts'
import { flag, rowsOf } from '../core/postgres/rows.ts'
import { inTransaction } from '../core/transaction.ts'
import { requireHandingOut } from '../studies/service.ts'
import type { Enrolment } from '../raters/service.ts'
import { adaptiveChances, readPairGains, type PairGains } from './adaptive/pair-gains.ts'
import { keyOf, notGiven, readLastPairs, readOwnPairs, readServedPairs, type Pair } from './served.ts'
import { leaseOverlap, readAwaited, readOutstanding, type Outstanding } from './overlap/plan-overlap.ts'
import { goldChance, isNotKept, leaseGold, readGoldTurns, type GoldTurn } from './gold/draw-gold.ts'

/** How many cards a rater asks for, and the page that takes them. */
interface Wanted {
  count: number
  holder: string | null
}

/** A rater's request for cards. */
interface DrawRequest extends Wanted {
  enrolment: Enrolment
}

/**
 * Draws up to `count` new battles for a rater and leases them: the pair that is served least, at random among equals, or
 * in an adaptive study by chances in proportion to what a vote is worth; a
 * query that this rater has not seen and both models have answered; the side that its model was shown on less often, by a
 * coin where both are even. The same pair does not come twice in a row where another lacks votes. A study's share of gold
 * items is hidden among them, and of its share of planned overlap those that are outstanding come first. Leases of one study are
 * given one after the other, so that no two raters get a pair's last place. Returns the ids of those that were leased, in
 * their order; fewer mean that nothing more is left for this rater now.
 */
export function drawBattles(ctx: Context, enrolment: Enrolment, wanted: Wanted): Promise<string[]> {
  return drawInTurn(ctx, { enrolment, ...wanted })
}

/**
 * A study's requests that come while others are answered share the next transaction, and with it the most expensive query:
 * a crowd is served faster than one by one, and waits here, where it holds no connection that votes need.
 */
const drawInTurn = gathering(
  (ctx, requests: DrawRequest[]) =>
    inTransaction(ctx, (ctx) => drawBatch(ctx, requests[0]!.enrolment.study.id, requests)),
  { most: 20, laneOf: ({ enrolment }) => enrolment.study.id },
)

/**
 * The statements that no choice depends on go out together: each waits for the one before it, not for this process. A
 * statement is sent when it is asked for its rows, which `execute` does at once: the lock must be the first, or what is read
 * is of before it.
 */
async function drawBatch(ctx: Context, studyId: string, requests: DrawRequest[]): Promise<string[][]> {
  const raterIds = requests.map(({ enrolment }) => enrolment.raterId)
  const withGold = requests.some(({ enrolment }) => enrolment.study.goldShare > 0)
  const [, , pairs, outstanding, lastPairs, goldTurns] = await Promise.all([
    ctx.sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${studyLocks.drawing}))`.execute(),
    requireHandingOut(ctx, { id: studyId }),
    readServedPairs(ctx, studyId),
    readOutstanding(ctx, studyId),
    readLastPairs(ctx, studyId, raterIds),
    withGold ? readGoldTurns(ctx, studyId, raterIds) : new Map<string, GoldTurn>(),
  ])
  const byKey = new Map(pairs.map((pair) => [keyOf(pair), pair]))
  for (const overlap of outstanding) {
    const pair = byKey.get(keyOf(overlap))
    if (pair) pair.reserved += overlap.missing
  }
  const isAdaptive = requests.some(({ enrolment }) => enrolment.study.drawing === 'adaptive')
  const gains = isAdaptive ? await readPairGains(ctx, studyId, pairs) : null
  const standing = { pairs, gains, byKey, outstanding, lastPairs, goldTurns }
  const drawn: string[][] = []
  for (const request of requests) drawn.push(await drawFor(ctx, request, standing))
  return drawn
}

async function drawFor(ctx: Context, { enrolment, count, holder }: DrawRequest, standing: Standing): Promise<string[]> {
  const { lastPairs, goldTurns } = standing
  const exhausted = new Set(await readOwnPairs(ctx, enrolment, standing.pairs))
  const barred = exhausted.size
  const drawn: string[] = []
  const turn = goldTurns.get(enrolment.raterId) ?? { given: 0, recent: [] }
  while (drawn.length < count) {
    const last = lastPairs.get(enrolment.raterId)
    const battle = await drawOne(ctx, enrolment, { ...standing, exhausted, barred, last, holder, turn })
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
  /** Of a study that is drawn adaptively. */
  gains: PairGains | null
  byKey: Map<string, Pair>
  outstanding: Outstanding[]
  lastPairs: Map<string, string>
  goldTurns: Map<string, GoldTurn>
}

interface Chances extends Standing {
  /** Pairs of which this rater is given no more. */
  exhausted: Set<Pair>
  /** How many of them are of the rater's own team. */
  barred: number
  last: string | undefined
  holder: string | null
  turn: GoldTurn
}

/** The pair is null for a gold item. Gold comes only while a pair lacks votes: it keeps no full study open. */
async function drawOne(
  ctx: Context,
  enrolment: Enrolment,
  chances: Chances,
): Promise<{ id: string; pair: Pair | null } | null> {
  const { pairs, gains, outstanding, exhausted, barred, last, holder, turn } = chances
  const { goldShare, overlapShare, overlapRaters, quotaPerPair } = enrolment.study
  const lacks = (pair: Pair) => pair.served < quotaPerPair && !exhausted.has(pair)
  const chance = goldShare === 0 ? 0 : goldChance(turn, goldShare)
  if (ctx.random() < chance && pairs.some(lacks)) {
    const id = await leaseGold(ctx, enrolment, { holder, chance })
    if (id) return { id, pair: null }
  }
  const shared = await drawOverlap(ctx, enrolment, chances)
  if (shared) return shared
  for (;;) {
    const hasPlace = (pair: Pair) => lacks(pair) && pair.served + pair.reserved < quotaPerPair
    if (!pairs.some(hasPlace) && pairs.some(lacks)) await giveUpPlaces(ctx, enrolment, chances)
    const open = pairs.filter(hasPlace)
    const others = open.filter((pair) => keyOf(pair) !== last)
    const drawn = drawPair(ctx, others.length > 0 ? others : open, gains)
    if (!drawn) return null
    const { pair, drawProbability } = drawn
    const fits = pair.served + pair.reserved + overlapRaters <= quotaPerPair
    const planned = overlapShare > 0 && fits && ctx.random() < overlapShare ? overlapRaters : null
    const leased = await leaseOne(ctx, enrolment, pair, { holder, planned, drawProbability })
    if (leased) {
      if (leased.overlapId !== null) {
        const missing = overlapRaters - 1
        outstanding.push({ id: leased.overlapId, low: pair.low, high: pair.high, missing })
        pair.reserved += missing
      }
      return { id: leased.id, pair }
    }
    // Pairs that turn out to have no query left for this rater leave the draw, and the chances of the others rise.
    exhausted.add(pair)
    if (exhausted.size === barred + 1 && !(await hasUnseenQuery(ctx, enrolment))) return null
  }
}

/** Frees the places that planned overlap waits for in vain: nobody at work could be given it. */
async function giveUpPlaces(ctx: Context, enrolment: Enrolment, { outstanding, byKey }: Chances): Promise<void> {
  const waiting = outstanding.filter(({ missing }) => missing > 0)
  const awaited = await readAwaited(ctx, enrolment.study.id, waiting)
  for (const overlap of waiting) {
    if (awaited.has(overlap.id)) continue
    const pair = byKey.get(keyOf(overlap))
    if (pair) pair.reserved -= overlap.missing
    overlap.missing = 0
  }
}

/** Leases a battle that is planned for several raters and waits for some; one of another pair than the last one before others. */
async function drawOverlap(
  ctx: Context,
  enrolment: Enrolment,
  { outstanding, byKey, exhausted, last, holder }: Chances,
): Promise<{ id: string; pair: Pair } | null> {
  const offered = outstanding.flatMap((overlap) => {
    const pair = byKey.get(keyOf(overlap))
    if (!pair || exhausted.has(pair) || overlap.missing === 0 || pair.served >= enrolment.study.quotaPerPair) return []
    return { overlap, pair, lowFirst: pair.lean === 0 ? ctx.random() < 0.5 : pair.lean < 0 }
  })
  if (offered.length === 0) return null
  offered.sort((one, other) => Number(keyOf(one.pair) === last) - Number(keyOf(other.pair) === last))
  const asked = offered.map(({ overlap: { id }, lowFirst }) => ({ id, lowFirst }))
  const leased = await leaseOverlap(ctx, enrolment, asked, holder)
  if (!leased) return null
  const { overlap, pair, lowFirst } = offered.find(({ overlap }) => overlap.id === leased.overlapId)!
  overlap.missing--
  pair.reserved--
  pair.lean += lowFirst ? 1 : -1
  return { id: leased.id, pair }
}

/** One of the pairs with its chance: by what a vote on each is worth, or where that is not asked, of those served least. */
function drawPair(ctx: Context, pairs: Pair[], gains: PairGains | null) {
  const candidates = gains ? pairs : leastServed(pairs)
  const chances = gains ? adaptiveChances(candidates, gains) : candidates.map(() => 1 / candidates.length)
  let left = ctx.random()
  const found = chances.findIndex((chance) => (left -= chance) < 0)
  const place = found < 0 ? candidates.length - 1 : found
  const pair = candidates[place]
  return pair && { pair, drawProbability: chances[place]! }
}

function leastServed(pairs: Pair[]): Pair[] {
  const least = Math.min(...pairs.map(({ served, reserved }) => served + reserved))
  return pairs.filter(({ served, reserved }) => served + reserved === least)
}

/**
 * Leases a battle of the pair on a query to which both models have an answer fit to be shown and which this rater has not
 * seen; a battle given back unseen does not count as seen. `planned`: so many raters are to judge it. Query ids are random, so those after a random id are a fair
 * sample. Undefined: there is no such query.
 */
async function leaseOne(
  ctx: Context,
  { raterId, study }: Enrolment,
  pair: Pair,
  { holder, planned, drawProbability }: { holder: string | null; planned: number | null; drawProbability: number },
): Promise<{ id: string; overlapId: string | null } | undefined> {
  const { sql } = ctx
  const pivot = randomUuid(ctx)
  const lot = String(ctx.random())
  const lowFirst = pair.lean === 0 ? ctx.random() < 0.5 : pair.lean < 0
  const answered = (side: 'after' | 'before') => sql`x.collection_id = ${pair.lowCollection} and x.status = 'ready'
    and ${side === 'after' ? sql`x.query_id >= ${pivot}` : sql`x.query_id < ${pivot}`}`
  const fit = sql`y.collection_id = ${pair.highCollection} and y.query_id = x.query_id and y.status = 'ready'
    and ${notGiven(ctx, study.id, raterId, sql`x.query_id`)}
    and not exists (select 1 from queries q where q.id = x.query_id and q.held_at is not null)
    ${isNotKept(ctx, study, sql`x.query_id`)}`
  const next = (side: 'after' | 'before') => sql`
    (select x.query_id, x.id as low, y.id as high from responses x, responses y
      where ${answered(side)} and ${fit} order by x.query_id limit 1)`
  // So many are looked at: enough to be even, few enough for any pool. As a parameter the number would be planned for anew each time.
  // clock_timestamp(): within one transaction now() stands still, and the order of leases would be lost.
  const [leased] = await rowsOf(ctx, { id: battles.id, overlapId: battles.overlapId })`
    with looked_at as materialized (
      (select x.query_id from responses x where ${answered('after')} order by x.query_id limit 64)
      union all
      (select x.query_id from responses x where ${answered('before')} order by x.query_id limit 64)
      limit 64
    ), chosen as (
      -- Of those looked at, one by lot; each is asked whether it fits only when its turn comes. Where none does, the next one.
      (select x.query_id, x.id as low, y.id as high
        from (select query_id, md5(${lot} || query_id) as lot from looked_at order by lot) l, responses x, responses y
        where x.collection_id = ${pair.lowCollection} and x.query_id = l.query_id and ${fit} order by l.lot limit 1)
      union all ${next('after')} union all ${next('before')} limit 1
    ), planned as (
      insert into planned_overlaps (study_id, raters) select ${study.id}, ${planned}::int from chosen where ${planned !== null} returning id
    )
    insert into battles (study_id, rater_id, query_id, category, model_a, model_b, response_a, response_b, purpose,
      overlap_id, points_shown, guidelines_version, draw_probability, holders, leased_at, leased_until)
    select ${study.id}, ${raterId}, c.query_id, q.category,
      ${lowFirst ? pair.low : pair.high}, ${lowFirst ? pair.high : pair.low},
      ${lowFirst ? sql`c.low, c.high` : sql`c.high, c.low`},
      ${planned === null ? 'regular' : 'overlap'}::battle_purpose, (select id from planned), ${study.pointsShown}, ${study.guidelinesVersion},
      ${drawProbability}, array_remove(array[${holder}::uuid], null), clock_timestamp(),
      now() + make_interval(secs => ${study.leaseSeconds})
    from chosen c join queries q on q.id = c.query_id
    returning id, overlap_id as "overlapId"`
  if (leased) pair.lean += lowFirst ? 1 : -1
  return leased
}

/** Whether the pool has a query for a battle that this rater was not given before: without one there is nothing to draw or to wait for. */
export async function hasUnseenQuery(
  ctx: Context,
  { raterId, study }: Pick<Enrolment, 'raterId' | 'study'>,
): Promise<boolean> {
  const { sql } = ctx
  const [row] = await rowsOf(ctx, { unseen: flag })`
    select exists (
      select 1 from queries q where q.pool_id = ${study.poolId} and q.held_at is null
        and ${notGiven(ctx, study.id, raterId, sql`q.id`)}
        ${isNotKept(ctx, study, sql`q.id`)}
    ) as unseen`
  return row!.unseen
}

function randomUuid(ctx: Context): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(ctx.random() * 16).toString(16)).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
