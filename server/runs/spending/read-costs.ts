import { runs } from '#drizzle/schema/runs.ts'
import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '#server/core/context.ts'
import { flag, fraction, orNull, rowsOf, whole } from '#server/core/postgres/rows.ts'
import type { PictureFacts, RunCost } from '../schema.ts'

export interface Spent {
  cost: RunCost
  /** Replies that were taken from earlier runs. */
  reused: number
}

/** What runs have cost, their judges included, and what they did not ask again, by run. */
export async function spentBy(ctx: Context, runIds: number[]): Promise<Map<number, Spent>> {
  const money = { spent: fraction, costLimit: plans.costLimit, known: flag, price: orNull(endpoints.price) }
  const shape = { id: runs.id, ...money, reused: whole }
  const rows = await rowsOf(ctx, shape)`
    select r.id, p.spent + coalesce(j.spent, 0) as spent, p.cost_limit as "costLimit", e.price,
      (e.price is not null or p.spent > 0 or coalesce(j.spent, 0) > 0) as known,
      case when r.reuse then
        (select count(*) from predictions d where d.run_id = r.id and d.reused_from is not null) else 0 end as reused
    from runs r join plans p on p.id = r.plan_id left join plans j on j.id = r.judge_plan_id
    join endpoints e on e.id = r.endpoint_id
    where r.id = any(${runIds}::int[])`
  return new Map(
    rows.map(({ id, spent, costLimit: limit, known, price, reused }) => [
      id,
      { cost: { spent: known ? spent : null, limit, price }, reused },
    ]),
  )
}

/** What was done to the pictures of a plan's answered calls before they went out. */
export async function pictureFacts(ctx: Context, planId: string): Promise<PictureFacts> {
  const [facts] = await rowsOf(ctx, { altered: whole, leftOut: whole, calls: whole })`
    select count(*) filter (where jsonb_typeof(picture -> 'to') = 'object') as altered,
      count(*) filter (where jsonb_typeof(picture -> 'to') = 'null') as "leftOut",
      count(distinct a.call_id) as calls
    from attempts a join calls c on c.id = a.call_id cross join lateral jsonb_array_elements(a.pictures) picture
    where c.plan_id = ${planId} and a.error_class is null and a.pictures is not null`
  return facts!
}
