import { and, eq, inArray } from 'drizzle-orm'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import type { Customer, OutgoingPrompt, Plan, Reply } from '../calls/customer.ts'
import { planProgress } from '../calls/progress.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { findTask } from '../datasets/catalogue.ts'
import { finishRun } from './aggregate-run.ts'
import type { StoredRun } from './create-run.ts'
import { scoreResponse, scorerOf } from './score-response.ts'

/** How a run uses the engine: prompts go out as they were stored, replies come back to be scored. */
export const runCustomer: Customer = {
  name: 'run',

  async prepare(ctx, plan, keys) {
    const run = await runOfPlan(ctx, plan)
    const rows = await ctx.db
      .select({ key: predictions.exampleId, prompt: predictions.prompt })
      .from(predictions)
      .where(and(eq(predictions.runId, run.id), inArray(predictions.exampleId, keys)))
    const { benchmark } = await findTask(run.benchmark, run.split)
    return new Map(
      rows.map(({ key, prompt }) => {
        const outgoing: OutgoingPrompt = {
          parts: prompt.map((part) =>
            part.imageSha256 ? { kind: 'image', sha256: part.imageSha256 } : { kind: 'text', text: part.text ?? '' },
          ),
          maxTokens: run.maxTokens,
          temperature: run.temperature,
          ...(benchmark.generation.stop ? { stop: benchmark.generation.stop } : {}),
        }
        return [key, outgoing]
      }),
    )
  },

  async receive(ctx, plan, replies) {
    await scoreReplies(ctx, await runOfPlan(ctx, plan), replies)
  },

  async unreceived(ctx, plan) {
    const rows = await ctx.sql<{ id: number }[]>`
      select calls.id::int as id from calls join predictions on predictions.call_id = calls.id
      where calls.plan_id = ${plan.id} and calls.state = 'answered' and predictions.outcome is null`
    return rows.map((row) => row.id)
  },

  async settled(ctx, plan) {
    const run = await runOfPlan(ctx, plan)
    const { errors } = await planProgress(ctx, plan.id)
    await finishRun(ctx, run, errors)
  },
}

async function runOfPlan(ctx: Context, plan: Plan): Promise<StoredRun> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.planId, plan.id))
  if (!run) throw notFound(`No run belongs to plan ${plan.id}`)
  return run
}

/** Scores replies and writes all of them in one statement; a prediction that is scored already stays as it is. */
async function scoreReplies(ctx: Context, run: StoredRun, replies: Reply[]): Promise<void> {
  const { benchmark } = await findTask(run.benchmark, run.split)
  const scorer = scorerOf(benchmark, run.scoringProfile)
  const { callId, exampleId, question, choices, tags, gold } = predictions
  const questions = await ctx.db
    .select({ callId, exampleId, question, choices, tags, gold })
    .from(predictions)
    .where(
      inArray(
        predictions.callId,
        replies.map((reply) => reply.callId),
      ),
    )
  const byCall = new Map(questions.map((row) => [row.callId, row]))
  const scored = replies.flatMap((reply) => {
    const row = byCall.get(reply.callId)
    if (!row) return []
    const asked = {
      id: row.exampleId,
      question: row.question,
      tags: row.tags,
      gold: row.gold ?? null,
      ...(row.choices ? { choices: row.choices } : {}),
    }
    return [{ reply, ...scoreResponse(scorer, asked, reply.response, reply.refused) }]
  })
  if (scored.length === 0) return
  const rows = scored.map(({ reply, outcome, answer, score, also, steps }) => ({
    call_id: reply.callId,
    outcome,
    truncated: reply.truncated,
    // PostgreSQL's text cannot hold a NUL, which a model may well send.
    answer: answer?.replaceAll('\u0000', '\uFFFD') ?? null,
    score,
    also,
    steps: steps.map((step) => step.replaceAll('\u0000', '\uFFFD')),
  }))
  await ctx.sql`
    update predictions set outcome = scored.outcome::outcome, truncated = scored.truncated, answer = scored.answer,
      score = scored.score, also = scored.also, steps = scored.steps, scored_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as scored(
      call_id bigint, outcome text, truncated boolean, answer text, score double precision, also jsonb, steps jsonb)
    where predictions.call_id = scored.call_id and predictions.outcome is null`
}
