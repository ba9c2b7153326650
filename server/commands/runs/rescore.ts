import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { judgeEndpointIdOf } from '#server/runs/judge/judge.ts'
import { rescoreStored } from '#server/runs/reopen-run.ts'
import { forgetScores } from '#server/runs/scoring/rescore-run.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { carryOut } from './carry-out-run.ts'
import { report } from './telling/report-runs.ts'
import { judgeOf, withJudgeOptions, type JudgeOptions } from './endpoint-options.ts'
import { readRunNumber } from './run-number.ts'
import { withRunInHand, type RunInHand } from './run-in-hand.ts'

interface Options extends JudgeOptions {
  scoringProfile?: string
  json: boolean
}

/** `arena rescore`: scores the stored replies of a run again, without one call to the model. */
export function rescoreCommand(): Command {
  return withJudgeOptions(new Command('rescore'))
    .description('score the stored replies of a run again; the model is not asked')
    .argument('<run>', 'its number')
    .option('--profile, --scoring-profile <name>', 'another scoring profile than the one of the run')
    .option('--json', 'print the result as JSON', false)
    .action((id: string, options: Options) =>
      withRunInHand((ctx, hand, signal) => rescore(ctx, id, options, hand, signal)),
    )
}

async function rescore(
  ctx: Context,
  id: string,
  options: Options,
  hand: RunInHand,
  signal: AbortSignal,
): Promise<void> {
  const run = await getStoredRun(ctx, readRunNumber(id))
  hand.run = run.id
  const judge = await judgeOf(ctx, options)
  await forgetScores(ctx, run, { profile: options.scoringProfile, judgeEndpointId: judge?.id })
  const forgotten = await getStoredRun(ctx, run.id)
  const judgeId = await judgeEndpointIdOf(ctx, forgotten)
  if (judgeId) ctx.egress.allow((await getEndpoint(ctx, judgeId)).baseUrl)
  await rescoreStored(ctx, forgotten)
  await report([await carryOut(ctx, await getStoredRun(ctx, run.id), signal)], options)
}
