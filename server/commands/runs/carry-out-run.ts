import { setTimeout as pause } from 'node:timers/promises'
import type { Customer } from '#server/calls/customer.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import type { PlanEnd } from '#server/calls/plan-execution.ts'
import { planProgress } from '#server/calls/progress.ts'
import { getPlan } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import type { StoredRun } from '#server/runs/stored-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { judgeCustomer } from '#server/runs/judge/judge-customer.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import type { Run } from '#server/runs/schema.ts'
import { showProgress } from './telling/run-progress.ts'

const progressEveryMs = 250

/**
 * Carries out one run in this process, with its progress on standard error: the model's calls, whose examples are read
 * meanwhile, then those of the judge, if any are needed. The run as it stands afterwards, interrupted or not.
 */
export async function carryOut(
  ctx: Context,
  run: StoredRun,
  signal: AbortSignal,
  customer: Customer = runCustomer,
): Promise<Run> {
  const title = `${run.benchmark} ${run.split}, run ${run.id}`
  const { benchmark, split } = await getTask(run.benchmark, run.split)
  const expected = Math.min(run.limit ?? Infinity, benchmark.splits[split]?.n ?? 0)
  const end = await carryOutPlan(ctx, { planId: run.planId, title, expected, customer }, signal)
  const judging = end === 'finished' && run.judgePlanId ? await getPlan(ctx, run.judgePlanId) : null
  if (judging?.state === 'running') {
    const judged = { planId: judging.id, title: `${title}, judge`, expected: 0, customer: judgeCustomer }
    await carryOutPlan(ctx, judged, signal)
  }
  return getRun(ctx, run.id)
}

interface PlanToCarryOut {
  planId: string
  title: string
  /** Calls that there will be, for as long as they are still read. */
  expected: number
  customer: Customer
}

async function carryOutPlan(
  ctx: Context,
  { planId, title, expected, customer }: PlanToCarryOut,
  signal: AbortSignal,
): Promise<PlanEnd> {
  const display = showProgress(title)
  const over = new AbortController()
  const show = async () => {
    const progress = await planProgress(ctx, planId)
    display.update(progress.growing ? { ...progress, total: Math.max(progress.total, expected) } : progress)
  }
  const showing = keepShowing(show, over.signal)
  try {
    return await executePlan(ctx, planId, [customer], { signal })
  } finally {
    over.abort()
    await showing
    await show()
    display.stop()
  }
}

/** Shows how far a plan is, four times a second, or less often where that takes the database long to say. */
async function keepShowing(show: () => Promise<void>, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const asked = performance.now()
    await show()
    const rest = Math.max(progressEveryMs, 20 * (performance.now() - asked))
    await pause(rest, undefined, { signal: over }).catch(() => {})
  }
}
