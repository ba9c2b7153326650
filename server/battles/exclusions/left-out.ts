import type { PendingQuery, Row } from 'postgres'
import type { Context } from '#server/core/context.ts'
import { isExcluded, wasExcluded } from '#server/raters/exclusions.ts'

type Fragment = PendingQuery<Row[]>

/** Of a battle's id, as SQL names it: whether the decision on a report leaves its vote out now. */
export function isReported({ sql }: Context, battleId: Fragment) {
  return sql`exists (select 1 from battle_exclusions bx where bx.battle_id = ${battleId} and bx.undone_at is null)`
}

/** Of a vote, by its alias: whether it is left out now for its rater or by the decision on a report. */
export function isLeftOut(ctx: Context, vote: Fragment) {
  return ctx.sql`(${isExcluded(ctx, vote)} or ${isReported(ctx, ctx.sql`${vote}.battle_id`)})`
}

/** As `isLeftOut`, at a moment given as PostgreSQL writes it. */
export function wasLeftOut(ctx: Context, vote: Fragment, moment: string) {
  return ctx.sql`(${wasExcluded(ctx, vote, moment)} or exists (
    select 1 from battle_exclusions bx
    where bx.battle_id = ${vote}.battle_id and bx.at <= ${moment}::text::timestamptz
      and (bx.undone_at is null or bx.undone_at > ${moment}::text::timestamptz)
  ))`
}
