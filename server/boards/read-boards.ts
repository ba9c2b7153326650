import { models } from '#drizzle/schema/models.ts'
import { snapshots, type StoredRating } from '#drizzle/schema/snapshots.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '../core/context.ts'
import { maySeeUnreleased } from '../core/policy.ts'
import { flag, present, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import type { QueryCategory } from '../queries/categories/schema.ts'
import type { StudySummary } from '../studies/schema.ts'
import { getStoredStudy, type StoredStudy } from '../studies/service.ts'
import { fitParameters } from '../snapshots/fit-board.ts'
import { readScores, type ModelScores } from './read-scores.ts'
import type { Board, BoardRow } from './schema.ts'

const boardSummary = {
  slug: studies.slug,
  name: studies.name,
  status: studies.status,
  publishing: studies.publishing,
  sample: studies.sample,
  archived: flag,
  votes: whole,
  raters: whole,
  models: whole,
  queries: whole,
}

/** Every study that has begun, archived ones last, as its board stands: votes and raters are those of the newest snapshot. Newest first. */
export async function listBoards(ctx: Context): Promise<StudySummary[]> {
  return rowsOf(ctx, boardSummary)`
    select s.slug, s.name, s.status, s.publishing, s.sample,
      s.archived_at is not null as archived, coalesce(n.votes_used, 0) as votes, coalesce(n.raters, 0) as raters,
      (select count(*) from study_models m where m.study_id = s.id)::int as models,
      (select count(*) from queries q where q.pool_id = s.pool_id and q.held_at is null)::int as queries
    from studies s
    left join lateral (
      select votes_used, raters from snapshots where study_id = s.id and category is null order by created_at desc limit 1
    ) n on true
    where s.status <> 'draft' order by s.archived_at is not null, s.created_at desc, s.slug`
}

/**
 * The board of a study, for all categories or one, as its newest snapshot gives it, with the headline scores of each
 * model. Visitors see released models only. Throws not-found.
 */
export async function getBoard(ctx: Context, slug: string, category: QueryCategory | null = null): Promise<Board> {
  const study = await getBoardStudy(ctx, slug)
  const models = await readModels(ctx, study)
  const newest = await readNewest(ctx, study.id, category)
  const { benchmarks, scores } = await readScores(ctx, study, models)
  const { rows, snapshot } = showFit(models, newest)
  const idOf = new Map(models.map(({ id, slug: own }) => [own, id]))
  return {
    study: { slug, name: study.name, sample: study.sample, publishing: study.publishing, status: study.status },
    category,
    snapshot,
    benchmarks,
    rows: rows.map((row) => ({ ...row, ...scores.get(idOf.get(row.model.slug)!)! })),
    categories: await readCategories(ctx, study.id),
  }
}

/** The study whose board this person may see. Throws not-found. */
export async function getBoardStudy(ctx: Context, slug: string): Promise<StoredStudy> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'draft' && !maySeeUnreleased(ctx.actor)) throw notFound(`There is no board '${slug}'`)
  return study
}

const boardModel = {
  id: models.id,
  slug: models.slug,
  name: models.name,
  organisation: models.organisation,
  openness: models.openness,
  baseline: models.baseline,
}
export type BoardModel = RowOf<typeof boardModel>

/** The models of a study that this person may see, by slug: visitors see released ones only. */
export async function readModels(ctx: Context, study: StoredStudy): Promise<BoardModel[]> {
  return rowsOf(ctx, boardModel)`
    select m.id, m.slug, m.name, m.organisation, m.openness, m.baseline
    from study_models sm join models m on m.id = sm.model_id
    where sm.study_id = ${study.id} and (m.released_at is not null or ${maySeeUnreleased(ctx.actor)}) order by m.slug`
}

/** A snapshot as stored, without its counts. */
export const snapshotRow = {
  id: snapshots.id,
  category: snapshots.category,
  createdAt: snapshots.createdAt,
  votesUsed: snapshots.votesUsed,
  excluded: snapshots.excluded,
  raters: snapshots.raters,
  method: snapshots.method,
  converged: snapshots.converged,
  dataHash: snapshots.dataHash,
  codeVersion: snapshots.codeVersion,
  notes: snapshots.notes,
  lastVoteId: snapshots.lastVoteId,
  parameters: snapshots.parameters,
  seed: snapshots.seed,
  ratings: snapshots.ratings,
  topFlip: snapshots.topFlip,
}
type SnapshotRow = RowOf<typeof snapshotRow>

/** The columns of `snapshotRow`. */
export function snapshotColumns({ sql }: Context) {
  return sql`id, category, created_at as "createdAt", votes_used as "votesUsed", excluded, raters, method, converged,
    data_hash as "dataHash", code_version as "codeVersion", notes, last_vote_id as "lastVoteId", parameters, seed,
    ratings, top_flip as "topFlip"`
}

async function readNewest(ctx: Context, studyId: string, category: QueryCategory | null): Promise<SnapshotRow | null> {
  const [row] = await rowsOf(ctx, snapshotRow)`
    select ${snapshotColumns(ctx)} from snapshots
    where study_id = ${studyId} and ${category === null ? ctx.sql`category is null` : ctx.sql`category = ${category}`}
    order by created_at desc limit 1`
  return row ?? null
}

type FittedRow = Omit<BoardRow, keyof ModelScores>

/** The lines of a snapshot for the models that may be named, strongest first, and what is told of the snapshot itself. */
export function showFit(models: BoardModel[], stored: SnapshotRow | null) {
  const rows = boardRows(models, stored?.ratings ?? [], stored?.parameters.minimumVotes)
  if (!stored) return { rows, snapshot: null }
  const { ratings: _ratings, category: _category, topFlip, notes, createdAt, ...told } = stored
  const [first, second] = [topFlip?.first, topFlip?.second].map((id) => models.find((model) => model.id === id)?.name)
  const snapshot: NonNullable<Board['snapshot']> = {
    ...told,
    createdAt: createdAt.toISOString(),
    notes: [...standingNotes(rows), ...notes],
    topFlip: topFlip && first && second ? { ...topFlip, first, second } : null,
  }
  return { rows, snapshot }
}

/** What a fit says of each model, strongest first; a model without a rating says so. */
export function boardRows(
  models: BoardModel[],
  ratings: StoredRating[],
  minimumVotes: unknown = fitParameters.minimumVotes,
): FittedRow[] {
  const stored = new Map(ratings.map((rating) => [rating.modelId, rating]))
  const rows = models.map(({ id, ...model }): FittedRow => {
    const { modelId: _modelId, standardError: _standardError, ...rating } = stored.get(id) ?? noRating(models.length)
    const { votes, bothBad, averageWinRate = null, expectedWinRate = null } = rating
    const bothBadRate = votes > 0 ? bothBad / votes : null
    return { model, ...rating, preliminary: votes < Number(minimumVotes), bothBadRate, averageWinRate, expectedWinRate }
  })
  return rows.sort(strongestFirst)
}

function noRating(models: number): StoredRating {
  const none = { elo: null, low: null, high: null, standardError: null, rankBest: 1, rankWorst: models }
  return { modelId: '', ...none, standing: 'no-votes', votes: 0, wins: 0, ties: 0, bothBad: 0, losses: 0 }
}

type Ranked = Pick<BoardRow, 'standing' | 'elo' | 'model'>

const standingOrder: BoardRow['standing'][] = ['rated', 'unbeaten', 'apart', 'winless', 'no-votes']

/** The rated by rating, then those without. */
function strongestFirst(one: Ranked, other: Ranked): number {
  return (
    standingOrder.indexOf(one.standing) - standingOrder.indexOf(other.standing) ||
    (other.elo ?? 0) - (one.elo ?? 0) ||
    one.model.name.localeCompare(other.model.name, 'en')
  )
}

/** Why some of the models shown have no number. */
export function standingNotes(rows: Ranked[]): string[] {
  if (!rows.some(({ standing }) => standing === 'rated')) return []
  const named = (standing: BoardRow['standing']) =>
    rows.flatMap((row) => (row.standing === standing ? row.model.name : [])).join(', ')
  const [unbeaten, winless] = [named('unbeaten'), named('winless')]
  return [
    ...(unbeaten ? [`Has lost to nobody yet, so any high rating would fit: ${unbeaten}.`] : []),
    ...(winless ? [`Has won against nobody yet, so any low rating would fit: ${winless}.`] : []),
  ]
}

async function readCategories(ctx: Context, studyId: string): Promise<Board['categories']> {
  return rowsOf(ctx, { category: present(snapshots.category), votes: snapshots.votesUsed })`
    select distinct on (category) category, votes_used as votes from snapshots
    where study_id = ${studyId} and category is not null order by category, created_at desc`
}
