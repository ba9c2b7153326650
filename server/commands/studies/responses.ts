import { Command } from 'commander'
import { slugOf } from '#server/models/service.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import type { Context } from '#server/core/context.ts'
import { collectAgain, removeAnswers } from '#server/responses/answers.ts'
import { readAnswerCoverage } from '#server/responses/collection-progress.ts'
import { alignColumns } from '../align-columns.ts'
import { importAnswersCommand } from './import-answers.ts'

/** `arena responses`: the answers of a study's models. */
export function responsesCommand(): Command {
  const command = new Command('responses').description("collect and import answers to a study's questions")
  command
    .command('coverage')
    .description('how far each model is with its answers')
    .requiredOption('--study <study>', 'the study, as its address names it')
    .option('--json', 'as JSON', false)
    .action(({ study, json }: { study: string; json: boolean }) => withContext((ctx) => coverage(ctx, study, json)))
  command
    .command('collect')
    .description('ask for what is missing: what was never asked, and once more what ended in an error')
    .requiredOption('--study <study>', 'the study, as its address names it')
    .option('--model <model>', 'one model, by its name or as its address names it')
    .action(({ study, model }: { study: string; model?: string }) =>
      withContext((ctx) => collect(ctx, study, model === undefined ? undefined : slugOf(model))),
    )
  command.addCommand(importAnswersCommand())
  command
    .command('remove')
    .description('take a model whose answers were imported out of a study, with its answers')
    .requiredOption('--study <study>', 'the study, as its address names it')
    .requiredOption('--model <model>', 'by its name or as its address names it')
    .option('--yes', 'remove them', false)
    .action((options: { study: string; model: string; yes: boolean }) => {
      if (!options.yes) throw new InputError('Its answers are deleted from the study. Say --yes to do it.')
      return withContext((ctx) => remove(ctx, options.study, slugOf(options.model)))
    })
  return command
}

async function coverage(ctx: Context, study: string, json: boolean): Promise<void> {
  const models = await readAnswerCoverage(ctx, study)
  if (json) return console.log(JSON.stringify(models, null, 2))
  if (models.length === 0) return console.log('No model is in this study yet: npx arena responses import --help')
  const lines = models.map(({ model, ready, held, errors, empty, missing, state, reason }) => [
    model.slug,
    state,
    ...[ready, held, errors, empty, missing].map(String),
    reason ?? '',
  ])
  console.log(alignColumns([['model', 'state', 'ready', 'held', 'errors', 'empty', 'missing', 'reason'], ...lines]))
}

async function collect(ctx: Context, study: string, model?: string): Promise<void> {
  const { models, retried } = await collectAgain(ctx, study, model)
  if (models.length === 0) return console.log('No model of this study has an endpoint: import their answers.')
  const errors = `${retried} ${retried === 1 ? 'error is' : 'errors are'} tried once more`
  console.log(`Asking ${models.join(', ')} for what is missing; ${errors}. The server or a worker does it.`)
}

async function remove(ctx: Context, study: string, model: string): Promise<void> {
  await removeAnswers(ctx, study, model)
  console.log(`${model} and its answers are out of ${study}.`)
}
