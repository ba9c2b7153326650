import type { Context } from './context.ts'

/** The job begins this long after it was queued, so what comes within half of it need not queue another. */
const delaySeconds = 1
const quietMs = 500

/**
 * Makes what tells a job that something of a study changed; at most one such job of a study waits. Whoever tells does not
 * wait for it: what changed is stored, and if the queue cannot be reached the next change asks again.
 */
export function announcer(job: string, failure: string): (ctx: Context, studyId: string) => void {
  const lastQueued = new WeakMap<Context['jobs'], Map<string, number>>()
  return (ctx, studyId) => {
    const queued = lastQueued.get(ctx.jobs) ?? new Map<string, number>()
    lastQueued.set(ctx.jobs, queued)
    if (ctx.now() - (queued.get(studyId) ?? -Infinity) < quietMs) return
    queued.set(studyId, ctx.now())
    ctx.jobs.enqueue(job, { studyId }, { key: studyId, afterSeconds: delaySeconds }).catch((error: unknown) => {
      queued.delete(studyId)
      ctx.log.warn({ err: error }, failure)
    })
  }
}
