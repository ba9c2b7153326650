import { and, eq, ne, or } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import type { Plan } from '../calls/customer.ts'
import { getPlan, releasePlan, retryErrors } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, whole } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { aggregateRun } from './scoring/aggregate-run.ts'
import type { StoredRun } from './stored-run.ts'

/** The run whose model or judge is asked by this plan. Throws not-found. */
export async function runOfPlan(ctx: Context, { id }: Pick<Plan, 'id'>): Promise<StoredRun> {
  const [run] = await ctx.db
    .select()
    .from(runs)
    .where(or(eq(runs.planId, id), eq(runs.judgePlanId, id)))
  if (!run) throw notFound(`No run belongs to plan ${id}`)
  return run
}

/** The model has said what it will: the judge's turn, if it is to read any of it; else the run is over. */
export async function settleModel(ctx: Context, run: StoredRun): Promise<void> {
  if (run.judgePlanId && (await getPlan(ctx, run.judgePlanId)).calls > 0) {
    await retryErrors(ctx, run.judgePlanId)
    await releasePlan(ctx, run.judgePlanId)
  }
  await finishIfSettled(ctx, run)
}

/**
 * Stores metrics and the final status, unless the model or the judge has still to answer: `incomplete` when one of them
 * failed to.
 */
export async function finishIfSettled(ctx: Context, run: StoredRun): Promise<void> {
  const [left] = await rowsOf(ctx, { unsettled: whole, failed: whole })`
    select
      count(*) filter (where coalesce(judge.state, model.state) in ('pending', 'active', 'answered'))::int as unsettled,
      count(*) filter (where coalesce(judge.state, model.state) = 'error')::int as failed
    from predictions p join calls model on model.id = p.call_id left join calls judge on judge.id = p.judge_call_id
    where p.run_id = ${run.id} and p.outcome is null`
  if (left!.unsettled > 0) return
  const metrics = await aggregateRun(ctx, run)
  const settled = run.status === 'finalised' ? 'finalised' : 'incomplete'
  await ctx.db
    .update(runs)
    .set({ metrics, status: left!.failed === 0 ? 'complete' : settled, finishedAt: new Date(ctx.now()) })
    .where(and(eq(runs.id, run.id), ne(runs.status, 'cancelled')))
}
