import { Command, Option } from 'commander'
import { Readable } from 'node:stream'
import { listGold } from '#server/battles/gold/list-gold.ts'
import { readResults, resetTraining, resultsCsv } from '#server/battles/training/results.ts'
import type { TrainingFigure } from '#server/battles/training/schema.ts'
import { countVotes } from '#server/battles/study-votes.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { changeStudy, explainChange } from '#server/studies/change-study.ts'
import { StudyChange } from '#server/studies/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { alignColumns } from '../align-columns.ts'
import { requireFree, writeNewFile } from '../ratings/write-new-file.ts'
import { read } from '../read-options.ts'
import { numberOf } from './create.ts'

const ofStudy = ['<study>', 'the study, as its address names it'] as const

/** `arena studies training`: what raters do before real cards, who passed, and who may begin anew. */
export function trainingCommand(): Command {
  return new Command('training')
    .description('items that raters judge before real cards, each with the reason told, and who passed')
    .addCommand(showCommand())
    .addCommand(setCommand())
    .addCommand(offCommand())
    .addCommand(resultsCommand())
    .addCommand(resetCommand())
}

function showCommand(): Command {
  return new Command('show')
    .description('what the training asks, and how far each rater is')
    .argument(...ofStudy)
    .action((study: string) => withContext((ctx) => show(ctx, study)))
}

async function show(ctx: Context, slug: string): Promise<void> {
  const { trainingItems, trainingBar, trainingTries, trainingFor } = await getStoredStudy(ctx, slug)
  const { training, remarks } = await listGold(ctx, slug, { show: 'training', page: 1 })
  if (trainingItems === 0) console.log(`No training: npx arena studies training set ${slug} --help`)
  else {
    const whom = trainingFor === 'new' ? 'those who joined since it was switched on' : 'everybody'
    console.log(`${trainingBar} of ${trainingItems} right, in at most ${trainingTries} rounds; for ${whom}.`)
  }
  console.log(`${training} training items in use: npx arena studies gold list ${slug} --show training`)
  for (const remark of remarks) if (remark.includes('training')) console.log(remark)
  const { raters } = await readResults(ctx, slug)
  if (raters.length === 0) return console.log('Nobody has joined yet.')
  const lines = raters.map(({ number, training }) => [String(number), ...lineOf(training)])
  console.log(alignColumns([['rater', 'training', 'rounds', 'right'], ...lines]))
}

const states = {
  none: 'not asked',
  due: 'to do',
  begun: 'under way',
  passed: 'passed',
  failed: 'failed',
} satisfies Record<TrainingFigure['state'], string>

const lineOf = ({ state, rounds, count, of }: TrainingFigure) => [
  states[state],
  String(rounds),
  of === 0 ? '' : `${count} of ${of}`,
]

interface SetOptions {
  items?: string
  bar?: string
  tries?: string
  for?: 'new' | 'everybody'
  yes: boolean
}

function setCommand(): Command {
  return new Command('set')
    .description('switch the training on or change it; what that means is said first, and --yes does it')
    .argument(...ofStudy)
    .option('--items <number>', 'items in a round')
    .option('--bar <number>', 'how many of them must be judged right')
    .option('--tries <number>', 'in how many rounds a rater may try')
    .addOption(
      new Option('--for <whom>', 'whether those who joined before it do it, too').choices(['new', 'everybody']),
    )
    .option('--yes', 'make the change', false)
    .action((study: string, { yes, ...options }: SetOptions) =>
      withContext((ctx) =>
        change(
          ctx,
          study,
          {
            trainingItems: numberOf(options.items),
            trainingBar: numberOf(options.bar),
            trainingTries: numberOf(options.tries),
            trainingFor: options.for,
          },
          yes,
        ),
      ),
    )
}

function offCommand(): Command {
  return new Command('off')
    .description('switch the training off; its results stay')
    .argument(...ofStudy)
    .option('--yes', 'switch it off', false)
    .action((study: string, { yes }: { yes: boolean }) =>
      withContext((ctx) => change(ctx, study, { trainingItems: 0 }, yes)),
    )
}

async function change(ctx: Context, study: string, asked: object, yes: boolean): Promise<void> {
  const wanted = read(StudyChange, asked)
  const sentences = await explainChange(ctx, study, wanted, countVotes)
  if (sentences.length === 0) return console.log('Nothing would change.')
  console.log(sentences.join('\n'))
  if (!yes) return console.log('Nothing is changed yet: say --yes to do it.')
  await changeStudy(ctx, study, wanted)
  console.log('Changed.')
}

function resultsCommand(): Command {
  return new Command('results')
    .description('every verdict of the training with the expected one, as CSV')
    .argument(...ofStudy)
    .requiredOption('--csv <file>', 'the file; it must not exist')
    .action((study: string, { csv }: { csv: string }) =>
      withContext(async (ctx) => {
        requireFree(csv)
        await writeNewFile(csv, Readable.from([resultsCsv(await readResults(ctx, study))]))
        console.log(`Written to ${csv}`)
      }),
    )
}

function resetCommand(): Command {
  return new Command('reset')
    .description('let a rater begin the training anew, with all tries')
    .argument(...ofStudy)
    .argument('<rater>', 'their number in the list, or their id')
    .option('--yes', 'do it', false)
    .action((study: string, rater: string, { yes }: { yes: boolean }) =>
      withContext((ctx) => reset(ctx, study, rater, yes)),
    )
}

async function reset(ctx: Context, study: string, rater: string, yes: boolean): Promise<void> {
  const { raters } = await readResults(ctx, study)
  const found = raters.find(({ id, number }) => rater === id || rater === String(number))
  if (!found) throw new InputError(`There is no rater '${rater}' in this study: npx arena raters list shows them.`)
  console.log(
    `Rater ${found.number} begins the training anew before the next card. What they did stays on record; votes that they gave stay as they are.`,
  )
  if (!yes) return console.log('Nothing is changed yet: say --yes to do it.')
  await resetTraining(ctx, study, found.id)
  console.log('Reset.')
}
