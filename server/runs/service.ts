import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { cancelPlan, getPlan, limitCost, pausePlan } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { getTask } from '../datasets/catalogue.ts'
import { requireReach } from '../endpoints/reach.ts'
import { usableEndpoint } from '../endpoints/service.ts'
import { acceptChanges } from './changes/accept-changes.ts'
import { createRun } from './create-run.ts'
import { getRunSummary, getUsableRun } from './read-runs.ts'
import { judgeEndpointIdOf } from './judge/judge.ts'
import { reopenRun, rescoreStored } from './reopen-run.ts'
import { forgetScores } from './scoring/rescore-run.ts'
import { defaultProfile, scorerOf } from './scoring/score-response.ts'
import type { ChangedRun, CostEstimate, NewRun, NewRuns, NewScoring, ResumedRun, RunSummary } from './schema.ts'
import { estimateCost } from './spending/estimate-cost.ts'
import { getStoredRun, type StoredRun } from './stored-run.ts'

/** Defines the job that scores runs again: a large one takes longer than a request may. */
export function defineRunJobs(ctx: Context): void {
  ctx.jobs.define<{ runId: number }>('score-run', async ({ runId }) =>
    rescoreStored(ctx, await getStoredRun(ctx, runId)),
  )
}

/** Creates a run, which workers take up. Endpoints are the actor's to use. */
export async function requestRun(ctx: Context, input: NewRun): Promise<RunSummary> {
  const { benchmark, split, ...settings } = input
  for (const id of [input.endpointId, input.judgeEndpointId]) if (id) await requireReach(ctx, id)
  const run = await createRun(ctx, { ...settings, task: await getTask(benchmark, split) })
  return getRunSummary(ctx, run.id)
}

/** What such a run would cost, before it is made. */
export async function estimateRun(ctx: Context, input: NewRun): Promise<CostEstimate> {
  const { benchmark, split, ...settings } = input
  await usableEndpoint(ctx, input.endpointId)
  return estimateCost(ctx, { ...settings, task: await getTask(benchmark, split) })
}

/** Changes where a run stops for its cost. A run that its limit paused is resumed by itself afterwards. */
export async function limitRun(ctx: Context, id: number, { costLimit }: ChangedRun): Promise<void> {
  await limitCost(ctx, (await getUsableRun(ctx, id)).planId, costLimit)
}

/** Creates a run for each of several benchmarks, or none where one of them cannot be run; workers take them up. */
export async function requestRuns(ctx: Context, endpointId: string, input: NewRuns): Promise<RunSummary[]> {
  const { tasks, judgeEndpointId, ...shared } = input
  for (const id of [endpointId, judgeEndpointId]) if (id) await requireReach(ctx, id)
  const created = await inTransaction(ctx, async (ctx) => {
    const runs: StoredRun[] = []
    for (const { benchmark, split, scoringProfile } of tasks) {
      const task = await getTask(benchmark, split)
      const profile = scoringProfile ?? defaultProfile(task.benchmark, { judged: judgeEndpointId !== undefined })
      const judged = scorerOf(task.benchmark, profile).needsJudge !== undefined
      const judge = judged ? judgeEndpointId : undefined
      runs.push(await createRun(ctx, { ...shared, endpointId, task, scoringProfile: profile, judgeEndpointId: judge }))
    }
    return runs
  })
  return Promise.all(created.map(({ id }) => getRunSummary(ctx, id)))
}

/** Forgets a run's scores and queues scoring it again from the stored replies. */
export async function requestScoring(
  ctx: Context,
  id: number,
  { judgeEndpointId, profile }: NewScoring,
): Promise<void> {
  if (judgeEndpointId) await usableEndpoint(ctx, judgeEndpointId)
  await forgetScores(ctx, await getStoredRun(ctx, id), { profile, judgeEndpointId })
  await ctx.jobs.enqueue('score-run', { runId: id }, { key: String(id) })
}

/** Calls in flight finish; no further one begins, to the model or to the judge. */
export async function pauseRun(ctx: Context, id: number): Promise<void> {
  const run = await getUsableRun(ctx, id)
  await pausePlan(ctx, await planUnderWay(ctx, run), 'paused by hand')
}

/**
 * Asks again what has no answer yet, and nothing else. A run that was never read whole is read on. With `acceptAddress`
 * it goes on although its endpoint answers elsewhere now. Throws address-not-allowed at once where this server may not
 * call it.
 */
export async function resumeRun(ctx: Context, id: number, { acceptAddress = false }: ResumedRun = {}): Promise<void> {
  const before = await getUsableRun(ctx, id)
  for (const id of [before.endpointId, await judgeEndpointIdOf(ctx, before)]) if (id) await requireReach(ctx, id)
  await reopenRun(ctx, await acceptChanges(ctx, before, { acceptAddress }))
}

/** Ends a run for good; what was answered stays. */
export async function cancelRun(ctx: Context, id: number): Promise<void> {
  const run = await getUsableRun(ctx, id)
  const underWay = await planUnderWay(ctx, run)
  await cancelPlan(ctx, underWay)
  // The judge's plan, opened for what the model would still have said, is not to begin.
  if (run.judgePlanId && run.judgePlanId !== underWay) await cancelPlan(ctx, run.judgePlanId)
  await ctx.db
    .update(runs)
    .set({ status: 'cancelled', finishedAt: new Date(ctx.now()) })
    .where(eq(runs.id, id))
}

/** The model's plan, or the judge's once the model has said everything. */
export async function planUnderWay(ctx: Context, run: StoredRun): Promise<string> {
  const { state } = await getPlan(ctx, run.planId)
  return run.judgePlanId && state === 'finished' ? run.judgePlanId : run.planId
}
