import type { Context } from '#server/core/context.ts'
import { announceAnswers, renderAnswersJob } from '#server/responses/announce-answers.ts'
import { renderStudy, unrenderedStudies } from './stored-renderings.ts'

/** Defines the job that renders a study's answers as they arrive; at most one of a study waits. */
export function defineRenderJobs(ctx: Context): void {
  ctx.jobs.define<{ studyId: string }>(renderAnswersJob, async ({ studyId }) => {
    await renderStudy(ctx, studyId)
  })
}

/** Has the answers rendered that an earlier version of the renderer left behind. */
export async function renderAnew(ctx: Context): Promise<void> {
  for (const studyId of await unrenderedStudies(ctx)) announceAnswers(ctx, studyId)
}
