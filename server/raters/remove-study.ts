import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { deleteLinks } from '../links/service.ts'
import { deleteStudyRow, getStoredStudy, type StoredStudy } from '../studies/service.ts'

/** Deletes a draft with its invite links and whoever joined by them. Throws not-found, and study-state once it has begun. */
export async function removeStudy(ctx: Context, slug: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const study = await getStoredStudy(ctx, slug)
    await removeRaters(ctx, study)
    await deleteStudyRow(ctx, study, 'draft')
  })
}

/** Takes all raters and invite links from a study that is being deleted; the people and what they gave elsewhere stay. */
export async function removeRaters(ctx: Context, { id }: StoredStudy): Promise<void> {
  await ctx.sql`delete from rater_exclusions where study_id = ${id}`
  await ctx.sql`delete from panel_places where study_id = ${id}`
  await ctx.sql`delete from panels where study_id = ${id}`
  await ctx.sql`delete from enrolments where study_id = ${id}`
  await deleteLinks(ctx, id)
}
