import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import type { Submission } from '#benchmarks/benchmark.ts'
import { readConfig } from '#server/core/config.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { getTask, type Task } from '#server/datasets/catalogue.ts'
import { isAtHand, openQuestions } from '#server/datasets/service.ts'
import { readPredictions } from '#server/formats/predictions/read-predictions.ts'
import { checkSubmission, submissionOf, type CheckedSubmission } from '#server/runs/submissions/check-submission.ts'
import { submitPredictions, submitRun } from '#server/runs/submissions/create-submission.ts'
import { attachServerScore, detachServerScore } from '#server/runs/submissions/server-scores.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { readRunNumber } from './run-number.ts'

/** `arena submission`: the files that servers of withheld splits take, and the scores they give back. */
export function submissionCommand(): Command {
  return new Command('submission')
    .description('write and check the files that servers of hidden test sets take, and keep the scores they return')
    .addCommand(createCommand())
    .addCommand(checkCommand())
    .addCommand(attachCommand())
    .addCommand(detachCommand())
}

interface Elsewhere {
  benchmark?: string
  split?: string
  data?: string
  partial: boolean
}

function createCommand(): Command {
  return new Command('create')
    .description("write the file from a run's stored responses, or from predictions made elsewhere")
    .argument('[run]', 'number of a run that is complete')
    .requiredOption('--output <file>', 'the file to write')
    .option('--benchmark <id>', 'instead of a run: the benchmark that --input answers')
    .option('--input <file>', 'predictions made elsewhere, in any form that `arena score` reads')
    .option('--split <name>', 'split of --benchmark; by default the one that is published')
    .option('--data <path>', 'folder or file with the questions, instead of its usual place')
    .option('--profile <name>', 'scoring profile whose clean-up responses get; official or molmo')
    .option('--partial', 'to practise: accept fewer answers than the split has questions', false)
    .action(create)
}

async function create(
  run: string | undefined,
  { output, input, ...options }: Elsewhere & { output: string; input?: string; profile?: string },
): Promise<void> {
  const { benchmark, split, partial, ...given } = options
  if (run !== undefined && input === undefined && benchmark === undefined) {
    const id = readRunNumber(run)
    return withContext(async (ctx) => {
      const { benchmark, split } = await getStoredRun(ctx, id)
      report(await getTask(benchmark, split), output, await submitRun(ctx, id, output, { partial }))
    })
  }
  if (run !== undefined || input === undefined || benchmark === undefined)
    throw new InputError('Name a run, or --benchmark and --input for predictions made elsewhere.')
  const task = await getTask(benchmark, split)
  const file = await readPredictions(input)
  report(task, output, await submitPredictions({ config: readConfig() }, task, file, output, { ...given, partial }))
}

function checkCommand(): Command {
  return new Command('check')
    .description('say whether a file is what the server takes')
    .argument('<file>', 'the file')
    .requiredOption('--benchmark <id>', 'what it is for')
    .option('--split <name>', 'split; by default the one that is published')
    .option('--data <path>', 'folder or file with the questions, instead of its usual place')
    .option('--partial', 'accept fewer answers than the split has questions', false)
    .action(check)
}

async function check(path: string, { benchmark, split, data, partial }: Elsewhere): Promise<void> {
  const task = await getTask(benchmark!, split)
  submissionOf(task)
  const ids = await questionIds(task, data)
  report(task, path, await checkSubmission(path, basename(path), task, { ...(ids ? { ids } : {}), partial }))
  if (!ids)
    console.log('The ids were not compared with the questions: they are not here, and --data did not name them.')
}

/** The ids of the split's questions; null when the data is not here and was not named. */
async function questionIds(task: Task, data: string | undefined): Promise<Set<string> | null> {
  const ctx = { config: readConfig() }
  if (data === undefined && !(await isAtHand(ctx, task))) return null
  const { examples } = await openQuestions(ctx, task, data)
  const ids = new Set<string>()
  for await (const { id } of examples()) ids.add(id)
  return ids
}

function report(task: Task, path: string, { answers, empty, sha256 }: CheckedSubmission): void {
  const submission = submissionOf(task)
  const { n } = task.benchmark.splits[task.split]!
  console.log(`${printable(path)}: ${answers} answers for ${task.benchmark.id} ${task.split}, ${empty} of them empty`)
  console.log(`SHA-256 ${sha256}`)
  console.log(`For ${submission.server}`)
  if (answers !== n) console.log(`The split has ${n} questions: the server will not take this file.`)
  const wanted = nameWanted(submission, task.split, basename(path))
  if (wanted) console.log(`The server wants it named ${wanted}, with a name of your own in the place of <name>.`)
}

/** The name the server asks for, when it differs from this one. */
function nameWanted({ fileNames }: Submission, split: string, name: string): string | null {
  const wanted = fileNames?.[split]
  if (!wanted) return null
  const [before = '', after = ''] = wanted.split('<name>')
  return name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length ? null : wanted
}

interface AttachOptions {
  server?: string
  phase: string
  date: string
  file: string
  score?: string
  scoreFile?: string
}

function attachCommand(): Command {
  return new Command('attach-score')
    .description('keep the score that a server returned for the file of a run, marked server-scored')
    .argument('<run>', 'number of the run')
    .option('--server <name>', 'the server; by default the one that the benchmark names')
    .requiredOption('--phase <name>', 'its phase or task, as test-dev')
    .requiredOption('--date <day>', 'when it scored the file: 2026-03-14')
    .requiredOption('--file <file>', 'the file that was submitted')
    .option('--score <text>', 'what the server said, as it said it')
    .option('--score-file <file>', 'a file that holds what the server said')
    .action(attach)
}

async function attach(run: string, { score, scoreFile, ...input }: AttachOptions): Promise<void> {
  const id = readRunNumber(run)
  if (!z.iso.date().safeParse(input.date).success)
    throw new InputError(`'${input.date}' is no date. Write year, month and day: 2026-03-14.`)
  if ((score === undefined) === (scoreFile === undefined))
    throw new InputError('Give what the server said with --score, or its file with --score-file.')
  const scoreText = score ?? (await readScoreFile(scoreFile!))
  const { score: kept, added } = await withContext((ctx) =>
    attachServerScore(ctx, id, { ...input, file: resolve(input.file), scoreText }),
  )
  const read = kept.scores.map(({ name, value }) => `${name} ${(100 * value).toFixed(2)}`).join(', ')
  const by = `${printable(kept.server)}, ${printable(kept.phase)}, ${kept.date}`
  const scored = `server-scored by ${by}: ${read || printable(scoreText)}`
  if (!added) return console.log(`Run ${id} has this score already, nothing is changed: ${scored}`)
  console.log(`${kept.fileMatchesRun ? `Run ${id} is` : 'The file is'} ${scored}`)
  console.log(`${printable(kept.fileName)}, SHA-256 ${kept.fileSha256}`)
  console.log(`A mistake is taken off again: npx arena submission detach-score ${id} ${kept.id}`)
  if (read === '') console.log('No number could be read in what the server said; it is kept as typed.')
  if (!kept.fileMatchesRun)
    console.log(
      `It is not the file that run ${id} gives: its score is kept beside the run as evidence, not as the run's own.`,
    )
}

function detachCommand(): Command {
  return new Command('detach-score')
    .description('take a score off a run that was attached by mistake')
    .argument('<run>', 'number of the run')
    .argument('<score>', 'number of the score, as attach-score and the JSON of `runs show` give it')
    .action(async (run: string, score: string) => {
      const id = readRunNumber(run)
      if (!/^[1-9]\d{0,8}$/.test(score)) throw new InputError(`'${score}' is no number of a score.`)
      const { server, phase, date } = await withContext((ctx) => detachServerScore(ctx, id, Number(score)))
      console.log(`Run ${id} is no longer scored by ${printable(server)}, ${printable(phase)}, ${date}.`)
    })
}

async function readScoreFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new InputError(`${path} cannot be read (${(cause as Error).message}).`, { cause })
  }
}
