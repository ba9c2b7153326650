import type { PendingQuery, Row } from 'postgres'
import { battles } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { collections } from '#drizzle/schema/responses.ts'
import type { Context } from '../core/context.ts'
import { present, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'

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
export interface Pair extends RowOf<typeof servedPair> {
  /** Places that planned overlap waits for. */
  reserved: number
}

/** A pair's name, as a key of maps. */
export const keyOf = ({ low, high }: { low: string; high: string }) => `${low} ${high}`

/** Every pair of models that have answers, with its counted votes (`unsure` says nothing and fills no quota) and open leases. */
export async function readServedPairs(ctx: Context, studyId: string): Promise<Pair[]> {
  const rows = await rowsOf(ctx, servedPair)`
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
  return rows.map((pair) => ({ ...pair, reserved: 0 }))
}

/** Of models: those of a team, its own or asked through an endpoint of its. */
export function ownModels({ sql }: Context, teamId: string | null) {
  return sql`select id from models where team_id = ${teamId} union select model_id from endpoints where team_id = ${teamId}`
}

/** The pairs that a rater of a team never judges, as one of the models is the team's. */
export async function readOwnPairs(
  ctx: Context,
  { teamId }: { teamId: string | null },
  pairs: Pair[],
): Promise<Pair[]> {
  if (teamId === null) return []
  const own = new Set((await rowsOf(ctx, { id: models.id })`${ownModels(ctx, teamId)}`).map(({ id }) => id))
  return pairs.filter(({ low, high }) => own.has(low) || own.has(high))
}

/** By rater, the pair of the battle that each of them was given last. */
export async function readLastPairs(ctx: Context, studyId: string, raterIds: string[]): Promise<Map<string, string>> {
  const rows = await rowsOf(ctx, {
    raterId: battles.raterId,
    low: present(battles.modelA),
    high: present(battles.modelB),
  })`
    select r.id as "raterId", least(b.model_a, b.model_b) as low, greatest(b.model_a, b.model_b) as high
    from unnest((select ${raterIds}::uuid[])) as r (id)
    cross join lateral (
      select model_a, model_b from battles
      where study_id = ${studyId} and rater_id = r.id and released_at is null and purpose <> 'gold'
      order by leased_at desc, id limit 1
    ) b`
  return new Map(rows.map((last) => [last.raterId, keyOf(last)]))
}

/**
 * A condition: a rater of a study was not given this query, as SQL names its id; a battle given back unseen does not
 * count, a training card does.
 */
export function notGiven({ sql }: Context, studyId: string, raterId: string, queryId: PendingQuery<Row[]>) {
  return sql`not exists (
    select 1 from battles seen where seen.study_id = ${studyId} and seen.rater_id = ${raterId} and seen.query_id = ${queryId}
      and (seen.released_at is null or seen.consumed_at is not null)
  ) and not exists (
    select 1 from training_cards seen where seen.study_id = ${studyId} and seen.rater_id = ${raterId} and seen.query_id = ${queryId}
  )`
}

/** Of a row with `study_id` and `rater_id`, by its alias: how many votes of its rater in the study were not taken back. */
export function votesGiven({ sql }: Context, row: PendingQuery<Row[]>) {
  return sql`(
    select coalesce(sum(g.given), 0)::int from rater_counts g where g.study_id = ${row}.study_id and g.rater_id = ${row}.rater_id
  )`
}

/** A rater's votes in a study that were not taken back. */
export async function countVotesOf(ctx: Context, studyId: string, raterId: string): Promise<number> {
  const [row] = await rowsOf(ctx, { votes: whole })`
    select ${votesGiven(ctx, ctx.sql`e`)} as votes from (select ${studyId}::uuid as study_id, ${raterId}::uuid as rater_id) e`
  return row!.votes
}
