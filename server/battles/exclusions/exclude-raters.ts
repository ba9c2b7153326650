import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { recordExclusions, undoExclusions } from '#server/raters/exclusions.ts'
import type { ExclusionReason } from '#server/raters/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { announceDecision } from '../announce-votes.ts'
import { betweenVotes, recounting } from './decide-votes.ts'

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
  return decide(ctx, slug, raters, async (ctx, studyId) => {
    const changed = await recordExclusions(ctx, studyId, raters, { reason, note })
    for (const rater of changed) await recordAudit(ctx, 'rater.excluded', `study:${studyId}`, { rater, reason, note })
    return changed
  })
}

/**
 * Undoes an exclusion: every vote of these raters that would have counted counts again, those given meanwhile too, even
 * where others have filled the quota of a pair since. Returns how many raters were excluded. Throws not-found.
 */
export async function includeRaters(ctx: Context, slug: string, raters: string[]): Promise<number> {
  return decide(ctx, slug, raters, async (ctx, studyId) => {
    const changed = await undoExclusions(ctx, studyId, raters)
    for (const rater of changed) await recordAudit(ctx, 'rater.included', `study:${studyId}`, { rater })
    return changed
  })
}

/** Carries a decision on raters out between votes and ends the leases of those whom it changed. */
async function decide(
  ctx: Context,
  slug: string,
  raters: string[],
  act: (ctx: Context, studyId: string) => Promise<string[]>,
): Promise<number> {
  const { id } = await getStoredStudy(ctx, slug)
  const changed = await betweenVotes(ctx, id, async (ctx) => {
    const theirs = ctx.sql`v.rater_id = any(${raters}::uuid[])`
    const changed = await recounting(ctx, id, theirs, () => act(ctx, id))
    await ctx.sql`
      update battles set released_at = now()
      where study_id = ${id} and rater_id = any(${changed}::uuid[]) and consumed_at is null and released_at is null`
    return changed
  })
  if (changed.length > 0) await announceDecision(ctx, id)
  return changed.length
}
