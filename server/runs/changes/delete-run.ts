import { eq } from 'drizzle-orm'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import { recordAudit } from '#server/accounts/service.ts'
import { deleteCalls, hasCallsUnderWay } from '#server/calls/delete-calls.ts'
import type { Context } from '#server/core/context.ts'
import { teamOf } from '#server/core/policy.ts'
import { notAllowed } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getUsableRun } from '../read-runs.ts'
import { isOver } from '../schema.ts'
import type { StoredRun } from '../stored-run.ts'
import { runStands } from './standing.ts'

/**
 * Deletes a run that is over, with its predictions, requests and replies; what it cost still counts against limits of
 * cost. Throws run-stands-otherwise for a run that is not over or whose replies another run took, and not-allowed for a team
 * whose run has a score: else it would show its best one only.
 */
export async function deleteRun(ctx: Context, id: number): Promise<void> {
  const run = await getUsableRun(ctx, id)
  if (!isOver(run.status)) throw runStands('it is not over; cancel it first')
  if (teamOf(ctx.actor) !== null && (run.status === 'complete' || run.status === 'finalised'))
    throw notAllowed(`Run ${id} is ${run.status}: only the operator deletes it`)
  const plans = [run.planId, ...(run.judgePlanId ? [run.judgePlanId] : [])]
  if (await hasCallsUnderWay(ctx, plans)) throw runStands('calls of it are still under way; try again shortly')
  await refuseIfReused(ctx, id)
  await inTransaction(ctx, async (ctx) => {
    await ctx.db.delete(runs).where(eq(runs.id, id))
    await deleteCalls(ctx, plans)
    await recordAudit(ctx, 'run.deleted', `run:${id}`, describe(run))
  })
}

async function refuseIfReused(ctx: Context, id: number) {
  const [reusing] = await ctx.db
    .select({ id: predictions.runId })
    .from(predictions)
    .where(eq(predictions.reusedFrom, id))
    .limit(1)
  if (reusing) throw runStands(`run ${reusing.id} took replies of it; delete that one first`)
}

/** What the audit trail still says of it. */
function describe({ benchmark, split, status, examples, fingerprint }: StoredRun) {
  return { benchmark, split, status, examples, fingerprint }
}
