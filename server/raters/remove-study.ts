import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import { deleteLinks } from '../links/service.ts'
import { deleteDraft, getStoredStudy } from '../studies/service.ts'

/** Deletes a draft with its invite links and whoever joined by them. Throws not-found, and study-state once it has begun. */
export async function removeStudy(ctx: Context, slug: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const study = await getStoredStudy(ctx, slug)
    await ctx.sql`delete from enrolments where study_id = ${study.id}`
    await deleteLinks(ctx, study.id)
    await deleteDraft(ctx, study)
  })
}
