import type { Context } from '../core/context.ts'
import { locks, studyLocks } from '../core/locks.ts'
import { inTransaction } from '../core/transaction.ts'
import { getStoredStudy, moveStudy, studyState } from '../studies/service.ts'
import { announceClosing } from './announce-votes.ts'
import { closeCount } from './count-gate.ts'

/**
 * Ends a study: votes under way are counted first, then every lease ends. A vote that comes later is kept as late and
 * counts for nothing, and none can be taken back. Closing twice is harmless. Throws not-found, and study-state for a draft.
 */
export async function closeStudy(ctx: Context, slug: string): Promise<void> {
  const study = await getStoredStudy(ctx, slug)
  if (study.status === 'draft') throw studyState('A draft has not begun: open it, or delete it')
  await inTransaction(ctx, async (ctx) => {
    // Late votes and draws read the state anew under these locks, so none of them outlives the closing.
    await ctx.sql`select pg_advisory_xact_lock(${locks.lateVotes})`
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${study.id}, ${studyLocks.drawing}))`
    await closeCount(ctx, study.id)
    if (!(await moveStudy(ctx, study, { from: ['open'], to: 'closed' }))) return
    await ctx.sql`
      update battles set released_at = now() where study_id = ${study.id} and consumed_at is null and released_at is null`
  })
  await announceClosing(ctx, study.id)
}
