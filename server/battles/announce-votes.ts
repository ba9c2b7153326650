import { announcer } from '../core/announcements.ts'
import type { Context } from '../core/context.ts'

/** The job that brings a study's ratings up to date: `{ studyId, force }`. */
export const refreshRatingsJob = 'refresh-ratings'

/** Tells the boards that a study's votes changed. The vote does not wait for it. */
export const announceVotes = announcer(refreshRatingsJob, 'the refresh of ratings could not be queued')

/** Asks for a closed study's last boards at once: the job that its last votes queued may wait for an hour. */
export async function announceClosing(ctx: Context, studyId: string): Promise<void> {
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId }, { key: `${studyId} closed` })
}

/** Asks for a study's boards with bounds read anew: what counts was decided. A batched one that is open waits for its next batch. */
export async function announceDecision(ctx: Context, studyId: string): Promise<void> {
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId, force: true }, { key: `${studyId} decided` })
}
