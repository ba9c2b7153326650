import type { Context } from '../core/context.ts'

/** Deletes every snapshot of a study that is being deleted; archives that were packed of them replay without it. */
export async function deleteSnapshots(ctx: Context, studyId: string): Promise<void> {
  await ctx.sql`delete from snapshots where study_id = ${studyId}`
}
