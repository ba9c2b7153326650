import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { flag, rowsOf } from '#server/core/postgres/rows.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { endpointOf } from '../endpoint-settings.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { runSettings } from '../run-settings.ts'
import type { StoredRun } from '../stored-run.ts'

/**
 * Has a run that got no answer yet take what its endpoint sets today: nothing that it measured can move by it. One with
 * an answer keeps what it began with.
 */
export async function takeSettings(ctx: Context, run: StoredRun): Promise<void> {
  const [plan] = await rowsOf(ctx, { answered: flag })`
    select exists (select 1 from calls where plan_id = ${run.planId} and state = 'answered') as answered`
  if (plan?.answered) return
  const { benchmark } = await getTask(run.benchmark, run.split)
  const taken = runSettings(benchmark, await endpointOf(ctx, run.endpointId), run.settings.run)
  const fingerprint = fingerprintOf({ ...run, ...taken })
  await ctx.db
    .update(runs)
    .set({ ...taken, fingerprint })
    .where(eq(runs.id, run.id))
}
