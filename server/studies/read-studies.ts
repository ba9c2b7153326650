import { eq } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { pools } from '#drizzle/schema/queries.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '../core/context.ts'
import { flag, orNull, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { shownTexts, toldFacts } from './default-texts.ts'
import { outlookOf, overlapWords, type Pace } from './outlook.ts'
import type { CollectionProgress, OverlapProgress, PairCoverage, Study, StudyMember, StudySummary } from './schema.ts'
import { trainingOf } from './training-settings.ts'
import { getStoredStudy } from './service.ts'

/** What modules further down the line know of studies. They are handed in, since studies know none of them. */
export interface StudyProgress {
  /** Votes that count, by study id; a study without votes may be left out. */
  countVotes(ctx: Context, studyIds: string[]): Promise<Map<string, number>>
  /** Raters enrolled, by study id; a study without raters may be left out. */
  countRaters(ctx: Context, studyIds: string[]): Promise<Map<string, number>>
  /** The answers of each model to a study with this many queries. */
  readCollections(ctx: Context, studyId: string, queries: number): Promise<CollectionProgress[]>
  /** Votes of each unordered pair of a study's models towards its quota. */
  readCoverage(ctx: Context, study: { id: string; quotaPerPair: number }): Promise<PairCoverage[]>
  /** How fast votes that fill a quota came in the last hours. */
  readPace(ctx: Context, studyId: string): Promise<Pace>
  /** How far its planned overlap is, and how far raters agree there. */
  readOverlap(ctx: Context, studyId: string): Promise<OverlapProgress>
}

/** Every study with its size, newest first and archived ones last. Votes are those that count. */
export async function listStudies(ctx: Context, progress: StudyProgress): Promise<StudySummary[]> {
  return summarise(ctx, await readRows(ctx), progress)
}

/** One study with the state of its answers and the votes of each pair. Throws not-found. */
export async function getStudy(ctx: Context, slug: string, progress: StudyProgress): Promise<Study> {
  const study = await getStoredStudy(ctx, slug)
  const [row] = await readRows(ctx, study.id)
  if (!row) throw notFound(`There is no study '${slug}'`)
  const [summary] = await summarise(ctx, [row], progress)
  const {
    paused,
    licence,
    pointsShown,
    followUp,
    language,
    leaseSeconds,
    leastCardSeconds,
    quotaPerPair,
    sessionGoal,
    goldShare,
    overlapShare,
    overlapRaters,
    drawing,
  } = study
  const members = await readMembers(ctx, study.id)
  const coverage = await progress.readCoverage(ctx, study)
  const pace = await progress.readPace(ctx, study.id)
  const overlap = await progress.readOverlap(ctx, study.id)
  return {
    ...summary!,
    paused,
    pool: await readPool(ctx, study),
    licence,
    pointsShown,
    followUp,
    language,
    leaseSeconds,
    leastCardSeconds,
    quotaPerPair,
    sessionGoal,
    goldShare,
    ...trainingOf(study),
    drawing,
    overlapShare,
    overlapRaters,
    ...shownTexts(study),
    ...toldFacts(study),
    createdAt: row.createdAt.toISOString(),
    members,
    collections: await progress.readCollections(ctx, study.id, row.queries),
    coverage,
    overlap,
    outlook: [
      ...outlookOf({ status: study.status, paused, members, coverage, pace }),
      ...overlapWords(overlap, study.status),
    ],
  }
}

/** The pool that a study asks. */
export async function readPool(ctx: Context, { poolId }: { poolId: string }): Promise<Study['pool']> {
  const [pool] = await ctx.db.select({ slug: pools.slug, name: pools.name }).from(pools).where(eq(pools.id, poolId))
  return pool!
}

const memberRow = {
  slug: models.slug,
  name: models.name,
  released: flag,
  withdrawn: flag,
  endpointId: orNull(endpoints.id),
  endpoint: orNull(endpoints.name),
  gone: flag,
}

/** The models that a study compares, by name. */
export async function readMembers(ctx: Context, studyId: string): Promise<StudyMember[]> {
  const rows = await rowsOf(ctx, memberRow)`
    select m.slug, m.name, m.released_at is not null as released, m.withdrawn_at is not null as withdrawn,
      e.id as "endpointId", e.name as endpoint, e.deleted_at is not null as gone
    from study_models sm join models m on m.id = sm.model_id left join endpoints e on e.id = sm.endpoint_id
    where sm.study_id = ${studyId} order by m.name, m.slug`
  return rows.map(({ endpointId, endpoint, gone, ...model }) => {
    return { model, endpoint: endpointId === null ? null : { id: endpointId, name: endpoint ?? '', gone } }
  })
}

const studyRow = {
  id: studies.id,
  slug: studies.slug,
  name: studies.name,
  status: studies.status,
  publishing: studies.publishing,
  sample: studies.sample,
  archived: flag,
  createdAt: studies.createdAt,
  models: whole,
  queries: whole,
}
type StudyRow = RowOf<typeof studyRow>

/** All studies, or the one of this id. */
async function readRows(ctx: Context, id?: string): Promise<StudyRow[]> {
  const { sql } = ctx
  return rowsOf(ctx, studyRow)`
    select s.id, s.slug, s.name, s.status, s.publishing, s.sample,
      s.archived_at is not null as archived, s.created_at as "createdAt",
      (select count(*) from study_models m where m.study_id = s.id)::int as models,
      (select count(*) from queries q where q.pool_id = s.pool_id and q.held_at is null)::int as queries
    from studies s ${id === undefined ? sql`` : sql`where s.id = ${id}`}
    order by s.archived_at is not null, s.created_at desc, s.slug`
}

async function summarise(ctx: Context, rows: StudyRow[], progress: StudyProgress): Promise<StudySummary[]> {
  const ids = rows.map(({ id }) => id)
  const [votes, raters] = await Promise.all([progress.countVotes(ctx, ids), progress.countRaters(ctx, ids)])
  return rows.map(({ id, createdAt: _createdAt, ...row }) => {
    return { ...row, votes: votes.get(id) ?? 0, raters: raters.get(id) ?? 0 }
  })
}
