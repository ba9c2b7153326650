import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { cancelPlan, pausePlan } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { findTask } from '../datasets/catalogue.ts'
import { createRun, prepareRun, reopenRun, type StoredRun } from './create-run.ts'
import { listRuns } from './read-runs.ts'
import type { NewRun, RunSummary } from './schema.ts'

/** Teaches the job queue to prepare runs: reading a large split takes longer than a request may. */
export function defineRunJobs(ctx: Context): void {
  ctx.jobs.define<{ runId: number }>('prepare-run', ({ runId }) => prepareRun(ctx, runId))
}

/** Creates a run and queues the reading of its examples; workers take it from there. */
export async function requestRun(ctx: Context, input: NewRun): Promise<RunSummary> {
  const task = await findTask(input.benchmark, input.split)
  const { endpointId, limit, seed, scoringProfile } = input
  const run = await createRun(ctx, {
    endpointId,
    task,
    seed,
    ...(scoringProfile ? { scoringProfile } : {}),
    ...(limit ? { limit } : {}),
  })
  await ctx.jobs.enqueue('prepare-run', { runId: run.id }, { key: String(run.id) })
  const summary = (await listRuns(ctx)).find((candidate) => candidate.id === run.id)
  if (!summary) throw notFound(`There is no run ${run.id}`)
  return summary
}

/** The stored run. Throws not-found. */
export async function findRun(ctx: Context, id: number): Promise<StoredRun> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.id, id))
  if (!run) throw notFound(`There is no run ${id}`)
  return run
}

/** Calls in flight finish; no further one begins. */
export async function pauseRun(ctx: Context, id: number): Promise<void> {
  const run = await findRun(ctx, id)
  await pausePlan(ctx, run.planId, 'paused by hand')
}

/** Asks again what has no answer yet, and nothing else. */
export async function resumeRun(ctx: Context, id: number): Promise<void> {
  await reopenRun(ctx, await findRun(ctx, id))
}

/** Ends a run for good; what was answered stays. */
export async function cancelRun(ctx: Context, id: number): Promise<void> {
  const run = await findRun(ctx, id)
  await cancelPlan(ctx, run.planId)
  await ctx.db
    .update(runs)
    .set({ status: 'cancelled', finishedAt: new Date(ctx.now()) })
    .where(eq(runs.id, id))
}
