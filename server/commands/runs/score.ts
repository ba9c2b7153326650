import { Command } from 'commander'
import { readConfig } from '#server/core/config.ts'
import { printable } from '#server/core/printable.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { openQuestions } from '#server/datasets/service.ts'
import { readPredictions } from '#server/formats/predictions/read-predictions.ts'
import { writeNamedFile, writeText } from '#server/core/whole-file.ts'
import { offlineScorer, scorePredictions, type PredictionScores } from '#server/runs/scoring/score-predictions.ts'
import { scorerOf } from '#server/runs/scoring/score-response.ts'
import { alignColumns } from '../align-columns.ts'
import { metricCells } from './telling/run-table.ts'

interface Options {
  benchmark: string
  input: string
  data?: string
  split?: string
  profile?: string
  output?: string
  json: boolean
}

/** `arena score`: predictions that were made elsewhere, scored here without a server or a database. */
export function scoreCommand(): Command {
  return new Command('score')
    .description('score predictions that were made elsewhere; no server or database needed')
    .requiredOption('--benchmark <id>', 'benchmark, or one of its splits: vqa_v2_val')
    .requiredOption('--input <file>', 'the predictions; their form is told by their content')
    .option('--data <path>', 'folder or file with the questions and gold answers, instead of its usual place')
    .option('--split <name>', 'split; by default the one that is published')
    .option('--profile <name>', 'scoring profile; official, or no_judge where official needs a judge')
    .option('--output <file>', 'write one line of JSON for each example')
    .option('--json', 'print the result as JSON', false)
    .action(score)
}

async function score(options: Options): Promise<void> {
  const task = await getTask(options.benchmark, options.split)
  if (options.profile !== undefined) scorerOf(task.benchmark, options.profile)
  const file = await readPredictions(options.input)
  offlineScorer(task, file, options.profile)
  const split = await openQuestions({ config: readConfig() }, task, options.data)
  const named = options.profile === undefined ? {} : { profile: options.profile }
  const scores = await scoreInto(options.output, (each) => scorePredictions(split, file, { ...named, ...each }))
  console.log(options.json ? JSON.stringify(scores, null, 2) : scoreText(scores))
}

/** Hands on each scored example to the output file, which is kept only when all of them fit. */
async function scoreInto(
  output: string | undefined,
  work: (each: { each?: (scored: object) => Promise<void> }) => Promise<PredictionScores>,
): Promise<PredictionScores> {
  if (output === undefined) return work({})
  return writeNamedFile(output, (aside) =>
    writeText(aside, (write) => work({ each: (scored) => write(`${JSON.stringify(scored)}\n`) })),
  )
}

/** What was scored and how, every metric with its interval and n, and what became of the examples. */
export function scoreText(scores: PredictionScores): string {
  const { benchmark, benchmarkVersion, split, sample, layout, profile, input, form, examples, counts } = scores
  const rows = scores.metrics.map((metric) => metricCells(metric).map(printable))
  return [
    `${benchmark} ${split}${sample ? ' (sample, never compared)' : ''}, version ${benchmarkVersion}, ${layout} layout, profile ${profile}`,
    `${printable(input)}: ${form}, ${examples} examples`,
    '',
    alignColumns([['metric', 'score', '95 % interval', 'n'], ...rows]),
    '',
    Object.entries(counts)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
    ...scores.notes,
  ].join('\n')
}
