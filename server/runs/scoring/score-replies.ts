import { createHash } from 'node:crypto'
import type { Question, Scorer } from '#benchmarks/scoring/scorer.ts'
import { calls } from '#drizzle/schema/calls.ts'
import { predictions, type StoredJudge } from '#drizzle/schema/runs.ts'
import type { Reply } from '#server/calls/customer.ts'
import { isEmpty } from '#server/calls/retry-rule.ts'
import { addCalls } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { storable } from '#server/core/storable.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { sameModel } from '#server/endpoints/same-model.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import type { StoredRun } from '../stored-run.ts'
import { readResponse, scorerOf, scoreJudgement, type ScoredResponse } from './score-response.ts'

/** Scores a model's replies; what only a judge can read becomes a call of the run's judge plan. */
export async function scoreReplies(ctx: Context, run: StoredRun, replies: Reply[]): Promise<void> {
  const scorer = await scorerOfRun(run)
  const questions = await questionsOf(ctx, 'call_id', replies)
  const scored: Scored[] = []
  const forJudge: ForJudge[] = []
  for (const { reply, question, exampleId, position } of questions) {
    const read = readResponse(scorer, question, reply)
    const said = saidOf(run, reply)
    if ('kind' in read) {
      const prompt = storable(read.prompt(markerOf(run, exampleId, reply.response)))
      forJudge.push({ exampleId, position, said, prompt })
    } else scored.push({ ...read, exampleId, said, judge: null })
  }
  await askJudge(ctx, run, forJudge)
  await writeScores(ctx, run, scored)
}

/** Scores what the judge found in the responses that rules could not read. */
export async function scoreJudgements(ctx: Context, run: StoredRun, replies: Reply[]): Promise<void> {
  const scorer = await scorerOfRun(run)
  const questions = await questionsOf(ctx, 'judge_call_id', replies)
  const scored = questions.map(({ reply, question, exampleId, said }) => ({
    ...scoreJudgement(scorer, question, reply),
    exampleId,
    said,
    judge: run.judge,
  }))
  await writeScores(ctx, run, scored)
}

async function scorerOfRun(run: StoredRun): Promise<Scorer> {
  const { benchmark } = await getTask(run.benchmark, run.split)
  return scorerOf(benchmark, run.scoringProfile)
}

/** What is counted of a reply besides its score. */
interface Said {
  truncated: boolean
  empty: boolean
  thought: boolean
  /** The model that the reply names, where that is not the one that was asked for. */
  otherModel: string | null
}

function saidOf(run: StoredRun, reply: Reply): Said {
  const { thinking, truncated, repliedModel } = reply
  const { remoteModel } = run.endpointSettings
  const other = repliedModel !== null && typeof remoteModel === 'string' && !sameModel(remoteModel, repliedModel)
  return { truncated, empty: isEmpty(reply), thought: thinking !== null, otherModel: other ? repliedModel : null }
}

interface Asked {
  reply: Reply
  question: Question
  exampleId: string
  position: number
  /** Of the model's reply, as it was noted. */
  said: Said
}

const { exampleId, position, question, choices, tags, gold, truncated, empty, thought, otherModel } = predictions
const asked = { exampleId, position, question, choices, tags, gold, truncated, empty, thought, otherModel }

/** What was asked by calls of the run's plan, or of its judge's. */
async function questionsOf(ctx: Context, of: 'call_id' | 'judge_call_id', replies: Reply[]): Promise<Asked[]> {
  const ids = replies.map(({ callId }) => callId)
  const rows = await rowsOf(ctx, { callId: calls.id, ...asked })`
    select ${ctx.sql(of)} as "callId", example_id as "exampleId", position, question, choices, tags, gold, truncated, empty,
      thought, other_model as "otherModel"
    from predictions where ${ctx.sql(of)} = any(${ids}::bigint[])`
  const byCall = new Map(rows.map((row) => [row.callId, row]))
  return replies.flatMap((reply) => {
    const row = byCall.get(reply.callId)
    if (!row) return []
    const question = {
      id: row.exampleId,
      question: row.question,
      tags: row.tags,
      gold: row.gold ?? null,
      ...(row.choices ? { choices: row.choices } : {}),
    }
    const { exampleId, position, truncated, empty, thought, otherModel } = row
    return [{ reply, question, exampleId, position, said: { truncated, empty, thought, otherModel } }]
  })
}

/**
 * A response cannot hold it, since it is a hash of the response; the same response is put to the judge in the same
 * words.
 */
function markerOf(run: StoredRun, exampleId: string, response: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([run.id, exampleId, response]))
    .digest('hex')
  return `##${hash.slice(0, 24)}##`
}

interface ForJudge {
  exampleId: string
  position: number
  said: Said
  prompt: string
}

/** The calls and what they ask appear together: no worker finds one without the other. */
async function askJudge(ctx: Context, run: StoredRun, questions: ForJudge[]): Promise<void> {
  const { judgePlanId } = run
  if (questions.length === 0) return
  if (!judgePlanId) throw new Error(`Run ${run.id} needs a judge and names none`)
  await inTransaction(ctx, async (ctx) => {
    const keys = questions.map(({ exampleId, position }) => ({ key: exampleId, position }))
    const callIds = await addCalls(ctx, judgePlanId, keys)
    const rows = questions.map(({ said, ...question }) => ({
      ...question,
      ...said,
      callId: callIds.get(question.exampleId)!,
    }))
    await ctx.sql`
      update predictions p set judge_call_id = "callId", judge_prompt = asked.prompt, truncated = asked.truncated,
        empty = asked.empty, thought = asked.thought, other_model = "otherModel"
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as asked("exampleId" text, "callId" bigint,
        prompt text, truncated boolean, empty boolean, thought boolean, "otherModel" text)
      where p.run_id = ${run.id} and p.example_id = "exampleId" and p.outcome is null`
  })
}

interface Scored extends ScoredResponse {
  exampleId: string
  said: Said
  judge: StoredJudge | null
}

/** Writes scores in one statement; a prediction that is scored already stays as it is. */
async function writeScores(ctx: Context, run: StoredRun, scored: Scored[]): Promise<void> {
  if (scored.length === 0) return
  const rows = scored.map(({ exampleId, outcome, said, answer, score, also, steps, judge }) => ({
    example_id: exampleId,
    outcome,
    ...said,
    answer: storable(answer),
    score,
    also,
    steps: storable(steps),
    judge,
  }))
  await ctx.sql`
    update predictions set outcome = scored.outcome::outcome, truncated = scored.truncated, empty = scored.empty,
      thought = scored.thought, other_model = "otherModel", answer = scored.answer,
      score = scored.score, also = scored.also, steps = scored.steps, judge = scored.judge, scored_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as scored(
      example_id text, outcome text, truncated boolean, empty boolean, thought boolean, "otherModel" text,
      answer text, score double precision, also jsonb, steps jsonb, judge jsonb)
    where predictions.run_id = ${run.id} and predictions.example_id = scored.example_id and predictions.outcome is null`
}
