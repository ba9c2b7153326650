import { and, eq, inArray } from 'drizzle-orm'
import { calls } from '#drizzle/schema/calls.ts'
import { predictions } from '#drizzle/schema/runs.ts'
import type { Customer } from '#server/calls/customer.ts'
import { mergeSettings, nothingSet } from '#server/endpoints/sampling.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { scoreJudgements } from '../scoring/score-replies.ts'
import { finishIfSettled, runOfPlan } from '../settle-run.ts'

/** As the official MathVista script asks its judge (Lu et al. 2023). */
const definition = { maxTokens: 256, temperature: 0 }

/** How a run has a judge read the responses that rules cannot: prompts go out as they were stored, text only. */
export const judgeCustomer: Customer = {
  name: 'judge',

  settings: (_ctx, _plan, endpoint) => Promise.resolve(mergeSettings({ definition, endpoint, run: nothingSet })),

  async prepare(ctx, plan, keys) {
    const run = await runOfPlan(ctx, plan)
    const rows = await ctx.db
      .select({ key: predictions.exampleId, text: predictions.judgePrompt })
      .from(predictions)
      .where(and(eq(predictions.runId, run.id), inArray(predictions.exampleId, keys)))
    return new Map(
      rows.flatMap(({ key, text }) => (text === null ? [] : [[key, { parts: [{ kind: 'text' as const, text }] }]])),
    )
  },

  async receive(ctx, plan, replies) {
    await scoreJudgements(ctx, await runOfPlan(ctx, plan), replies)
  },

  async unreceived(ctx, plan) {
    const rows = await rowsOf(ctx, { id: calls.id })`
      select calls.id from calls join predictions on predictions.judge_call_id = calls.id
      where calls.plan_id = ${plan.id} and calls.state = 'answered' and outcome is null`
    return rows.map(({ id }) => id)
  },

  async settled(ctx, plan) {
    await finishIfSettled(ctx, await runOfPlan(ctx, plan))
  },
}
