import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { locks, studyLocks } from '#server/core/locks.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { recordExclusions, undoExclusions } from '#server/raters/exclusions.ts'
import type { ExclusionReason } from '#server/raters/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { announceDecision } from '../announce-votes.ts'
import { closeCount } from '../count-gate.ts'

interface Exclusion {
  raters: string[]
  reason: ExclusionReason
  note: string
}

/**
 * Leaves all votes of raters out of what a study counts, those still to come too, and ends their leases. No vote is
 * altered, their pairs' quotas are free again, and `includeRaters` undoes it. Doing it twice is harmless: the first reason
 * stands. Returns how many raters were not excluded before. Throws not-found.
 */
export async function excludeRaters(ctx: Context, slug: string, { raters, reason, note }: Exclusion): Promise<number> {
  return decide(ctx, slug, async (ctx, studyId) => {
    const changed = await recordExclusions(ctx, studyId, raters, { reason, note })
    await moveCounts(ctx, studyId, changed, { counts: false })
    for (const rater of changed) await recordAudit(ctx, 'rater.excluded', `study:${studyId}`, { rater, reason, note })
    return changed
  })
}

/**
 * Undoes an exclusion: every vote of these raters that would have counted counts again, those given meanwhile too, even
 * where others have filled the quota of a pair since. Returns how many raters were excluded. Throws not-found.
 */
export async function includeRaters(ctx: Context, slug: string, raters: string[]): Promise<number> {
  return decide(ctx, slug, async (ctx, studyId) => {
    const changed = await undoExclusions(ctx, studyId, raters)
    await moveCounts(ctx, studyId, changed, { counts: true })
    for (const rater of changed) await recordAudit(ctx, 'rater.included', `study:${studyId}`, { rater })
    return changed
  })
}

/**
 * Carries a decision out between votes, under the locks that the closing of a study takes. A vote that waits meanwhile was
 * read under the state before; its lease has ended when it goes on, so it is cast as a late one, which reads anew.
 */
async function decide(
  ctx: Context,
  slug: string,
  act: (ctx: Context, studyId: string) => Promise<string[]>,
): Promise<number> {
  const { id } = await getStoredStudy(ctx, slug)
  const changed = await inTransaction(ctx, async (ctx) => {
    await ctx.sql`select pg_advisory_xact_lock(${locks.lateVotes})`
    await ctx.sql`select pg_advisory_xact_lock(hashtextextended(${id}, ${studyLocks.drawing}))`
    await closeCount(ctx, id)
    const raters = await act(ctx, id)
    await ctx.sql`
      update battles set released_at = now()
      where study_id = ${id} and rater_id = any(${raters}::uuid[]) and consumed_at is null and released_at is null`
    return raters
  })
  if (changed.length > 0) await announceDecision(ctx, id)
  return changed.length
}

/** Moves the votes of raters from what counts to what is left out, or back. */
async function moveCounts(ctx: Context, studyId: string, raters: string[], { counts }: { counts: boolean }) {
  const sign = counts ? 1 : -1
  await ctx.sql`
    with own as (
      select rater_id, category, model_a, model_b, verdict, ${sign}::int * count(*)::int as votes from votes
      where study_id = ${studyId} and rater_id = any(${raters}::uuid[]) and counted and withdrawn_at is null
      group by 1, 2, 3, 4, 5
    ), rated as (
      insert into rater_counts as n (study_id, rater_id, category, votes)
      select ${studyId}, rater_id, category, sum(votes) from own group by rater_id, category
      on conflict (study_id, rater_id, category) do update set votes = n.votes + excluded.votes
    )
    update pair_counts p set votes = p.votes + o.votes, excluded = p.excluded - o.votes
    from (select category, model_a, model_b, verdict, sum(votes)::int as votes from own group by 1, 2, 3, 4) o
    where p.study_id = ${studyId} and p.category = o.category and p.model_a = o.model_a and p.model_b = o.model_b
      and p.verdict = o.verdict`
}
