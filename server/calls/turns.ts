import { plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getPlan, planIsOver } from './service.ts'

/** Where a plan is to stand among those of its endpoint that are not over. */
type Turn = 'first' | 'up' | 'down'

/**
 * Moves a plan among the plans of its endpoint that are not over; one that stands there already stays. Workers see it
 * within half a second. Throws plan-is-over.
 */
export async function movePlan(ctx: Context, planId: string, to: Turn): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { endpointId, state } = await getPlan(ctx, planId)
    const queue = await rowsOf(ctx, { id: plans.id, rank: plans.rank })`
      select id, rank from plans where endpoint_id = ${endpointId} and state in ('preparing', 'running', 'paused')
      order by rank, id for update`
    const at = queue.findIndex(({ id }) => id === planId)
    if (at === -1) throw planIsOver(`It is ${state}`)
    const next = to === 'first' ? 0 : Math.min(Math.max(at + (to === 'up' ? -1 : 1), 0), queue.length - 1)
    const order = queue.map(({ id }) => id)
    order.splice(next, 0, ...order.splice(at, 1))
    // The places stay as they are, but for two that were the same; who stands in them changes.
    const ranks = queue.map(({ rank }, index) => rank + index * 1e-6)
    await ctx.sql`
      update plans set rank = t.rank from unnest(${order}::uuid[], ${ranks}::float8[]) as t (id, rank)
      where plans.id = t.id and plans.rank <> t.rank`
  })
}
