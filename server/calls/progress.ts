import { plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { fraction, orNull, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import type { PlanProgress } from './schema.ts'

const progressRow = {
  id: plans.id,
  state: plans.state,
  reason: plans.pausedReason,
  growing: plans.growing,
  total: plans.calls,
  answered: whole,
  errors: whole,
  active: whole,
  waiting: whole,
  nextAttemptMs: orNull(fraction),
  perMinute: whole,
}

/** What a plan is doing now, or a `not-found` problem. */
export async function planProgress(ctx: Context, planId: string): Promise<PlanProgress> {
  const progress = (await planProgresses(ctx, [planId])).get(planId)
  if (!progress) throw notFound('No such plan')
  return progress
}

/** What many plans are doing now, by id; unknown ids are left out. */
export async function planProgresses(ctx: Context, planIds: string[]): Promise<Map<string, PlanProgress>> {
  const rows = await rowsOf(ctx, progressRow)`
    select p.id, p.state, p.growing, p.paused_reason as reason, p.calls as total,
      coalesce(c.answered, 0)::int as answered, coalesce(c.errors, 0)::int as errors,
      coalesce(c.active, 0)::int as active, coalesce(c.waiting, 0)::int as waiting,
      (extract(epoch from c.next_attempt) * 1000)::float8 as "nextAttemptMs",
      (select count(*) from replies r join calls k on k.id = r.call_id
        where k.plan_id = p.id and p.state = 'running' and r.received_at > now() - interval '1 minute')::int as "perMinute"
    from plans p
    left join lateral (
      select count(*) filter (where state = 'answered') as answered, count(*) filter (where state = 'error') as errors,
        count(*) filter (where state = 'active') as active,
        count(*) filter (where state = 'pending' and run_at > now()) as waiting,
        min(run_at) filter (where state = 'pending' and run_at > now()) as next_attempt
      from calls where plan_id = p.id
    ) c on true
    where p.id = any(${planIds}::uuid[])`
  return new Map(
    rows.map(({ id, nextAttemptMs, ...progress }) => [
      id,
      { ...progress, nextAttemptAt: nextAttemptMs === null ? null : new Date(nextAttemptMs).toISOString() },
    ]),
  )
}
