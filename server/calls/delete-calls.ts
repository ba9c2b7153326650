import type { Context } from '../core/context.ts'
import { deleteInParts } from '../core/postgres/delete-in-parts.ts'
import { flag, rowsOf } from '../core/postgres/rows.ts'

/** Whether a worker still waits for a reply of one of these plans. */
export async function hasCallsUnderWay(ctx: Context, planIds: string[]): Promise<boolean> {
  const [row] = await rowsOf(ctx, { underWay: flag })`
    select exists (
      select 1 from calls where plan_id = any(${planIds}::uuid[]) and state = 'active' and claimed_until > now()
    ) as "underWay"`
  return row!.underWay
}

/**
 * Deletes all calls of plans that are over, with their attempts and replies. The plans stay, since what they spent counts
 * against limits of cost; none of them takes a call again. Nothing may refer to the calls any more.
 */
export async function deleteCalls(ctx: Context, planIds: string[]): Promise<void> {
  await ctx.sql`
    update plans set state = 'cancelled', calls = 0, growing = false, paused_reason = null
    where id = any(${planIds}::uuid[])`
  await deleteInParts(
    (most) => ctx.sql`
      delete from calls where id in (select id from calls where plan_id = any(${planIds}::uuid[]) limit ${most})`,
  )
}
