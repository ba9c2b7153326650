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
  const rows = await rowsOf(ctx, { id: collections.id, planId: collections.planId })`
    select id, plan_id as "planId" from collections where study_id = ${studyId}`
  const plans = rows.flatMap(({ planId }) => planId ?? [])
  if (await hasCallsUnderWay(ctx, plans)) throw studyState('Answers of it are still being asked for; try again shortly')
  let answers = 0
  // Model after model: each statement stays far below the time that one may take.
  for (const { id } of rows) answers += (await ctx.sql`delete from responses where collection_id = ${id}`).count
  await ctx.sql`delete from collections where study_id = ${studyId}`
  await deleteCalls(ctx, plans)
  return answers
}
