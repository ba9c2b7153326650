import { teams } from '#drizzle/schema/accounts.ts'
import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { runs } from '#drizzle/schema/runs.ts'
import { planProgresses } from '#server/calls/progress.ts'
import type { Context } from '#server/core/context.ts'
import { mayUse } from '#server/core/policy.ts'
import { flag, orNull, rowsOf } from '#server/core/postgres/rows.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { foresee, type Queued } from './foresee.ts'
import type { EndpointQueue } from './schema.ts'

const queuedRow = {
  planId: plans.id,
  customer: plans.customer,
  state: plans.state,
  run: orNull(runs.id),
  benchmark: orNull(runs.benchmark),
  split: orNull(runs.split),
  limit: runs.limit,
  model: models.name,
  endpointId: endpoints.id,
  endpoint: endpoints.name,
  atOnce: endpoints.maxConcurrency,
  teamId: endpoints.teamId,
  team: orNull(teams.name),
  waitsForModel: flag,
}

const whatIs: Record<string, Queued['what']> = { run: 'run', judge: 'judge', categories: 'categories' }

/** Every endpoint that the actor may use and that is still to be asked something, with its queue; the busiest first. */
export async function readQueue(ctx: Context): Promise<EndpointQueue[]> {
  const rows = await rowsOf(ctx, queuedRow)`
    select p.id as "planId", p.customer, p.state, r.id as run, r.benchmark, r.split, r."limit", m.name as model,
      e.id as "endpointId", e.name as endpoint, e.max_concurrency as "atOnce", e.team_id as "teamId", t.name as team,
      coalesce(r.judge_plan_id = p.id and exists (
        select 1 from plans o where o.id = r.plan_id and o.state in ('preparing', 'running', 'paused')), false) as "waitsForModel"
    from plans p join endpoints e on e.id = p.endpoint_id
    left join runs r on r.plan_id = p.id or r.judge_plan_id = p.id
    join models m on m.id = coalesce(r.model_id, e.model_id)
    left join teams t on t.id = e.team_id
    where p.state in ('preparing', 'running', 'paused')
    order by p.rank, p.id`
  const mine = rows.filter(
    ({ teamId, state, waitsForModel }) => mayUse(ctx.actor, teamId) && (state !== 'preparing' || waitsForModel),
  )
  const progress = await planProgresses(
    ctx,
    mine.map(({ planId }) => planId),
  )
  const benchmarks = await loadBenchmarks()
  const queues = Map.groupBy(mine, ({ endpointId }) => endpointId)
  const described = [...queues].map(([id, queued]) => {
    const { endpoint: name, atOnce, team } = queued[0]!
    const entries = queued.map(({ planId, customer, run, benchmark, split, limit, model, waitsForModel }): Queued => {
      const known = benchmark === null ? undefined : benchmarks.get(benchmark)
      const expected = Math.min(limit ?? Infinity, known?.splits[split ?? '']?.n ?? 0)
      const title = benchmark === null ? null : `${known?.title ?? benchmark}, ${split}`
      const what = whatIs[customer] ?? 'answers'
      return { what, run, model, benchmark: title, expected, waitsForModel, progress: progress.get(planId)! }
    })
    return { endpoint: { id, name, atOnce }, team, entries: foresee(entries, atOnce, ctx.now()) }
  })
  return described.toSorted((one, other) => other.entries.length - one.entries.length)
}
