import { basename } from 'node:path'
import { predictions } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole, words } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { getTask, type Task } from '#server/datasets/catalogue.ts'
import { openQuestions } from '#server/datasets/service.ts'
import type { PredictionFile } from '#server/formats/predictions/read-predictions.ts'
import { writeNamedFile, writeText } from '#server/core/whole-file.ts'
import { checkSubmission, submissionOf, type CheckedSubmission } from './check-submission.ts'
import { type StoredRun, getStoredRun } from '../stored-run.ts'
import { matchPredictions, ofSplit } from '../scoring/match-predictions.ts'
import { scorerOf } from '../scoring/score-response.ts'

interface Response {
  id: string
  response: string
}

/**
 * Writes the submission file of a run from its stored responses, as the run's scoring profile submits them. Throws
 * InputError for a run that is not whole; the file is checked before it has its name.
 */
export async function submitRun(
  ctx: Context,
  runId: number,
  path: string,
  { partial = false }: { partial?: boolean } = {},
): Promise<CheckedSubmission> {
  const run = await getStoredRun(ctx, runId)
  const task = await getTask(run.benchmark, run.split)
  submissionOf(task)
  await refuseUnfinished(ctx, run)
  const ids = new Set<string>()
  const responses = remembering(ids, responsesOf(ctx, run))
  return writeSubmission(task, submissionText(task, run.scoringProfile, responses), path, { ids, partial })
}

/** Writes the submission file of predictions that were made elsewhere, paired with the questions as for scoring. */
export async function submitPredictions(
  ctx: Pick<Context, 'config'>,
  task: Task,
  file: PredictionFile,
  path: string,
  { data, profile = 'official', partial = false }: { data?: string; profile?: string; partial?: boolean } = {},
): Promise<CheckedSubmission> {
  submissionOf(task)
  scorerOf(task.benchmark, profile)
  const questions = await openQuestions(ctx, task, data)
  const ids = new Set<string>()
  const own = ofSplit(file, task).file
  const responses = remembering(ids, paired(own, questions.examples(), `${task.benchmark.id} ${task.split}`))
  return writeSubmission(task, submissionText(task, profile, responses), path, { ids, partial })
}

/** The text of the file that a whole run's responses give now, in pieces. */
export async function* textOfRun(ctx: Context, run: StoredRun): AsyncGenerator<string> {
  const task = await getTask(run.benchmark, run.split)
  yield* submissionText(task, run.scoringProfile, responsesOf(ctx, run))
}

async function refuseUnfinished(ctx: Context, run: StoredRun): Promise<void> {
  const [counted] = await rowsOf(ctx, { unanswered: whole })`
    select count(*) filter (where outcome is null)::int as unanswered from predictions where run_id = ${run.id}`
  const unanswered = counted?.unanswered ?? 0
  if (unanswered === 0 && (run.status === 'complete' || run.status === 'finalised')) return
  throw new InputError(
    `Run ${run.id} is ${run.status}, with ${unanswered} examples that have no answer yet, and a server takes all or nothing. Ask them first: npx arena resume ${run.id}`,
  )
}

async function writeSubmission(
  task: Task,
  text: AsyncIterable<string>,
  path: string,
  { ids, partial }: { ids: ReadonlySet<string>; partial: boolean },
): Promise<CheckedSubmission> {
  return writeNamedFile(path, async (aside) => {
    await writeText(aside, async (write) => {
      for await (const piece of text) await write(piece)
    })
    return checkSubmission(aside, basename(path), task, { ids, partial })
  })
}

/** The file as the server takes it, one entry a line. */
async function* submissionText(
  task: Task,
  profile: string,
  responses: AsyncIterable<Response>,
): AsyncGenerator<string> {
  const { idKey, answers } = submissionOf(task)
  const byProfile: Record<string, ((response: string) => string) | undefined> = answers
  const answerOf = byProfile[profile] ?? answers.default
  let separator = '[\n'
  for await (const { id, response } of responses) {
    if (!/^\d+$/.test(id)) throw new InputError(`The id '${id}' of ${task.benchmark.id} is no whole number.`)
    yield `${separator}${JSON.stringify({ [idKey]: Number(id), answer: answerOf(response) })}`
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

const pageSize = 5_000

async function* responsesOf(ctx: Context, run: StoredRun): AsyncGenerator<Response> {
  let after = -1
  for (;;) {
    const page = await rowsOf(ctx, { id: predictions.exampleId, position: predictions.position, response: words })`
      select p.example_id as id, p.position, coalesce(r.response, '') as response
      from predictions p left join replies r on r.call_id = p.call_id
      where p.run_id = ${run.id} and p.position > ${after} order by p.position limit ${pageSize}`
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)!.position
  }
}

async function* paired(...matching: Parameters<typeof matchPredictions>): AsyncGenerator<Response> {
  for await (const { example, response } of matchPredictions(...matching)) yield { id: example.id, response }
}

async function* remembering(ids: Set<string>, responses: AsyncIterable<Response>): AsyncGenerator<Response> {
  for await (const response of responses) {
    ids.add(response.id)
    yield response
  }
}
