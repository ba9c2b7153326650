import { resolve } from 'node:path'
import { Command } from 'commander'
import { workHere } from '#server/calls/service.ts'
import { InputError } from '#server/core/problem.ts'
import type { Context } from '#server/core/context.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { acceptChanges } from '#server/runs/changes/accept-changes.ts'
import { judgeEndpointIdOf } from '#server/runs/judge/judge.ts'
import { attachData, reopenRun } from '#server/runs/reopen-run.ts'
import { findUnfinishedRun, getStoredRun } from '#server/runs/stored-run.ts'
import { limitCost } from '#server/calls/service.ts'
import { readDollars } from './cost-options.ts'
import { takeKeyFromEnvironment } from './environment-key.ts'
import { readRunNumber } from './run-number.ts'
import { carryOut } from './carry-out-run.ts'
import { exitCodeHelp, refuseUnwritable, report } from './telling/report-runs.ts'
import { withRunInHand, type RunInHand } from './run-in-hand.ts'

/** `arena resume`: goes on with a run that was interrupted, paused, or left examples without an answer. */
export function resumeCommand(): Command {
  return new Command('resume')
    .alias('retry-errors')
    .description('go on with a run: asks only what has no answer yet')
    .argument('[run]', 'its number; by default the newest that is not complete')
    .option('--cost-limit <dollars>', 'stop it here instead of where it stopped', readDollars)
    .option('--data <path>', 'where its data lies now, if it is no longer where it was')
    .option('--accept-address', 'go on although the endpoint answers elsewhere now; noted on the run', false)
    .option('--json', 'print the result as JSON', false)
    .option('--output <file>', 'write the result to a file too, as JSON')
    .addHelpText('after', exitCodeHelp)
    .action((id: string | undefined, options: ResumeOptions) =>
      withRunInHand((ctx, hand, signal) => resume(ctx, id, options, hand, signal)),
    )
}

interface ResumeOptions {
  data?: string
  acceptAddress: boolean
  costLimit?: number
  json: boolean
  output?: string
}

async function resume(
  ctx: Context,
  id: string | undefined,
  options: ResumeOptions,
  hand: RunInHand,
  signal: AbortSignal,
): Promise<void> {
  const before = await getStoredRun(ctx, id === undefined ? await newestUnfinished(ctx) : readRunNumber(id))
  const run = await acceptChanges(ctx, before, options)
  for (const id of [run.endpointId, await judgeEndpointIdOf(ctx, run)]) {
    if (!id) continue
    await takeKeyFromEnvironment(ctx, id)
    ctx.egress.allow((await getEndpoint(ctx, id)).baseUrl)
  }
  if (options.costLimit !== undefined) await limitCost(ctx, run.planId, options.costLimit)
  hand.run = run.id
  if (options.output) await refuseUnwritable(options.output)
  if (options.data) await attachData(ctx, run, resolve(options.data))
  await reopenRun(ctx, run)
  await workHere(ctx, run.planId)
  await report([await carryOut(ctx, await getStoredRun(ctx, run.id), signal)], options)
}

async function newestUnfinished(ctx: Context): Promise<number> {
  const id = await findUnfinishedRun(ctx)
  if (id === undefined) throw new InputError('Every run is complete: there is nothing to resume.')
  return id
}
