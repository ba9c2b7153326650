import { battles } from '#drizzle/schema/battles.ts'
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

/** By rater, the pair of the battle that each of them was given last. */
export async function readLastPairs(ctx: Context, studyId: string, raterIds: string[]): Promise<Map<string, string>> {
  const rows = await rowsOf(ctx, {
    raterId: battles.raterId,
    low: present(battles.modelA),
    high: present(battles.modelB),
  })`
    select r.id as "raterId", least(b.model_a, b.model_b) as low, greatest(b.model_a, b.model_b) as high
    from unnest(${raterIds}::uuid[]) as r (id)
    cross join lateral (
      select model_a, model_b from battles
      where study_id = ${studyId} and rater_id = r.id and released_at is null and purpose <> 'gold'
      order by leased_at desc, id limit 1
    ) b`
  return new Map(rows.map((last) => [last.raterId, keyOf(last)]))
}

/** The part `seen` of a statement: the queries of a study that a rater was given; a battle given back unseen does not count. */
export function seenQueries({ sql }: Context, studyId: string, raterId: string) {
  return sql`seen as materialized (
      select query_id from battles
      where study_id = ${studyId} and rater_id = ${raterId} and (released_at is null or consumed_at is not null)
      union all select query_id from training_cards where study_id = ${studyId} and rater_id = ${raterId}
    )`
}
