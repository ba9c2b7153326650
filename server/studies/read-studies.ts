import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import type { CollectionProgress, PairCoverage, Study, StudySummary } from './schema.ts'
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
}

/** Every study with its size, newest first. Votes are those that count. */
export async function listStudies(ctx: Context, progress: StudyProgress): Promise<StudySummary[]> {
  return summarise(ctx, await readRows(ctx), progress)
}

/** One study with the state of its answers and the votes of each pair. Throws not-found. */
export async function getStudy(ctx: Context, slug: string, progress: StudyProgress): Promise<Study> {
  const study = await getStoredStudy(ctx, slug)
  const [row] = await readRows(ctx, study.id)
  if (!row) throw notFound(`There is no study '${slug}'`)
  const [summary] = await summarise(ctx, [row], progress)
  const { paused, pointsShown, leaseSeconds, leastCardSeconds, quotaPerPair, sessionGoal, guidelines, consent } = study
  return {
    ...summary!,
    paused,
    pointsShown,
    leaseSeconds,
    leastCardSeconds,
    quotaPerPair,
    sessionGoal,
    guidelines,
    consent,
    createdAt: row.createdAt.toISOString(),
    collections: await progress.readCollections(ctx, study.id, row.queries),
    coverage: await progress.readCoverage(ctx, study),
  }
}

const studyRow = {
  id: studies.id,
  slug: studies.slug,
  name: studies.name,
  status: studies.status,
  publishing: studies.publishing,
  sample: studies.sample,
  createdAt: studies.createdAt,
  models: whole,
  queries: whole,
}
type StudyRow = RowOf<typeof studyRow>

/** All studies, or the one of this id. */
async function readRows(ctx: Context, id?: string): Promise<StudyRow[]> {
  const { sql } = ctx
  return rowsOf(ctx, studyRow)`
    select s.id, s.slug, s.name, s.status, s.publishing, s.sample, s.created_at as "createdAt",
      (select count(*) from study_models m where m.study_id = s.id)::int as models,
      (select count(*) from queries q where q.pool_id = s.pool_id and q.held_at is null)::int as queries
    from studies s ${id === undefined ? sql`` : sql`where s.id = ${id}`}
    order by s.created_at desc, s.slug`
}

async function summarise(ctx: Context, rows: StudyRow[], progress: StudyProgress): Promise<StudySummary[]> {
  const ids = rows.map(({ id }) => id)
  const [votes, raters] = await Promise.all([progress.countVotes(ctx, ids), progress.countRaters(ctx, ids)])
  return rows.map(({ id, createdAt: _createdAt, ...row }) => {
    return { ...row, votes: votes.get(id) ?? 0, raters: raters.get(id) ?? 0 }
  })
}
