import { votes } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { isReported } from '../exclusions/left-out.ts'

/** Of a vote `v` on a battle `b` of the gold item `g`: what it says in the words of `expected`; null for `unsure`. */
export function saidOfGold({ sql }: Context) {
  return sql`case v.verdict
    when 'model_a' then case when b.response_a = g.first then 'first' else 'second' end
    when 'model_b' then case when b.response_b = g.first then 'first' else 'second' end
    when 'tie' then 'tie' when 'both_bad' then 'both_bad' end`
}

/** How many gold items each rater of a study judged, without `unsure` and what reports leave out, and how many of them right. */
export async function readGoldAccuracy(
  ctx: Context,
  studyId: string,
): Promise<Map<string, { count: number; of: number }>> {
  const rows = await rowsOf(ctx, { rater: votes.raterId, count: whole, of: whole })`
    select v.rater_id as rater, count(*) filter (where ${saidOfGold(ctx)} = g.expected)::int as count, count(*)::int as of
    from votes v join battles b on b.id = v.battle_id join gold_items g on g.id = b.gold_item_id
    where v.study_id = ${studyId} and v.purpose = 'gold' and v.left_out = 'gold' and v.withdrawn_at is null
      and v.verdict <> 'unsure' and not ${isReported(ctx, ctx.sql`v.battle_id`)}
    group by 1`
  return new Map(rows.map(({ rater, ...share }) => [rater, share]))
}
