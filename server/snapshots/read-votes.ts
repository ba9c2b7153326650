import { votes } from '#drizzle/schema/battles.ts'
import { models } from '#drizzle/schema/models.ts'
import { isLeftOut } from '../battles/exclusions/left-out.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { getStoredStudy } from '../studies/service.ts'

/** One counted vote, in the field's spelling; `both_bad` and `unsure` are written as they are stored. */
const exportedVote = {
  model_a: models.slug,
  model_b: models.slug,
  winner: votes.verdict,
  rater: votes.raterId,
  item: votes.queryId,
  category: votes.category,
}

/** The votes of a study that move its board, in the order in which they came: those withdrawn, those late for a full pair, those of raters who are excluded and those that a report leaves out are not among them. */
export async function readVotes(ctx: Context, slug: string): Promise<RowOf<typeof exportedVote>[]> {
  const study = await getStoredStudy(ctx, slug)
  return rowsOf(ctx, exportedVote)`
    select a.slug as model_a, b.slug as model_b, v.verdict as winner, v.rater_id as rater, v.query_id as item, v.category
    from votes v join models a on a.id = v.model_a join models b on b.id = v.model_b
    where v.study_id = ${study.id} and v.counted and v.withdrawn_at is null
      and not ${isLeftOut(ctx, ctx.sql`v`)}
    order by v.id`
}
