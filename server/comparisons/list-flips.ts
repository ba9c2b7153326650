import { predictions } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { fraction, orNull, rowsOf } from '../core/postgres/rows.ts'
import { goldAsText } from '../datasets/gold-text.ts'
import { getVisibleRun } from '../runs/read-runs.ts'
import { Outcome } from '../runs/schema.ts'
import { rightFrom } from './figures/flips.ts'
import type { FlipPage, FlipQuery } from './schema.ts'
import { whatDiffers } from './what-differs.ts'

const { exampleId, position, question, gold, tags, answer, truncated } = predictions
const outcome = (value: unknown) => Outcome.parse(value)
const flipShape = {
  ...{ exampleId, position, question, gold, tags },
  ...{ answerA: answer, outcomeA: outcome, truncatedA: truncated, scoreA: orNull(fraction) },
  ...{ answerB: answer, outcomeB: outcome, truncatedB: truncated, scoreB: orNull(fraction) },
}

/** A page of the examples that one run has right and the other has not; none where the runs cannot be compared. Throws not-found. */
export async function listFlips(ctx: Context, { a, b, way, after, limit }: FlipQuery): Promise<FlipPage> {
  const differs = await whatDiffers(await getVisibleRun(ctx, a), await getVisibleRun(ctx, b))
  if (differs.some(({ bars }) => bars)) return { flips: [], next: null }
  const rows = await rowsOf(ctx, flipShape)`
    select a.example_id as "exampleId", a.position, a.question, a.gold, a.tags,
      a.answer as "answerA", a.outcome as "outcomeA", a.truncated as "truncatedA", a.score as "scoreA",
      b.answer as "answerB", b.outcome as "outcomeB", b.truncated as "truncatedB", b.score as "scoreB"
    from predictions a join predictions b on b.run_id = ${b} and b.example_id = a.example_id and b.prompt = a.prompt
    where a.run_id = ${a} and (a.score >= ${rightFrom}) <> (b.score >= ${rightFrom})
      and (${way} = 'all' or (a.score >= ${rightFrom}) = (${way} = 'a')) and a.position > ${after}
    order by a.position limit ${limit + 1}`
  const page = rows.slice(0, limit)
  return {
    flips: page.map(({ exampleId, position, question, gold, tags, ...row }) => ({
      ...{ exampleId, position, question, tags },
      gold: goldAsText(gold),
      a: { answer: row.answerA, outcome: row.outcomeA, truncated: row.truncatedA, score: row.scoreA },
      b: { answer: row.answerB, outcome: row.outcomeB, truncated: row.truncatedB, score: row.scoreB },
    })),
    next: rows.length > limit ? page.at(-1)!.position : null,
  }
}
