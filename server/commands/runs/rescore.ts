import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { interruption } from '#server/core/exit.ts'
import { withContext } from '#server/core/program.ts'
import { getEndpoint } from '#server/endpoints/service.ts'
import { judgeEndpointIdOf } from '#server/runs/judge/judge.ts'
import { rescoreStored } from '#server/runs/reopen-run.ts'
import { forgetScores } from '#server/runs/scoring/rescore-run.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { carryOut, report } from './carry-out-run.ts'
import { judgeOf, withJudgeOptions, type JudgeOptions } from './endpoint-options.ts'
import { readRunNumber } from './run-number.ts'

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
    .action((id: string, options: Options) => withContext((ctx) => rescore(ctx, id, options)))
}

async function rescore(ctx: Context, id: string, options: Options): Promise<void> {
  const run = await getStoredRun(ctx, readRunNumber(id))
  const judge = await judgeOf(ctx, options)
  await forgetScores(ctx, run, { profile: options.scoringProfile, judgeEndpointId: judge?.id })
  const forgotten = await getStoredRun(ctx, run.id)
  const judgeId = await judgeEndpointIdOf(ctx, forgotten)
  if (judgeId) ctx.egress.allow((await getEndpoint(ctx, judgeId)).baseUrl)
  await rescoreStored(ctx, forgotten)
  report([await carryOut(ctx, await getStoredRun(ctx, run.id), interruption())], options)
}
