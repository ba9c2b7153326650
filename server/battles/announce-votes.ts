import type { Context } from '../core/context.ts'

/** The job that brings a study's ratings up to date: `{ studyId, force }`. */
export const refreshRatingsJob = 'refresh-ratings'

/** The job begins this long after it was queued, so votes that come within half of it need not queue another. */
const delaySeconds = 1
const quietMs = 500

const lastQueued = new WeakMap<Context['jobs'], Map<string, number>>()

/**
 * Tells the boards that a study's votes changed, by a job of which at most one waits. The vote does not wait for it: it
 * is stored, and if the queue cannot be reached the next vote asks again.
 */
export function announceVotes(ctx: Context, studyId: string): void {
  const queued = lastQueued.get(ctx.jobs) ?? new Map<string, number>()
  lastQueued.set(ctx.jobs, queued)
  if (ctx.now() - (queued.get(studyId) ?? -Infinity) < quietMs) return
  queued.set(studyId, ctx.now())
  ctx.jobs
    .enqueue(refreshRatingsJob, { studyId }, { key: studyId, afterSeconds: delaySeconds })
    .catch((error: unknown) => {
      queued.delete(studyId)
      ctx.log.warn({ err: error }, 'the refresh of ratings could not be queued')
    })
}

/** Asks for a closed study's last boards at once: the job that its last votes queued may wait for an hour. */
export async function announceClosing(ctx: Context, studyId: string): Promise<void> {
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId }, { key: `${studyId} closed` })
}

/** Asks for a study's boards at once, a batched one's too: what counts was decided anew. */
export async function announceDecision(ctx: Context, studyId: string): Promise<void> {
  await ctx.jobs.enqueue(refreshRatingsJob, { studyId, force: true }, { key: `${studyId} decided` })
}
