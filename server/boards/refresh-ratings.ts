import { createHash } from 'node:crypto'
import type { StoredPairCount } from '#drizzle/schema/boards.ts'
import type { Sql } from '../accounts/service.ts'
import { refreshRatingsJob } from '../battles/announce-votes.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import type { QueryCategory } from '../queries/schema.ts'
import { fitBoard, fitMethod, fitParameters } from './fit-board.ts'

/** Teaches the job queue to bring boards up to date; each vote asks for it, and at most one such job of a study waits. */
export function defineBoardJobs(ctx: Context): void {
  ctx.jobs.define<{ studyId: string }>(refreshRatingsJob, async ({ studyId }) => {
    await refreshRatings(ctx, studyId)
  })
}

const hourSeconds = 3600
const votesBetween = 200

/**
 * Fits a study's boards, one for all categories and one for each, and stores the snapshots that differ from the newest.
 * A `batched` study waits until an hour has passed and 200 votes have come since its last change, so that no rater sees
 * their own vote move it; `force` skips that. Returns how many snapshots were stored.
 */
export async function refreshRatings(ctx: Context, studyId: string, { force = false } = {}): Promise<number> {
  const votes = await readVotes(ctx.sql, studyId)
  if (!votes) throw notFound('There is no such study')
  if (!force && votes.publishing === 'batched' && !(await isDue(ctx, studyId, votes))) return 0
  const categories = [null, ...new Set(votes.counts.map(({ category }) => category))]
  return ctx.sql.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${studyId}, 728))`
    let stored = 0
    for (const category of categories) stored += await storeSnapshot(ctx, sql, studyId, votes, category)
    return stored
  })
}

interface CategoryCount extends StoredPairCount {
  category: QueryCategory
}

/** What the votes of one category (null: of all) leave out, and how many people cast the rest. */
interface Bookkeeping {
  category: QueryCategory | null
  raters: number
  late: number
  withdrawn: number
}

interface StudyVotes {
  publishing: 'batched' | 'live'
  lastVoteId: number
  models: { id: string; name: string; slug: string }[]
  counts: CategoryCount[]
  bookkeeping: Bookkeeping[]
}

/**
 * Counts, models and the last vote as they stood at one moment: one statement, one view of the database. The fit reads
 * counts alone; the votes are only looked through for how many were left out.
 */
async function readVotes(sql: Sql, studyId: string): Promise<StudyVotes | undefined> {
  const [row] = await sql<StudyVotes[]>`
    select s.publishing,
      (select coalesce(max(id), 0) from votes where study_id = s.id)::float8 as "lastVoteId",
      (select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'slug', m.slug) order by m.slug), '[]')
        from study_models sm join models m on m.id = sm.model_id where sm.study_id = s.id) as models,
      (select coalesce(json_agg(json_build_object('category', p.category, 'modelA', p.model_a, 'modelB', p.model_b,
          'verdict', p.verdict, 'votes', p.votes) order by p.category, p.model_a, p.model_b, p.verdict), '[]')
        from pair_counts p where p.study_id = s.id) as counts,
      (select coalesce(json_agg(b), '[]') from (
          select category, count(distinct rater_id) filter (where counted and withdrawn_at is null) as raters,
            count(*) filter (where not counted and withdrawn_at is null) as late,
            count(*) filter (where withdrawn_at is not null) as withdrawn
          from votes where study_id = s.id group by grouping sets ((category), ())
        ) b) as bookkeeping
    from studies s where s.id = ${studyId}`
  return row
}

/** Whether a batched board may change now; when only time is missing, the job is queued again for that moment. */
async function isDue(ctx: Context, studyId: string, { counts }: StudyVotes): Promise<boolean> {
  const [newest] = await ctx.sql<{ votes: number; ageSeconds: number }[]>`
    select votes_used + coalesce((excluded ->> 'unsure')::int, 0) as votes,
      extract(epoch from now() - created_at)::float8 as "ageSeconds"
    from snapshots where study_id = ${studyId} and category is null order by created_at desc limit 1`
  if (sumOf(counts) - (newest?.votes ?? 0) < votesBetween) return false
  const remaining = hourSeconds - (newest?.ageSeconds ?? hourSeconds)
  if (remaining <= 0) return true
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId }, { key: studyId, afterSeconds: Math.ceil(remaining) })
  return false
}

const sumOf = (counts: { votes: number }[]) => counts.reduce((sum, { votes }) => sum + votes, 0)

/** Stores the fit of one category, unless the newest snapshot rests on the same models and counts. Returns 1 or 0. */
async function storeSnapshot(
  ctx: Context,
  sql: Sql,
  studyId: string,
  votes: StudyVotes,
  category: QueryCategory | null,
): Promise<number> {
  const counts = sumVerdicts(votes.counts.filter((count) => category === null || count.category === category))
  const dataHash = hashOf(votes, category, counts)
  const [newest] = await sql<{ dataHash: string }[]>`
    select data_hash as "dataHash" from snapshots
    where study_id = ${studyId} and ${category === null ? sql`category is null` : sql`category = ${category}`}
    order by created_at desc limit 1`
  if (newest ? newest.dataHash === dataHash : counts.length === 0) return 0
  const { ratings, converged, notes } = fitBoard(votes.models, counts)
  const unsure = sumOf(counts.filter(({ verdict }) => verdict === 'unsure'))
  const kept = votes.bookkeeping.find((line) => line.category === category)
  const excluded = { unsure, late: kept?.late ?? 0, withdrawn: kept?.withdrawn ?? 0 }
  await sql`
    insert into snapshots (study_id, category, last_vote_id, votes_used, raters, excluded, counts, method, parameters,
      seed, converged, ratings, notes, data_hash, code_version)
    values (${studyId}, ${category}, ${votes.lastVoteId}, ${sumOf(counts) - unsure}, ${kept?.raters ?? 0},
      ${json(excluded)}::text::jsonb, ${json(counts)}::text::jsonb, ${fitMethod}, ${json(fitParameters)}::text::jsonb, 0,
      ${converged}, ${json(ratings)}::text::jsonb, ${json(notes)}::text::jsonb, ${dataHash}, ${ctx.config.codeVersion})`
  return 1
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

/** SHA-256 of all that the ratings are a function of. */
function hashOf({ models }: StudyVotes, category: QueryCategory | null, counts: StoredPairCount[]): string {
  const inputs = { category, models: models.map(({ id }) => id), counts, fitMethod, fitParameters }
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
}
