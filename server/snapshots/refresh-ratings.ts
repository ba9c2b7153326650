import { pairCounts, raterCounts } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { snapshots, type StoredPairCount } from '#drizzle/schema/snapshots.ts'
import { studies } from '#drizzle/schema/studies.ts'
import { refreshRatingsJob } from '../battles/announce-votes.ts'
import { closeCount } from '../battles/count-gate.ts'
import type { Context } from '../core/context.ts'
import { studyLocks } from '../core/locks.ts'
import { flag, fraction, orNull, present, rowsOf, rowsWithin, whole, words, type RowOf } from '../core/postgres/rows.ts'
import { notFound, Problem } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import type { QueryCategory } from '../queries/categories/schema.ts'
import { carryBounds, mayCarry, readingOf, type EarlierBounds } from './carry-bounds.ts'
import { fitBoard, fitParameters, flipTop, hashCounts, methodOf, type FittedBoard } from './fit-board.ts'
import { readSingleVotes, votesOfCategory, type SingleVotes } from './read-single-votes.ts'

/** Defines the job that brings boards up to date; each vote asks for it, and at most one such job of a study waits. */
export function defineBoardJobs(ctx: Context): void {
  ctx.jobs.define<{ studyId: string; force?: boolean }>(refreshRatingsJob, async ({ studyId, force = false }) => {
    await refreshRatings(ctx, studyId, { force }).catch((failure: unknown) => {
      // A study that was deleted meanwhile has no board.
      if (!(failure instanceof Problem && failure.type === '/problems/not-found')) throw failure
    })
  })
}

const hourSeconds = 3600
const votesBetween = 200

/**
 * Fits a study's boards, one for all categories and one for each, and stores the snapshots that differ from the newest.
 * A `batched` study that is open waits until an hour has passed and 200 votes have come since its last change, so that no
 * rater sees their own vote move it, whatever was decided meanwhile about others. Bounds need the raters and questions of
 * all votes, which are read once for all boards; those of a live study with many votes go on with an earlier reading for a
 * while, unless `force` is given. Returns how many snapshots were stored.
 */
export async function refreshRatings(ctx: Context, studyId: string, { force = false } = {}): Promise<number> {
  const votes = await inTransaction(ctx, (ctx) => readVotes(ctx, studyId))
  if (!votes) throw notFound('There is no such study')
  const waits = votes.publishing === 'batched' && !votes.closed
  if (waits && !(await isDue(ctx, studyId, votes))) return 0
  const categories = waits && !(await areCategoriesDue(ctx, studyId, votes)) ? [] : categoriesOf(votes)
  const mayWait = votes.publishing === 'live' && !votes.closed && !force
  return inTransaction(ctx, async (ctx) => {
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, ${studyLocks.refresh}))`
    const read = once(() => readSingleVotes(ctx, { studyId, ...votes }, votes.models, categories))
    let stored = 0
    for (const category of [null, ...categories])
      stored += await storeSnapshot(ctx, studyId, votes, category, { mayWait, read })
    return stored
  })
}

const categoryCount = {
  category: pairCounts.category,
  modelA: pairCounts.modelA,
  modelB: pairCounts.modelB,
  verdict: pairCounts.verdict,
  votes: pairCounts.votes,
  late: pairCounts.late,
  duplicate: pairCounts.duplicate,
  withdrawn: pairCounts.withdrawn,
  excluded: pairCounts.excluded,
  reported: pairCounts.reported,
}
type CategoryCount = RowOf<typeof categoryCount>

const studyVotes = {
  publishing: studies.publishing,
  closed: flag,
  /** To the microsecond. */
  countedAt: words,
  lastVoteId: pairCounts.lastVoteId,
  models: rowsWithin({ id: models.id, slug: models.slug }),
  counts: rowsWithin(categoryCount),
  /** Of one category (null: of all), how many people cast the votes that count. */
  raters: rowsWithin({ category: orNull(raterCounts.category), raters: whole }),
}
type StudyVotes = RowOf<typeof studyVotes>

/**
 * Counts, models and the last vote as they stood at one moment, with no vote under way. Not one vote is read. Models come by
 * code unit, as `arena rate` numbers names, whatever the collation of the database: their order moves last digits.
 */
async function readVotes(ctx: Context, studyId: string): Promise<StudyVotes | undefined> {
  await closeCount(ctx, studyId)
  const [row] = await rowsOf(ctx, studyVotes)`
    select s.publishing, s.status = 'closed' as closed, clock_timestamp()::text as "countedAt",
      (select coalesce(max(last_vote_id), 0) from pair_counts where study_id = s.id) as "lastVoteId",
      (select coalesce(json_agg(json_build_object('id', m.id, 'slug', m.slug) order by m.slug collate "C"), '[]')
        from study_models sm join models m on m.id = sm.model_id where sm.study_id = s.id) as models,
      (select coalesce(json_agg(json_build_object('category', p.category, 'modelA', p.model_a, 'modelB', p.model_b,
          'verdict', p.verdict, 'votes', p.votes, 'late', p.late, 'duplicate', p.duplicate, 'withdrawn', p.withdrawn,
          'excluded', p.excluded, 'reported', p.reported)
          order by p.category, p.model_a, p.model_b, p.verdict), '[]')
        from pair_counts p where p.study_id = s.id) as counts,
      (select coalesce(json_agg(r), '[]') from (
          select category, count(distinct rater_id) filter (where votes > 0)::int as raters
          from rater_counts where study_id = s.id group by grouping sets ((category), ())
        ) r) as raters
    from studies s where s.id = ${studyId}`
  return row
}

/** Whether a batched board may change now; when only time is missing, the job is queued again for that moment. */
async function isDue(ctx: Context, studyId: string, { counts }: StudyVotes): Promise<boolean> {
  const [newest] = await rowsOf(ctx, { given: whole, ageSeconds: fraction })`
    select ${givenColumn(ctx)} as given, extract(epoch from now() - created_at)::float8 as "ageSeconds"
    from snapshots where study_id = ${studyId} and category is null order by created_at desc limit 1`
  if (givenOf(counts) - (newest?.given ?? 0) < votesBetween) return false
  const remaining = hourSeconds - (newest?.ageSeconds ?? hourSeconds)
  if (remaining <= 0) return true
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId }, { key: studyId, afterSeconds: Math.ceil(remaining) })
  return false
}

/**
 * Whether the boards of the categories may change with the board of all. They change together, once each category that has
 * new votes has 200 of them: one with fewer would be known from the others.
 */
async function areCategoriesDue(ctx: Context, studyId: string, votes: StudyVotes): Promise<boolean> {
  const newest = await rowsOf(ctx, { category: present(snapshots.category), given: whole })`
    select distinct on (category) category, ${givenColumn(ctx)} as given
    from snapshots where study_id = ${studyId} and category is not null order by category, created_at desc`
  const before = new Map(newest.map(({ category, given }) => [category, given]))
  return categoriesOf(votes).every((category) => {
    const own = votes.counts.filter((count) => count.category === category)
    const added = givenOf(own) - (before.get(category) ?? 0)
    return added === 0 || added >= votesBetween
  })
}

const categoriesOf = ({ counts }: StudyVotes) => [...new Set(counts.map(({ category }) => category))]

/** Votes that count but for who gave them or what was reported: no decision about others' votes moves the number. */
const givenOf = (counts: CategoryCount[]) =>
  totalOf(counts, 'votes') + totalOf(counts, 'excluded') + totalOf(counts, 'reported')

/** The same of a snapshot. */
const givenColumn = ({ sql }: Context) => sql`(votes_used + coalesce((excluded ->> 'unsure')::int, 0)
  + coalesce((excluded ->> 'rater')::int, 0) + coalesce((excluded ->> 'report')::int, 0))`

type Amount = 'votes' | 'late' | 'duplicate' | 'withdrawn' | 'excluded' | 'reported'

const sumOf = (counts: { votes: number }[]) => totalOf(counts, 'votes')

function totalOf<Key extends Amount>(counts: Record<Key, number>[], key: Key): number {
  return counts.reduce((sum, count) => sum + count[key], 0)
}

/**
 * Stores the fit of one category, unless the newest snapshot rests on the same models and counts or on later ones.
 * Returns 1 or 0.
 */
async function storeSnapshot(
  ctx: Context,
  studyId: string,
  votes: StudyVotes,
  category: QueryCategory | null,
  { mayWait, read }: { mayWait: boolean; read: () => Promise<SingleVotes> },
): Promise<number> {
  const { sql } = ctx
  const own = votes.counts.filter((count) => category === null || count.category === category)
  const counts = sumVerdicts(own)
  const dataHash = hashCounts(
    votes.models.map(({ id }) => id),
    category,
    counts,
  )
  const [newest] = await rowsOf(ctx, newestSnapshot)`
    select data_hash as "dataHash", ratings, parameters, notes, votes_used as "votesUsed",
      counted_at > ${votes.countedAt}::text::timestamptz as later from snapshots
    where study_id = ${studyId} and ${category === null ? sql`category is null` : sql`category = ${category}`}
    order by created_at desc limit 1`
  const unsure = sumOf(counts.filter(({ verdict }) => verdict === 'unsure'))
  const votesUsed = sumOf(counts) - unsure
  const isDone = (at: NewestSnapshot) => at.later || (at.dataHash === dataHash && (mayWait || !isCarried(at)))
  if (newest ? isDone(newest) : counts.length === 0) return 0
  const earlier = newest && mayWait && mayCarry(votesUsed, newest, new Date(votes.countedAt)) ? newest : null
  const carried = earlier && carryBounds(fitBoard(votes.models, counts), earlier, votesUsed)
  const fitted = carried ?? fitBoard(votes.models, counts, {}, votesOfCategory(await read(), category))
  const parameters =
    carried && earlier ? earlier.parameters : parametersOf(fitted, votesUsed, new Date(votes.countedAt))
  const { ratings, converged, notes } = fitted
  const topFlip = category === null ? flipTop(ratings, counts) : null
  const excluded = {
    unsure,
    late: totalOf(own, 'late'),
    duplicate: totalOf(own, 'duplicate'),
    withdrawn: totalOf(own, 'withdrawn'),
    rater: totalOf(own, 'excluded'),
    report: totalOf(own, 'reported'),
  }
  const raters = votes.raters.find((line) => line.category === category)?.raters ?? 0
  await sql`
    insert into snapshots (study_id, category, last_vote_id, counted_at, votes_used, raters, excluded, counts, method,
      parameters, seed, converged, ratings, top_flip, notes, data_hash, code_version)
    values (${studyId}, ${category}, ${votes.lastVoteId}, ${votes.countedAt}::text::timestamptz, ${votesUsed},
      ${raters}, ${json(excluded)}::text::jsonb, ${json(counts)}::text::jsonb, ${methodOf('clustered')},
      ${json(parameters)}::text::jsonb, 0, ${converged}, ${json(ratings)}::text::jsonb,
      ${topFlip && json(topFlip)}::text::jsonb, ${json(notes)}::text::jsonb, ${dataHash}, ${ctx.config.codeVersion})`
  return 1
}

const newestSnapshot = {
  dataHash: snapshots.dataHash,
  ratings: snapshots.ratings,
  parameters: snapshots.parameters,
  notes: snapshots.notes,
  votesUsed: snapshots.votesUsed,
  later: flag,
}
type NewestSnapshot = RowOf<typeof newestSnapshot>

/** Whether bounds are those of other votes than the ratings. */
const isCarried = ({ parameters, votesUsed }: NewestSnapshot) =>
  (readingOf(parameters)?.votes ?? votesUsed) !== votesUsed

/** The rules of a fit with what its bounds rest on. */
function parametersOf({ designEffect }: FittedBoard, votesUsed: number, countedAt: Date): EarlierBounds['parameters'] {
  if (designEffect === null) return fitParameters
  return { ...fitParameters, designEffect, boundsVotes: votesUsed, boundsAt: countedAt.toISOString() }
}

/** What is computed at the first call and kept. */
function once<Value>(compute: () => Promise<Value>): () => Promise<Value> {
  let kept: Promise<Value> | null = null
  return () => (kept ??= compute())
}

const json = (value: unknown) => JSON.stringify(value)

/** Adds the categories up, in an order that does not depend on when votes came. */
function sumVerdicts(counts: CategoryCount[]): StoredPairCount[] {
  const cells = new Map<string, StoredPairCount>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    const key = `${modelA} ${modelB} ${verdict}`
    cells.set(key, { modelA, modelB, verdict, votes: votes + (cells.get(key)?.votes ?? 0) })
  }
  return [...cells.entries()]
    .filter(([, { votes }]) => votes > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, count]) => count)
}
