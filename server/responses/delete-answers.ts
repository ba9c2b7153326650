import { collections } from '#drizzle/schema/responses.ts'
import { deleteCalls, hasCallsUnderWay } from '../calls/delete-calls.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { studyState } from '../studies/service.ts'

/**
 * Deletes all answers of a study that is being deleted, with their requests and replies; what they cost still counts
 * against limits of cost. No battle may refer to them. Returns how many they were. Throws study-state while one is asked.
 */
export async function deleteAnswers(ctx: Context, studyId: string): Promise<number> {
  const rows = await rowsOf(ctx, { planId: collections.planId })`
    select plan_id as "planId" from collections where study_id = ${studyId} and plan_id is not null`
  const plans = rows.map(({ planId }) => planId)
  if (await hasCallsUnderWay(ctx, plans)) throw studyState('Answers of it are still being asked for; try again shortly')
  const { count } = await ctx.sql`delete from responses where study_id = ${studyId}`
  await ctx.sql`delete from collections where study_id = ${studyId}`
  await deleteCalls(ctx, plans)
  return count
}
