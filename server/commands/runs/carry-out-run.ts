import { setTimeout as pause } from 'node:timers/promises'
import { executePlan } from '#server/calls/execute-plan.ts'
import type { PlanEnd } from '#server/calls/plan-execution.ts'
import { planProgress } from '#server/calls/progress.ts'
import { getPlan } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { Interrupted } from '#server/core/problem.ts'
import { getStoredRun, type StoredRun } from '#server/runs/stored-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { judgeCustomer } from '#server/runs/judge/judge-customer.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import type { Run } from '#server/runs/schema.ts'
import { showProgress, type ProgressDisplay } from './run-progress.ts'

const progressEveryMs = 250

/**
 * Carries out one run in this process, with its progress on standard error: `begin` makes it ready, then come the model's
 * calls, then those of the judge, if any are needed. The run as it stands afterwards, interrupted or not.
 */
export async function carryOut(
  ctx: Context,
  runId: number,
  begin: () => Promise<void>,
  signal: AbortSignal,
): Promise<Run> {
  try {
    await begin()
    await carryOutPlans(ctx, await getStoredRun(ctx, runId), signal)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  }
  return getRun(ctx, runId)
}

async function carryOutPlans(ctx: Context, run: StoredRun, signal: AbortSignal): Promise<void> {
  const title = `${run.benchmark} ${run.split}, run ${run.id}`
  const end = await carryOutPlan(ctx, run.planId, title, signal)
  const judging = end === 'finished' && run.judgePlanId ? await getPlan(ctx, run.judgePlanId) : null
  if (judging?.state === 'running') await carryOutPlan(ctx, judging.id, `${title}, judge`, signal)
}

async function carryOutPlan(ctx: Context, planId: string, title: string, signal: AbortSignal): Promise<PlanEnd> {
  const display = showProgress(title)
  const over = new AbortController()
  const showing = keepShowing(ctx, planId, display, over.signal)
  try {
    return await executePlan(ctx, planId, [runCustomer, judgeCustomer], { signal })
  } finally {
    over.abort()
    await showing
    display.update(await planProgress(ctx, planId))
    display.stop()
  }
}

/** Shows how far a plan is, four times a second, or less often where that takes the database long to say. */
async function keepShowing(ctx: Context, planId: string, display: ProgressDisplay, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const asked = performance.now()
    display.update(await planProgress(ctx, planId))
    const rest = Math.max(progressEveryMs, 20 * (performance.now() - asked))
    await pause(rest, undefined, { signal: over }).catch(() => {})
  }
}
