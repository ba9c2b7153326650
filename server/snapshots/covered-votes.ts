import { createHmac } from 'node:crypto'
import type { StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import type { Context } from '../core/context.ts'
import { defineProblem } from '../core/problem.ts'
import type { QueryCategory } from '../queries/schema.ts'

export const noSnapshot = defineProblem('no-snapshot', 404, 'This board has no snapshot yet')

/** A snapshot as far as its votes go: none later than its last is among them. */
export interface CoveredVotes {
  id: string
  studyId: string
  category: QueryCategory | null
  lastVoteId: number
  createdAt: string
  /** The moment the counts were read: a vote withdrawn later was still among them. */
  countedAt: string
  counts: StoredPairCount[]
  excluded: Record<string, number>
  /** In the order in which the fit took the models. */
  ratings: StoredRating[]
}

/** The newest snapshot of a study for all categories (null) or one, or the one of an id. Throws no-snapshot. */
export async function readCovered(
  { sql }: Context,
  studyId: string,
  category: QueryCategory | null,
  id?: string,
): Promise<CoveredVotes> {
  const [row] = await sql<CoveredVotes[]>`
    select id, study_id as "studyId", category, last_vote_id::float8 as "lastVoteId", created_at as "createdAt",
      counted_at as "countedAt", counts, excluded, ratings
    from snapshots
    where study_id = ${studyId}
      and ${id === undefined ? sql`category is not distinct from ${category}::query_category` : sql`id = ${id}`}
    order by created_at desc limit 1`
  if (!row) throw noSnapshot()
  return row
}

/** Of `votes v`: those that moved the counts of a snapshot. */
export function isCovered({ sql }: Context, { studyId, category, lastVoteId, countedAt }: CoveredVotes) {
  return sql`v.study_id = ${studyId} and v.id <= ${lastVoteId} and v.counted
    and (v.withdrawn_at is null or v.withdrawn_at > ${countedAt}::text::timestamptz)
    ${category === null ? sql`` : sql`and v.category = ${category}`}`
}

/** A model as an export names it. */
interface NamedModel {
  slug: string
  name: string
  organisation: string
  openness: string
  baseline: boolean
}

/**
 * The models of a snapshot by id, in the order of the fit. One that is not released is called `withheld-1` and so on:
 * its votes stay, for without them no rating could be computed again. `unreleased` names it all the same.
 */
export async function nameModels(
  { sql }: Context,
  { ratings }: CoveredVotes,
  { unreleased }: { unreleased: boolean },
): Promise<Map<string, NamedModel>> {
  const ids = ratings.map(({ modelId }) => modelId)
  const rows = await sql<(NamedModel & { id: string; released: boolean })[]>`
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

/** A covered vote as it is published: the rater under another name, the time cut to the hour, no dwell time. */
export interface PublishedVote extends Record<string, unknown> {
  model_a: string
  model_b: string
  winner: string
  rater: string
  item: string
  category: string
  language: string
  cast_hour: string
  purpose: string
  points_shown: boolean
  guidelines_version: number
  late: boolean
  draw_probability: number
}

interface ExportOptions {
  /** Key of the pseudonyms: two exports under different salts share none. */
  salt: string | Buffer
  models: Map<string, NamedModel>
}

/** What a rater and both models said and were asked; only where an export carries it. */
export interface Spoken {
  question: string
  answerA: string
  answerB: string
}

const votesAtOnce = 5000

/** The votes of a snapshot in the order in which they came, a few thousand at a time. */
export function streamVotes(ctx: Context, covered: CoveredVotes, options: ExportOptions) {
  return publish<object>(readRows(ctx, covered, { spoken: false }), options)
}

/** The votes of a snapshot, each with its question and both answers, in the batches of `streamVotes`. */
export function streamBattles(ctx: Context, covered: CoveredVotes, options: ExportOptions) {
  return publish<Spoken>(readRows(ctx, covered, { spoken: true }), options)
}

function readRows(ctx: Context, covered: CoveredVotes, { spoken }: { spoken: boolean }) {
  const { sql } = ctx
  const said = sql`, q.question, coalesce(x.text, '') as "answerA", coalesce(y.text, '') as "answerB"`
  const answers = sql`
    join battles b on b.id = v.battle_id
    join responses x on x.id = b.response_a
    join responses y on y.id = b.response_b`
  return sql`
    select v.model_a, v.model_b, v.verdict as winner, v.rater_id as rater, v.query_id as item, v.category, q.language,
      to_char(v.cast_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"') as cast_hour, v.purpose, v.points_shown,
      v.guidelines_version, v.late, v.draw_probability ${spoken ? said : sql``}
    from votes v join queries q on q.id = v.query_id ${spoken ? answers : sql``}
    where ${isCovered(ctx, covered)} order by v.id`.cursor(votesAtOnce)
}

async function* publish<Extra extends object>(
  batches: AsyncIterable<unknown[]>,
  { salt, models }: ExportOptions,
): AsyncGenerator<(PublishedVote & Extra)[]> {
  const pseudonyms = new Map<string, string>()
  for await (const rows of batches as AsyncIterable<(PublishedVote & Extra)[]>) {
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
