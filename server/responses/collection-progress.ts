import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, whole } from '../core/postgres/rows.ts'
import { CollectionProgress } from '../studies/schema.ts'

const collectionRow = {
  slug: models.slug,
  name: models.name,
  baseline: models.baseline,
  endpoint: endpoints.name,
  total: whole,
  ready: whole,
  held: whole,
  errors: whole,
  state: CollectionProgress.shape.state.parse,
  reason: plans.pausedReason,
}

/**
 * How far each model of a study with this many queries is with its answers; one that is not yet asked counts as
 * preparing.
 */
export async function readCollections(ctx: Context, studyId: string, queries: number): Promise<CollectionProgress[]> {
  const rows = await rowsOf(ctx, collectionRow)`
    select m.slug, m.name, m.baseline, e.name as endpoint, coalesce(r.total, ${queries})::int as total,
      coalesce(r.ready, 0)::int as ready, coalesce(r.held, 0)::int as held, coalesce(r.errors, 0)::int as errors,
      coalesce(p.state::text, 'preparing') as state, p.paused_reason as reason
    from study_models sm
    join models m on m.id = sm.model_id
    join endpoints e on e.id = sm.endpoint_id
    left join collections c on c.study_id = sm.study_id and c.model_id = sm.model_id
    left join plans p on p.id = c.plan_id
    left join lateral (
      select count(*) as total, count(*) filter (where status = 'ready') as ready,
        count(*) filter (where status = 'held') as held, count(*) filter (where status = 'error') as errors
      from responses where collection_id = c.id having count(*) > 0
    ) r on true
    where sm.study_id = ${studyId} order by m.name, m.slug`
  return rows.map(({ slug, name, baseline, ...progress }) => ({ model: { slug, name, baseline }, ...progress }))
}
