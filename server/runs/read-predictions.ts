import { and, asc, count, eq, gt, isNotNull, lt, desc, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { calls, replies } from '#drizzle/schema/calls.ts'
import { predictions as table } from '#drizzle/schema/runs.ts'
import { attemptsOf } from '../calls/read-attempts.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { goldAsText } from '../datasets/gold-text.ts'
import { describeImages } from '../images/service.ts'
import { getVisibleRun, judgeOf, viewRun } from './read-runs.ts'
import { hideInPrediction } from './showing/hide-addresses.ts'
import {
  Outcome,
  type Prediction,
  type PredictionFilter,
  type PredictionPage,
  type PredictionSummary,
} from './schema.ts'

const judgeCalls = alias(calls, 'judge_calls')
const judgeReplies = alias(replies, 'judge_replies')
/** State of the call that an answer waits for: the judge's once it is asked. */
const callState = sql`coalesce(${judgeCalls.state}, ${calls.state})`
const outcomeText = sql`coalesce(${table.outcome}::text, case ${callState} when 'error' then 'error' when 'skipped' then 'skipped' else 'pending' end)`
const outcomeColumn = outcomeText.mapWith(Outcome.parse)

const summaryColumns = {
  exampleId: table.exampleId,
  position: table.position,
  question: table.question,
  answer: table.answer,
  outcome: outcomeColumn,
  truncated: table.truncated,
  empty: table.empty,
  thought: table.thought,
  otherModel: table.otherModel,
  score: table.score,
  tags: table.tags,
}

/** A page of a run's predictions in the order of the data. `after` is the position before the page; `next` the one to ask with, or null. */
export async function listPredictions(
  ctx: Context,
  runId: number,
  { filter, after, limit }: { filter: PredictionFilter; after: number; limit: number },
): Promise<PredictionPage> {
  await getVisibleRun(ctx, runId)
  const chosen = and(eq(table.runId, runId), condition(filter))
  const [total] = await ctx.db
    .select({ count: count() })
    .from(table)
    .innerJoin(calls, eq(calls.id, table.callId))
    .leftJoin(judgeCalls, eq(judgeCalls.id, table.judgeCallId))
    .where(chosen)
  const rows = await ctx.db
    .select(summaryColumns)
    .from(table)
    .innerJoin(calls, eq(calls.id, table.callId))
    .leftJoin(judgeCalls, eq(judgeCalls.id, table.judgeCallId))
    .where(and(chosen, gt(table.position, after)))
    .orderBy(asc(table.position))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  return {
    predictions: page satisfies PredictionSummary[],
    total: total?.count ?? 0,
    next: rows.length > limit ? page.at(-1)!.position : null,
  }
}

function condition(filter: PredictionFilter): SQL | undefined {
  switch (filter) {
    case 'all':
      return undefined
    case 'right':
      return sql`${table.outcome} = 'scored' and ${table.score} >= 0.5`
    case 'wrong':
      return sql`${table.outcome} = 'scored' and ${table.score} < 0.5`
    case 'unparsed':
    case 'refused':
      return eq(table.outcome, filter)
    case 'truncated':
      return eq(table.truncated, true)
    case 'empty':
    case 'thought':
      return eq(table[filter], true)
    case 'other_model':
      return isNotNull(table.otherModel)
    case 'error':
    case 'pending':
      return sql`${outcomeColumn} = ${filter}`
  }
}

/** Everything that led to one number: prompt as sent, response, answer, gold, marking and every attempt. */
export async function getPrediction(ctx: Context, runId: number, exampleId: string): Promise<Prediction> {
  const { run, sees } = await viewRun(ctx, runId)
  const [row] = await ctx.db
    .select({ prediction: table, outcome: outcomeColumn, call: calls, reply: replies, judgeCalls, judgeReplies })
    .from(table)
    .innerJoin(calls, eq(calls.id, table.callId))
    .leftJoin(replies, eq(replies.callId, calls.id))
    .leftJoin(judgeCalls, eq(judgeCalls.id, table.judgeCallId))
    .leftJoin(judgeReplies, eq(judgeReplies.callId, judgeCalls.id))
    .where(and(eq(table.runId, runId), eq(table.exampleId, exampleId)))
  if (!row) throw notFound(`Run ${runId} has no example ${exampleId}`)
  const { prediction, call, reply } = row
  const named = prediction.judge ?? (await judgeOf(run))
  const judged = named &&
    row.judgeCalls && {
      ...named,
      sent: prediction.judgePrompt ?? '',
      response: row.judgeReplies?.response ?? null,
      repliedModel: row.judgeReplies?.repliedModel ?? null,
      errorMessage: row.judgeCalls.errorMessage,
      attempts: await attemptsOf(ctx, row.judgeCalls.id),
    }
  const whole: Prediction = {
    runId,
    exampleId,
    position: prediction.position,
    question: prediction.question,
    answer: prediction.answer,
    outcome: row.outcome,
    truncated: prediction.truncated,
    empty: prediction.empty,
    thought: prediction.thought,
    otherModel: prediction.otherModel,
    score: prediction.score,
    tags: prediction.tags,
    choices: prediction.choices,
    gold: goldAsText(prediction.gold),
    prompt: await describePrompt(ctx, prediction.prompt),
    reusedFrom: prediction.reusedFrom,
    response: reply?.response ?? null,
    thinking: reply?.thinking ?? null,
    // What a judge found need not occur in the reply word for word.
    answerSpan: judged ? null : spanOf(prediction.answer, reply?.response ?? null),
    finishReason: reply?.finishReason ?? null,
    repliedModel: reply?.repliedModel ?? null,
    replySha256: reply?.sha256 ?? null,
    steps: prediction.steps ?? [],
    scorer: `${run.benchmark}/${run.benchmarkVersion} ${run.scoringProfile}`,
    judged,
    errorClass: call.errorClass ?? row.judgeCalls?.errorClass ?? null,
    errorMessage: call.errorMessage,
    attempts: await attemptsOf(ctx, call.id),
    ...(await neighbours(ctx, runId, prediction.position)),
  }
  return hideInPrediction(whole, sees)
}

function spanOf(answer: string | null, response: string | null): [number, number] | null {
  if (!answer || response === null) return null
  const start = response.lastIndexOf(answer)
  return start < 0 ? null : [start, start + answer.length]
}

async function describePrompt(
  ctx: Context,
  parts: { text?: string; imageSha256?: string }[],
): Promise<Prediction['prompt']> {
  const images = await describeImages(
    ctx,
    parts.flatMap((part) => part.imageSha256 ?? []),
  )
  return parts.map((part) => {
    const image = part.imageSha256 ? images.get(part.imageSha256) : undefined
    if (!image) return { kind: 'text' as const, text: part.text ?? '(picture missing)' }
    const { sha256, width, height, mediaType, imageBytes } = image
    return { kind: 'image' as const, sha256, width, height, mediaType, imageBytes }
  })
}

async function neighbours(ctx: Context, runId: number, position: number) {
  const id = { id: table.exampleId }
  const ofRun = eq(table.runId, runId)
  const [previous] = await ctx.db
    .select(id)
    .from(table)
    .where(and(ofRun, lt(table.position, position)))
    .orderBy(desc(table.position))
    .limit(1)
  const [next] = await ctx.db
    .select(id)
    .from(table)
    .where(and(ofRun, gt(table.position, position)))
    .orderBy(asc(table.position))
    .limit(1)
  return { previousId: previous?.id ?? null, nextId: next?.id ?? null }
}
