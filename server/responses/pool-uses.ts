import { responses } from '#drizzle/schema/responses.ts'
import { studies } from '#drizzle/schema/studies.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import type { PoolUses } from '../queries/change-pools.ts'

/** What studies and their answers rest on, for the module of pools. */
export const poolUses: PoolUses = {
  async studiesOf(ctx, poolId) {
    const rows = await rowsOf(ctx, { slug: studies.slug })`
      select slug from studies where pool_id = ${poolId} order by created_at, slug`
    return rows.map(({ slug }) => slug)
  },
  async askedAmong(ctx, queryIds) {
    const rows = await rowsOf(ctx, { queryId: responses.queryId })`
      select ids.id as "queryId" from unnest(${queryIds}::uuid[]) as ids (id)
      where exists (select 1 from responses r where r.query_id = ids.id)`
    return new Set(rows.map(({ queryId }) => queryId))
  },
}
