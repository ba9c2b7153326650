import { plans } from '#drizzle/schema/calls.ts'
import { runs } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { flag, orNull, rowsOf } from '#server/core/postgres/rows.ts'
import { pausePlan } from '#server/calls/service.ts'
import type { EndpointUses } from '#server/endpoints/change-endpoint.ts'

/** What asks an endpoint now, and how much was ever asked of it: runs, judging for runs, and answers of studies. */
export async function findUses(ctx: Context, endpointId: string): Promise<EndpointUses> {
  const rows = await rowsOf(ctx, { run: orNull(runs.id), customer: plans.customer, going: flag })`
    select distinct on (coalesce(r.id::text, p.id::text)) r.id as run, p.customer,
      bool_or(p.state = 'running' or (p.state = 'preparing' and coalesce(r.status in ('preparing', 'running'), true)))
        over (partition by coalesce(r.id::text, p.id::text)) as going
    from plans p left join runs r on r.plan_id = p.id or r.judge_plan_id = p.id
    where p.endpoint_id = ${endpointId} and (r.id is not null or p.customer in ('collection', 'categories'))`
  const going = rows.filter((row) => row.going)
  return {
    going: going.map(({ run, customer }) => (run === null ? (whatAsks[customer] ?? 'something else') : `run ${run}`)),
    kept: rows.length,
  }
}

const whatAsks: Record<string, string> = {
  collection: 'a study that collects answers',
  categories: 'a pool whose categories it proposes',
}

/** Pauses what runs on a team's endpoints, for a reason in words. */
export async function pauseRunsOf(ctx: Context, teamId: string, reason: string): Promise<void> {
  const going = await rowsOf(ctx, { id: plans.id })`
    select p.id from plans p join endpoints e on e.id = p.endpoint_id
    where e.team_id = ${teamId} and p.state = 'running'`
  for (const { id } of going) await pausePlan(ctx, id, reason)
}
