import { predictions } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { present, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { Outcome, type OtherModel, type OutcomeCounts } from '../schema.ts'

/** The counts of a run without predictions. */
export const emptyCounts = (): OutcomeCounts => ({
  ...{ scored: 0, unparsed: 0, refused: 0, withheld: 0, error: 0, pending: 0, skipped: 0 },
  ...{ truncated: 0, empty: 0, thought: 0, otherModel: 0 },
})

const countedRow = {
  runId: predictions.runId,
  outcome: Outcome.parse,
  count: whole,
  truncated: whole,
  empty: whole,
  thought: whole,
  otherModel: whole,
}

/** Predictions by outcome; what has no outcome yet is counted by the state of its call. */
export async function countOutcomes(ctx: Context, runIds: number[]): Promise<Map<number, OutcomeCounts>> {
  const counts = new Map<number, OutcomeCounts>()
  if (runIds.length === 0) return counts
  const rows = await rowsOf(ctx, countedRow)`
    select run_id as "runId",
      coalesce(outcome::text, case coalesce(judge.state, calls.state)
        when 'error' then 'error' when 'skipped' then 'skipped' else 'pending' end) as outcome,
      count(*)::int as count, count(*) filter (where truncated)::int as truncated,
      count(*) filter (where empty)::int as empty, count(*) filter (where thought)::int as thought,
      count(other_model)::int as "otherModel"
    from predictions join calls on calls.id = predictions.call_id left join calls judge on judge.id = judge_call_id
    where run_id in ${ctx.sql(runIds)} group by 1, 2`
  for (const { runId, outcome, count, ...among } of rows) {
    const of = counts.get(runId) ?? emptyCounts()
    of[outcome] += count
    for (const name of ['truncated', 'empty', 'thought', 'otherModel'] as const) of[name] += among[name]
    counts.set(runId, of)
  }
  return counts
}

const otherModelRow = {
  runId: predictions.runId,
  name: present(predictions.otherModel),
  replies: whole,
  firstPosition: whole,
}

/** The models that answered in the place of the one that was asked, by run; the most frequent five of each. */
export async function otherModelsOf(ctx: Context, runIds: number[]): Promise<Map<number, OtherModel[]>> {
  const found = new Map<number, OtherModel[]>()
  if (runIds.length === 0) return found
  const rows = await rowsOf(ctx, otherModelRow)`
    select run_id as "runId", other_model as name, count(*)::int as replies, min(position)::int as "firstPosition"
    from predictions where run_id in ${ctx.sql(runIds)} and other_model is not null
    group by 1, 2 order by 1, 3 desc, 2`
  for (const { runId, ...other } of rows) {
    const others = found.get(runId) ?? []
    if (others.length < 5) found.set(runId, [...others, other])
  }
  return found
}
