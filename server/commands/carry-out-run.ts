import { executePlan } from '../calls/execute-plan.ts'
import { planProgress } from '../calls/progress.ts'
import type { Context } from '../core/context.ts'
import { exitCodes } from '../core/exit.ts'
import type { StoredRun } from '../runs/create-run.ts'
import { getRun } from '../runs/read-runs.ts'
import { runCustomer } from '../runs/run-customer.ts'
import type { Run } from '../runs/schema.ts'
import { showProgress } from './run-progress.ts'
import { runTable } from './run-table.ts'

const progressEveryMs = 250

/** Carries out one prepared run in this process, with its progress on standard error. Interrupted, it says how to go on. */
export async function carryOut(ctx: Context, run: StoredRun, signal: AbortSignal): Promise<Run> {
  const display = showProgress(`${run.benchmark} ${run.split}, run ${run.id}`)
  const show = async () => display.update(await planProgress(ctx, run.planId))
  const ticking = setInterval(() => void show().catch(() => {}), progressEveryMs)
  try {
    await executePlan(ctx, run.planId, [runCustomer], { signal })
    clearInterval(ticking)
    await show()
  } finally {
    clearInterval(ticking)
    display.stop()
  }
  return getRun(ctx, run.id)
}

/** Prints the table (or JSON) of what was run, what stopped, and sets the exit code. */
export function report(runs: Run[], { json }: { json: boolean }): void {
  console.log(json ? JSON.stringify(runs, null, 2) : runTable(runs))
  for (const run of runs) {
    if (run.counts.withheld > 0 && run.status === 'complete' && !json) {
      console.error(
        `The gold answers of ${run.benchmark.id} ${run.split} are withheld; the file for their server: npx arena submission create ${run.id} --output FILE`,
      )
    }
    if (run.status === 'paused') {
      console.error(`Run ${run.id} is paused: ${run.reason}. Nothing is lost; then: npx arena resume ${run.id}`)
      process.exitCode = exitCodes.unanswered
    } else if (run.status === 'incomplete') {
      const classes = Object.entries(run.errors).map(([name, count]) => `${count} ${name}`)
      console.error(
        `Run ${run.id} has examples without an answer (${classes.join(', ')}). Ask them again: npx arena resume ${run.id}`,
      )
      process.exitCode = exitCodes.unanswered
    } else if (run.status === 'running') {
      console.error(`Run ${run.id} was interrupted. What is answered is kept; go on with: npx arena resume ${run.id}`)
      process.exitCode = exitCodes.interrupted
    }
  }
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort()
      process.once(signal, () => process.exit(exitCodes.interrupted))
    })
  }
  return interrupted.signal
}
