import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { rereadReplies } from '../calls/replies/reread-replies.ts'
import { receiveMissed } from '../calls/replies/receiver.ts'
import { getPlan, resumePlan, retryErrors, workHere } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { getTask } from '../datasets/catalogue.ts'
import { openReading } from '../datasets/service.ts'
import { acceptChanges } from './changes/accept-changes.ts'
import { takeSettings } from './changes/take-settings.ts'
import { type StoredRun, runChanged } from './stored-run.ts'
import { judgeCustomer } from './judge/judge-customer.ts'
import { readRun } from './reading/read-run.ts'
import { runCustomer } from './run-customer.ts'
import { settleModel } from './settle-run.ts'

/**
 * Puts a run that stopped back to work: only what has no answer yet is asked of model and judge, failed calls included.
 * Throws as acceptChanges does.
 */
export async function reopenRun(ctx: Context, run: StoredRun): Promise<void> {
  if (run.status === 'cancelled') throw runChanged(`Run ${run.id} was cancelled; start a new one`)
  await acceptChanges(ctx, run, { acceptAddress: false })
  await takeSettings(ctx, run)
  await ctx.db.update(runs).set({ status: 'running', finishedAt: null }).where(eq(runs.id, run.id))
  await retryErrors(ctx, run.planId)
  for (const planId of [run.planId, run.judgePlanId]) {
    if (planId && (await getPlan(ctx, planId)).state === 'paused') await resumePlan(ctx, planId)
  }
  if ((await getPlan(ctx, run.planId)).state === 'finished') await scoreStored(ctx, run)
}

/** Reads the stored replies of a run that forgot its scores once more, and scores them. */
export async function rescoreStored(ctx: Context, run: StoredRun): Promise<void> {
  for (const planId of [run.planId, run.judgePlanId]) if (planId) await rereadReplies(ctx, planId)
  await scoreStored(ctx, run)
}

/**
 * Reads the data of a run once more, where it lies now: its pictures are taken from there from now on. Throws run-changed
 * when it is other data, and InputError when there is none; then everything stays as it was.
 */
export async function attachData(ctx: Context, run: StoredRun, path: string): Promise<void> {
  await using data = await openReading(ctx, await getTask(run.benchmark, run.split), path)
  await readRun(ctx, run.id, { data, attaching: true })
  await ctx.db.update(runs).set({ dataPath: path }).where(eq(runs.id, run.id))
  await workHere(ctx, run.planId, { bound: true })
}

/**
 * Scores stored replies that have no score, without one call to the model. What only the judge can tell and it has not
 * told yet is left to its plan, which is released.
 */
export async function scoreStored(ctx: Context, run: StoredRun): Promise<void> {
  await receiveMissed(ctx, runCustomer, await getPlan(ctx, run.planId))
  if (run.judgePlanId) await receiveMissed(ctx, judgeCustomer, await getPlan(ctx, run.judgePlanId))
  await settleModel(ctx, run)
}
