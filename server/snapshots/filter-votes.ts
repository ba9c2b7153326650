import { votes as table } from '#drizzle/schema/battles.ts'
import type { Context } from '../core/context.ts'
import { listOf, orNull, present, rowsOf, rowsWithin, whole, words } from '../core/postgres/rows.ts'
import { defineProblem } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { countVotes, type PairCounts } from '../ratings/votes/counts.ts'
import { flagRaters } from '../ratings/evidence/flag-raters.ts'
import { votesByRater } from '../ratings/evidence/raters.ts'
import { isCovered, type CoveredVotes } from './covered-votes.ts'
import type { FittedCount } from './fit-board.ts'

export const tooSlow = defineProblem('too-slow', 503, 'Looking through the votes took too long')

const timeoutMs = 10_000

/** Which votes of a snapshot are looked at. Days are those of UTC, the last included; lengths are characters of both responses. */
interface VoteFilter {
  language?: string | undefined
  cohort?: string | undefined
  from?: string | undefined
  to?: string | undefined
  minDwellMs?: number | undefined
  minLength?: number | undefined
  maxLength?: number | undefined
  /** Leaves out raters whose votes do not fit those of the others. */
  excludeFlagged: 'true' | 'false'
}

/** Whether the answer needs the votes one by one. */
export function looksThroughVotes(query: VoteFilter): boolean {
  const { language, cohort, from, to, minDwellMs, minLength, maxLength } = query
  const filters = [language, cohort, from, to, minDwellMs, minLength, maxLength]
  return query.excludeFlagged === 'true' || filters.some((filter) => filter !== undefined)
}

interface FilteredVotes {
  counts: FittedCount[]
  /** By the first filter that a vote does not pass. */
  leftOut: Record<string, number>
  /** People whose votes are left. */
  raters: number
}

/**
 * Counts the votes of a snapshot that pass the filters. One such search runs at a time in a process, and none for more
 * than ten seconds: votes being cast come first. Throws too-slow.
 */
export async function filterVotes(ctx: Context, covered: CoveredVotes, query: VoteFilter): Promise<FilteredVotes> {
  return lookThrough(ctx, (ctx) => countPassing(ctx, covered, query))
}

/** Reads votes one by one in the turn and the time of such searches. Throws too-slow. */
export function lookThrough<Result>(ctx: Context, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  return oneAtATime(() => withTimeout(ctx, work))
}

let turn: Promise<unknown> = Promise.resolve()

function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = turn.then(work, work)
  turn = mine.catch(() => {})
  return mine
}

async function withTimeout<Result>(ctx: Context, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  try {
    const own = async (ctx: Context) => {
      await ctx.sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`
      return work(ctx)
    }
    return await inTransaction(ctx, own, 'read only')
  } catch (error) {
    if ((error as { code?: string }).code === '57014') throw tooSlow('Ask for fewer filters at once, or again later')
    throw error
  }
}

const countedReason = {
  /** Null: the vote passes. */
  reason: orNull(words),
  category: table.category,
  modelA: present(table.modelA),
  modelB: present(table.modelB),
  verdict: table.verdict,
  votes: whole,
}

async function countPassing(ctx: Context, covered: CoveredVotes, query: VoteFilter): Promise<FilteredVotes> {
  const { sql } = ctx
  const flagged = query.excludeFlagged === 'true' ? await flaggedRaters(ctx, covered) : []
  const [row] = await rowsOf(ctx, { raters: whole, counts: rowsWithin(countedReason) })`
    with judged as materialized (
      select v.category, v.model_a, v.model_b, v.verdict, v.rater_id, case ${reasons(ctx, query, flagged)} end as reason
      from votes v
      join queries q on q.id = v.query_id
      join enrolments e on e.study_id = v.study_id and e.rater_id = v.rater_id
      ${
        query.minLength === undefined && query.maxLength === undefined
          ? sql``
          : sql`
        join battles b on b.id = v.battle_id
        join responses x on x.id = b.response_a
        join responses y on y.id = b.response_b`
      }
      where ${isCovered(ctx, covered)} and v.verdict <> 'unsure'
    )
    select (select count(distinct rater_id) from judged where reason is null)::int as raters,
      (select coalesce(json_agg(c), '[]') from (
        select reason, category, model_a as "modelA", model_b as "modelB", verdict, count(*)::int as votes
        from judged group by reason, category, model_a, model_b, verdict
        order by reason, category, model_a, model_b, verdict
      ) c) as counts`
  const leftOut: Record<string, number> = {}
  for (const { reason, votes } of row!.counts) if (reason) leftOut[reason] = (leftOut[reason] ?? 0) + votes
  return { counts: row!.counts.filter(({ reason }) => reason === null), leftOut, raters: row!.raters }
}

/** One `when` for each filter, in the order in which votes are counted as left out. A vote without a dwell time passes none. */
function reasons({ sql }: Context, query: VoteFilter, flagged: string[]) {
  const { language, cohort, from, to, minDwellMs, minLength = 0, maxLength = 2_147_483_647 } = query
  const rules = [
    flagged.length > 0 && sql`when v.rater_id = any(${flagged}::uuid[]) then 'flagged'`,
    language !== undefined && sql`when lower(q.language) <> lower(${language}) then 'language'`,
    cohort !== undefined && sql`when e.cohort <> ${cohort} then 'cohort'`,
    from !== undefined && sql`when v.cast_at < ${from}::text::date at time zone 'UTC' then 'date'`,
    to !== undefined && sql`when v.cast_at >= (${to}::text::date + 1) at time zone 'UTC' then 'date'`,
    minDwellMs !== undefined && sql`when coalesce(v.dwell_ms, -1) < ${minDwellMs} then 'dwell'`,
    (query.minLength !== undefined || query.maxLength !== undefined) &&
      sql`when not (char_length(x.text) between ${minLength} and ${maxLength}
        and char_length(y.text) between ${minLength} and ${maxLength}) then 'length'`,
  ].filter((rule) => rule !== false)
  return rules.reduce((all, rule) => sql`${all} ${rule}`, sql`when false then null`)
}

/** Raters whose votes do not fit those of the others, judged by the votes of the snapshot. */
async function flaggedRaters(ctx: Context, covered: CoveredVotes): Promise<string[]> {
  const { raters, votes } = await readRaterVotes(ctx, covered)
  return votes.a.length === 0 ? [] : flagRaters(votes).map(({ rater }) => raters[rater]!)
}

/** The votes of a snapshot in columns, models numbered in the order of its fit, raters in the order of their ids. */
async function readRaterVotes(ctx: Context, covered: CoveredVotes) {
  const models = covered.ratings.map(({ modelId }) => modelId)
  const [row] = await rowsOf(ctx, { raters: listOf(table.raterId), votes: orNull(words) })`
    with cast_votes as materialized (
      select v.id, v.rater_id, dense_rank() over (order by v.rater_id) - 1 as rater,
        array_position(${models}::uuid[], v.model_a) - 1 as a, array_position(${models}::uuid[], v.model_b) - 1 as b,
        array_position(array['model_a', 'model_b', 'tie', 'both_bad'], v.verdict::text) - 1 as verdict
      from votes v where ${isCovered(ctx, covered)} and v.verdict <> 'unsure'
    )
    select (select coalesce(array_agg(distinct rater_id order by rater_id), '{}') from cast_votes) as raters,
      (select string_agg(concat_ws(' ', rater, a, b, verdict), ' ' order by id) from cast_votes) as votes`
  const { raters, votes } = row!
  const numbers = Int32Array.from(votes?.split(' ') ?? [], Number)
  const column = (offset: number) => numbers.filter((_, k) => k % 4 === offset)
  const columns = { a: column(1), b: column(2), verdict: Uint8Array.from(column(3)), rater: column(0) }
  return { raters, votes: { models: models.length, ...columns } }
}

/** The votes of each rater of a snapshot as counts, models in the order of its fit. Throws too-slow. */
export async function countByRater(
  ctx: Context,
  covered: CoveredVotes,
): Promise<{ rater: string; counts: PairCounts }[]> {
  const { raters, votes } = await lookThrough(ctx, (ctx) => readRaterVotes(ctx, covered))
  const { models, a, b, verdict } = votes
  return votesByRater(votes).map((own, rater) => ({
    rater: raters[rater]!,
    counts: countVotes({
      models,
      a: own.map((t) => a[t]!),
      b: own.map((t) => b[t]!),
      verdict: Uint8Array.from(own, (t) => verdict[t]!),
    }),
  }))
}
