import { plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { flag, fraction, orNull, rowsOf, rowsWithin, whole, words } from '#server/core/postgres/rows.ts'
import { printable } from '#server/core/printable.ts'
import { notFound } from '#server/core/problem.ts'
import type { ErrorClass } from '#server/endpoints/schema.ts'
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
  waits: rowsWithin({ class: words, count: whole, untilMs: fraction, asked: flag, said: orNull(words) }),
  silentMs: orNull(fraction),
  errorClasses: rowsWithin({ class: words, count: whole }),
  perMinute: fraction,
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
      (select coalesce(jsonb_agg(w order by w.count desc), '[]') from (
        select a.error_class as class, count(*)::int as count, bool_or(a.wait_asked) as asked, max(a.message) as said,
          (extract(epoch from min(k.run_at)) * 1000)::float8 as "untilMs"
        from calls k join attempts a on a.call_id = k.id and a.number = k.attempts and a.error_class is not null
        where k.plan_id = p.id and k.state = 'pending' and k.run_at > now() group by a.error_class) w) as waits,
      (select (extract(epoch from t.blocked_until) * 1000)::float8 from endpoint_traffic t
        where t.endpoint_id = p.endpoint_id and t.blocked_until > now()) as "silentMs",
      (select coalesce(jsonb_agg(e order by e.count desc), '[]') from (
        select coalesce(k.error_class, 'internal') as class, count(*)::int as count
        from calls k where k.plan_id = p.id and k.state = 'error' group by 1) e) as "errorClasses",
      (select coalesce(count(*) * 60 / greatest(extract(epoch from now() - min(r.received_at)), 1), 0)::float8
        from replies r join calls k on k.id = r.call_id
        where k.plan_id = p.id and p.state = 'running' and r.received_at > now() - interval '1 minute') as "perMinute"
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
    rows.map(({ id, nextAttemptMs, silentMs, waits, errorClasses, ...progress }) => [
      id,
      {
        ...progress,
        nextAttemptAt: moment(nextAttemptMs),
        waits: waits.map(({ untilMs, class: name, said, ...wait }) => ({
          ...wait,
          class: name as ErrorClass,
          until: moment(untilMs)!,
          said: printable(said ?? ''),
        })),
        silentUntil: moment(silentMs),
        errorClasses: Object.fromEntries(errorClasses.map((one) => [one.class, one.count])),
      },
    ]),
  )
}

const moment = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
