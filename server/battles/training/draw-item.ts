import { trainingCards } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'

/** Of a gold item by the alias `g`: whether raters can be shown it in the training. */
export function isShowable({ sql }: Context) {
  return sql`(g.use = 'training' and g.retired_at is null
    and not exists (select 1 from queries hq where hq.id = g.query_id and hq.held_at is not null)
    and not exists (
      select 1 from responses hr left join models hm on hm.id = hr.model_id
      where hr.id in (g.first, g.second) and (hr.status <> 'ready' or hm.withdrawn_at is not null)
    ))`
}

/**
 * Shows the next item of a round: one that the rater has met in no round before others, then those met least often, by
 * chance among equals and on sides by a coin. False: the round has had all there are.
 */
export async function drawItem(
  ctx: Context,
  round: { id: string; studyId: string; raterId: string },
): Promise<boolean> {
  const seed = String(ctx.random())
  const firstLeft = ctx.random() < 0.5
  const [drawn] = await rowsOf(ctx, { id: trainingCards.id })`
    with chosen as (
      select g.id, g.query_id from gold_items g
      left join lateral (
        select count(*) as met, count(*) filter (where c.round_id = ${round.id}) as now from training_cards c
        where c.gold_item_id = g.id and c.rater_id = ${round.raterId}
      ) n on true
      where g.study_id = ${round.studyId} and ${isShowable(ctx)} and n.now = 0
      order by n.met, md5(${seed} || g.id) limit 1
    )
    insert into training_cards (round_id, study_id, rater_id, query_id, gold_item_id, place, first_left)
    select ${round.id}, ${round.studyId}, ${round.raterId}, query_id, id, (
        select count(*)::int + 1 from training_cards where round_id = ${round.id}
      ), ${firstLeft}
    from chosen returning id`
  return drawn !== undefined
}

/** Takes what was not judged and can be shown no more out of a round; what was told of a deleted item counts as read. */
export async function clearUnshowable(ctx: Context, roundId: string): Promise<void> {
  await ctx.sql`
    delete from training_cards c where c.round_id = ${roundId} and c.verdict is null
      and not exists (select 1 from gold_items g where g.id = c.gold_item_id and ${isShowable(ctx)})`
  await ctx.sql`
    update training_cards set read_at = now()
    where round_id = ${roundId} and verdict is not null and read_at is null and gold_item_id is null`
}
