import { calls, plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import type { Context } from '../core/context.ts'
import { orNull, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { CollectionProgress } from '../studies/schema.ts'
import { getStoredStudy } from '../studies/service.ts'
import { emptyAnswer } from './why-held.ts'

const collectionRow = {
  slug: models.slug,
  name: models.name,
  baseline: models.baseline,
  endpoint: orNull(endpoints.name),
  asked: whole,
  ready: whole,
  held: whole,
  errors: whole,
  empty: whole,
  state: CollectionProgress.shape.state.parse,
  paused: plans.pausedReason,
  fault: orNull(calls.errorMessage),
}

/**
 * How far each model of a study with this many queries is with its answers; one that is not yet asked counts as
 * preparing. Answers to queries that are held back count for nothing.
 */
export async function readCollections(ctx: Context, studyId: string, queries: number): Promise<CollectionProgress[]> {
  const rows = await rowsOf(ctx, collectionRow)`
    with held as materialized (
      select array_agg(q.id) as ids from queries q join studies s on s.pool_id = q.pool_id
      where s.id = ${studyId} and q.held_at is not null
    )
    select m.slug, m.name, m.baseline, e.name as endpoint, coalesce(r.asked, 0)::int as asked,
      coalesce(r.ready, 0)::int as ready, coalesce(r.held, 0)::int as held, coalesce(r.errors, 0)::int as errors,
      coalesce(r.empty, 0)::int as empty,
      case when sm.endpoint_id is null then 'imported' else coalesce(p.state::text, 'preparing') end as state,
      p.paused_reason as paused, f.error_message as fault
    from study_models sm
    join models m on m.id = sm.model_id
    left join endpoints e on e.id = sm.endpoint_id
    left join collections c on c.study_id = sm.study_id and c.model_id = sm.model_id
    left join plans p on p.id = c.plan_id
    left join lateral (
      select count(*) as asked, count(*) filter (where status = 'ready') as ready,
        count(*) filter (where kept_back and not empty) as held, count(*) filter (where kept_back and empty) as empty,
        count(*) filter (where status = 'error') as errors
      from (
        select status, status in ('held', 'dropped') as kept_back, held_reason is not distinct from ${emptyAnswer} as empty
        from responses, held where collection_id = c.id and (held.ids is null or query_id <> all (held.ids))
      ) of_live
    ) r on true
    left join lateral (
      select error_message from calls where r.errors > 0 and plan_id = c.plan_id and state = 'error'
      group by error_message order by count(*) desc, 1 limit 1
    ) f on true
    where sm.study_id = ${studyId} order by m.name, m.slug`
  return rows.map((row) => shown(row, queries))
}

/** The same for the study of this address. Throws not-found. */
export async function readAnswerCoverage(ctx: Context, slug: string): Promise<CollectionProgress[]> {
  const { id, poolId } = await getStoredStudy(ctx, slug)
  const [row] = await rowsOf(ctx, { queries: whole })`
    select count(*)::int as queries from queries where pool_id = ${poolId} and held_at is null`
  return readCollections(ctx, id, row!.queries)
}

function shown(row: RowOf<typeof collectionRow>, queries: number): CollectionProgress {
  const { slug, name, baseline, asked, paused, fault, ...counts } = row
  const total = Math.max(asked, queries)
  const missing = total - counts.ready - counts.held - counts.errors - counts.empty
  return { model: { slug, name, baseline }, ...counts, total, missing, reason: paused ?? fault }
}
