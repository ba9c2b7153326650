import { createHmac } from 'node:crypto'
import { votes } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { queries } from '#drizzle/schema/queries.ts'
import { raterExclusions } from '#drizzle/schema/raters.ts'
import { snapshots } from '#drizzle/schema/snapshots.ts'
import { wasLeftOut } from '../battles/exclusions/left-out.ts'
import type { Context } from '../core/context.ts'
import {
  flag,
  listOf,
  orNull,
  present,
  rowsInBatches,
  rowsOf,
  whole,
  words,
  type RowOf,
} from '../core/postgres/rows.ts'
import { defineProblem } from '../core/problem.ts'
import type { QueryCategory } from '../queries/categories/schema.ts'

export const noSnapshot = defineProblem('no-snapshot', 404, 'This board has no snapshot yet')

const coveredVotes = {
  id: snapshots.id,
  studyId: snapshots.studyId,
  category: snapshots.category,
  lastVoteId: snapshots.lastVoteId,
  /** Times to the microsecond, as votes are compared with them. */
  createdAt: words,
  /** The moment the counts were read: a vote withdrawn later was still among them. */
  countedAt: words,
  counts: snapshots.counts,
  excluded: snapshots.excluded,
  /** In the order in which the fit took the models. */
  ratings: snapshots.ratings,
  parameters: snapshots.parameters,
}

/** A snapshot as far as its votes go: none later than its last is among them. */
export type CoveredVotes = RowOf<typeof coveredVotes>

/** The newest snapshot of a study for all categories (null) or one, or the one of an id. Throws no-snapshot. */
export async function readCovered(
  ctx: Context,
  studyId: string,
  category: QueryCategory | null,
  id?: string,
): Promise<CoveredVotes> {
  const { sql } = ctx
  const [row] = await rowsOf(ctx, coveredVotes)`
    select id, study_id as "studyId", category, last_vote_id as "lastVoteId", created_at as "createdAt",
      counted_at as "countedAt", counts, excluded, ratings, parameters
    from snapshots
    where study_id = ${studyId}
      and ${id === undefined ? sql`category is not distinct from ${category}::query_category` : sql`id = ${id}`}
    order by created_at desc limit 1`
  if (!row) throw noSnapshot()
  return row
}

/** Of `votes v`: those that moved the counts of a snapshot. */
export function isCovered(
  ctx: Context,
  { studyId, category, lastVoteId, countedAt }: Pick<CoveredVotes, 'studyId' | 'category' | 'lastVoteId' | 'countedAt'>,
) {
  const { sql } = ctx
  return sql`v.study_id = ${studyId} and v.id <= ${lastVoteId} and v.counted
    and (v.withdrawn_at is null or v.withdrawn_at > ${countedAt}::text::timestamptz)
    and not ${wasLeftOut(ctx, ctx.sql`v`, countedAt)}
    ${category === null ? sql`` : sql`and v.category = ${category}`}`
}

/** The raters that were excluded when a snapshot was taken: why, and how many votes of each it would have had else. */
export async function readExclusions(
  ctx: Context,
  { studyId, category, lastVoteId, countedAt }: CoveredVotes,
): Promise<{ reason: string; votes: number }[]> {
  const { sql } = ctx
  return rowsOf(ctx, { reason: raterExclusions.reason, votes: whole })`
    select ex.reason, count(v.id)::int as votes from rater_exclusions ex
    left join votes v on v.study_id = ex.study_id and v.rater_id = ex.rater_id and v.id <= ${lastVoteId} and v.counted
      and (v.withdrawn_at is null or v.withdrawn_at > ${countedAt}::text::timestamptz)
      ${category === null ? sql`` : sql`and v.category = ${category}`}
    where ex.study_id = ${studyId} and ex.at <= ${countedAt}::text::timestamptz
      and (ex.undone_at is null or ex.undone_at > ${countedAt}::text::timestamptz)
    group by ex.id order by ex.reason, 2, ex.id`
}

const namedModel = {
  slug: models.slug,
  name: models.name,
  organisation: models.organisation,
  openness: models.openness,
  baseline: models.baseline,
}

/** A model as an export names it. */
type NamedModel = RowOf<typeof namedModel>

/**
 * The models of a snapshot by id, in the order of the fit. One that is not released is called `withheld-1` and so on:
 * its votes stay, for without them no rating could be computed again. `unreleased` names it all the same.
 */
export async function nameModels(
  ctx: Context,
  { ratings }: CoveredVotes,
  { unreleased }: { unreleased: boolean },
): Promise<Map<string, NamedModel>> {
  const ids = ratings.map(({ modelId }) => modelId)
  const rows = await rowsOf(ctx, { id: models.id, ...namedModel, released: flag })`
    select id, slug, name, organisation, openness, baseline, released_at is not null as released
    from models where id = any(${ids}::uuid[]) order by array_position(${ids}::uuid[], id)`
  let withheld = 0
  return new Map(
    rows.map(({ id, released, ...model }) => {
      if (released || unreleased) return [id, model]
      const n = ++withheld
      const hidden = { slug: `withheld-${n}`, name: `Withheld model ${n}`, organisation: '' }
      return [id, { ...model, ...hidden }]
    }),
  )
}

const publishedVote = {
  model_a: present(votes.modelA),
  model_b: present(votes.modelB),
  winner: votes.verdict,
  rater: votes.raterId,
  item: votes.queryId,
  category: votes.category,
  language: queries.language,
  cast_hour: words,
  purpose: votes.purpose,
  points_shown: votes.pointsShown,
  guidelines_version: votes.guidelinesVersion,
  late: votes.late,
  draw_probability: votes.drawProbability,
  strength: votes.strength,
  reasons: votes.reasons,
}
const spoken = { question: queries.question, image: queries.imageSha256, answerA: words, answerB: words }

/** A covered vote as it is published: the rater under another name, the time cut to the hour, no dwell time. */
export type PublishedVote = RowOf<typeof publishedVote>

/** What a rater and both models said and were asked; only where an export carries it. */
export type Spoken = RowOf<typeof spoken>

interface ExportOptions {
  /** Key of the pseudonyms: two exports under different salts share none. */
  salt: string | Buffer
  models: Map<string, NamedModel>
}

const votesAtOnce = 5000

/** The votes of a snapshot in the order in which they came, a few thousand at a time. */
export function streamVotes(ctx: Context, covered: CoveredVotes, options: ExportOptions) {
  const rows = rowsInBatches(ctx, publishedVote, votesAtOnce)`
    select ${publishedColumns(ctx)} from votes v join queries q on q.id = v.query_id
    where ${isCovered(ctx, covered)} order by v.id`
  return publish(rows, options)
}

/** The votes of a snapshot, each with its question, the hash of its picture and both answers, in the batches of `streamVotes`. */
export function streamBattles(ctx: Context, covered: CoveredVotes, options: ExportOptions) {
  const rows = rowsInBatches(ctx, { ...publishedVote, ...spoken }, votesAtOnce)`
    select ${publishedColumns(ctx)}, q.question, q.image_sha256 as image, coalesce(x.text, '') as "answerA", coalesce(y.text, '') as "answerB"
    from votes v join queries q on q.id = v.query_id
    join battles b on b.id = v.battle_id
    join responses x on x.id = b.response_a
    join responses y on y.id = b.response_b
    where ${isCovered(ctx, covered)} order by v.id`
  return publish(rows, options)
}

const coverage = { queries: whole, first: orNull(words), last: orNull(words), languages: listOf(words), alike: whole }

/** What the votes of a snapshot rest on, in numbers: dates are days in UTC, `alike` are wins between equal texts. */
export async function summariseCovered(ctx: Context, covered: CoveredVotes): Promise<RowOf<typeof coverage>> {
  const [row] = await rowsOf(ctx, coverage)`
    select count(distinct v.query_id)::int as queries,
      to_char(min(v.cast_at) at time zone 'UTC', 'YYYY-MM-DD') as first,
      to_char(max(v.cast_at) at time zone 'UTC', 'YYYY-MM-DD') as last,
      coalesce(array_agg(distinct q.language), '{}') as languages,
      (count(*) filter (where v.verdict in ('model_a', 'model_b') and x.text = y.text))::int as alike
    from votes v join queries q on q.id = v.query_id join battles b on b.id = v.battle_id
    join responses x on x.id = b.response_a join responses y on y.id = b.response_b
    where ${isCovered(ctx, covered)}`
  return row!
}

const publishedColumns = ({ sql }: Context) => sql`
  v.model_a, v.model_b, v.verdict as winner, v.rater_id as rater, v.query_id as item, v.category, q.language,
  to_char(v.cast_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"') as cast_hour, v.purpose, v.points_shown,
  v.guidelines_version, v.late, v.draw_probability, v.strength, v.reasons`

async function* publish<Vote extends PublishedVote>(
  batches: AsyncIterable<Vote[]>,
  { salt, models }: ExportOptions,
): AsyncGenerator<Vote[]> {
  const pseudonyms = new Map<string, string>()
  for await (const rows of batches) {
    yield rows.map((row) => ({
      ...row,
      model_a: models.get(row.model_a)!.slug,
      model_b: models.get(row.model_b)!.slug,
      rater: pseudonyms.getOrInsertComputed(row.rater, (rater) => pseudonymOf(rater, salt)),
    }))
  }
}

/** What a rater is called where votes are published: under another key, another name. */
export function pseudonymOf(rater: string, salt: string | Buffer): string {
  return createHmac('sha256', salt).update(rater).digest('hex').slice(0, 16)
}
