import { calls } from '#drizzle/schema/calls.ts'
import { predictions } from '#drizzle/schema/runs.ts'
import type { Customer, OutgoingPrompt, Unaskable } from '../calls/customer.ts'
import type { SplitReading } from '../datasets/service.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { mergeSettings } from '../endpoints/sampling.ts'
import { readRun } from './reading/read-run.ts'
import { scoreReplies } from './scoring/score-replies.ts'
import { runOfPlan, settleModel } from './settle-run.ts'

/** How a run uses the engine: prompts go out as they were stored, replies come back to be scored. */
export const runCustomer: Customer = {
  name: 'run',
  rewrites: 'predictions',

  /** As they were when the run began: what is changed at the endpoint since is for runs to come. */
  async settings(ctx, plan) {
    const { settings } = await runOfPlan(ctx, plan)
    return { ...mergeSettings(settings), pictures: settings.pictures ?? {} }
  },

  async read(ctx, plan, reading) {
    await readRun(ctx, (await runOfPlan(ctx, plan)).id, reading)
  },

  async prepare(ctx, plan, keys) {
    const run = await runOfPlan(ctx, plan)
    const { exampleId: key, prompt, fault } = predictions
    const rows = await rowsOf(ctx, { key, prompt, fault })`
      select example_id as key, prompt, fault from predictions
      where run_id = ${run.id} and example_id = any(${keys}::text[])`
    return new Map<string, OutgoingPrompt | Unaskable>(
      rows.map(({ key, prompt, fault }) => {
        if (fault !== null) return [key, { fault }]
        const outgoing: OutgoingPrompt = {
          parts: prompt.map((part) =>
            part.imageSha256 ? { kind: 'image', sha256: part.imageSha256 } : { kind: 'text', text: part.text ?? '' },
          ),
        }
        return [key, outgoing]
      }),
    )
  },

  async receive(ctx, plan, replies) {
    await scoreReplies(ctx, await runOfPlan(ctx, plan), replies)
  },

  async unreceived(ctx, plan) {
    const rows = await rowsOf(ctx, { id: calls.id })`
      select calls.id from calls join predictions on predictions.call_id = calls.id
      where calls.plan_id = ${plan.id} and calls.state = 'answered' and outcome is null and judge_call_id is null`
    return rows.map(({ id }) => id)
  },

  async settled(ctx, plan) {
    await settleModel(ctx, await runOfPlan(ctx, plan))
  },
}

/** The same, where the data of the run that is begun here has been opened already. */
export function runCustomerOver(data: SplitReading): Customer {
  return {
    ...runCustomer,
    async read(ctx, plan, reading) {
      await readRun(ctx, (await runOfPlan(ctx, plan)).id, { ...reading, data })
    },
  }
}
