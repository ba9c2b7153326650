import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '#server/core/context.ts'
import { fraction, orNull, rowsOf } from '#server/core/postgres/rows.ts'

/** Median latency in milliseconds of the first 200 answered attempts of each endpoint's newest plan, by endpoint id. */
export async function medianLatencies(ctx: Context, endpointIds: string[]): Promise<Map<string, number>> {
  const rows = await rowsOf(ctx, { id: endpoints.id, median: orNull(fraction) })`
    select e.id, (
      select percentile_cont(0.5) within group (order by latency_ms) from (
        select a.latency_ms from calls c join attempts a on a.call_id = c.id
        where c.plan_id = p.id and a.error_class is null limit 200
      ) sample
    ) as median
    from unnest(${endpointIds}::uuid[]) as e (id)
    join lateral (select id from plans where endpoint_id = e.id order by created_at desc limit 1) p on true`
  return new Map(rows.flatMap(({ id, median }) => (median === null ? [] : [[id, median] as const])))
}
