import { z } from 'zod'
import { answerImports } from '#drizzle/schema/responses.ts'
import { studies } from '#drizzle/schema/studies.ts'
import type { Context } from '#server/core/context.ts'
import { flag, rowsOf } from '#server/core/postgres/rows.ts'
import { Problem } from '#server/core/problem.ts'
import { storable } from '#server/core/storable.ts'
import type { ImportState } from '#server/queries/imports/schema.ts'
import { dropUploads, uploadFolder } from '#server/queries/imports/uploads.ts'
import { importAnswers, type AnswerReport } from './import-answers.ts'
import { AnswersOf } from './schema.ts'
import { answerImportJob } from './service.ts'

const Options = z.object({ of: AnswersOf, skipBad: z.boolean().default(false) })

/** Defines the job that reads uploaded answers into a study. */
export function defineAnswerImportJobs(ctx: Context): void {
  ctx.jobs.define<{ id: string }>(answerImportJob, ({ id }) => carryOutAnswerImport(ctx, id))
}

const tellEveryMs = 500
const mostFaults = 1_000
const nothing: AnswerReport = { added: 0, held: 0, known: 0, others: 0, bad: [] }

/**
 * Reads an import's files into its study, saying how far it is, until it is through or a person stops it. One that a
 * crash broke off begins again; answers that are in stay.
 */
export async function carryOutAnswerImport(ctx: Context, id: string): Promise<void> {
  const [row] = await rowsOf(ctx, { slug: studies.slug, options: answerImports.options })`
    update answer_imports n set state = 'running' from studies s
    where s.id = n.study_id and n.id = ${id} and n.state in ('waiting', 'running') returning s.slug, n.options`
  if (!row) return
  const { of, skipBad } = Options.parse(row.options)
  const stop = new AbortController()
  const tell = tellingProgress(ctx, id, stop)
  let read = 0
  try {
    const report = await importAnswers(ctx, uploadFolder(ctx, id), {
      ...{ study: row.slug, of, skipBad, signal: stop.signal },
      onProgress: (rows, bad) => tell((read = rows), bad),
    })
    await settle(ctx, id, report.bad.length > 0 && !skipBad ? 'refused' : 'finished', read, report)
  } catch (error) {
    if (stop.signal.aborted) return
    if (!(error instanceof Problem)) throw error
    await settle(ctx, id, 'failed', read, nothing, error.message)
  }
}

/** Writes down how far the reading is, and stops it when somebody asked for that or the import is gone. */
function tellingProgress(ctx: Context, id: string, stop: AbortController) {
  let toldAt = ctx.now()
  return (rows: number, bad: number) => {
    if (ctx.now() - toldAt < tellEveryMs) return
    toldAt = ctx.now()
    rowsOf(ctx, { running: flag })`
      update answer_imports set rows_read = ${rows}, bad = ${bad} where id = ${id} returning state = 'running' as running`.then(
      ([row]) => row?.running || stop.abort(),
      (error: unknown) => ctx.log.warn({ err: error }, 'no progress told'),
    )
  }
}

async function settle(
  ctx: Context,
  id: string,
  state: ImportState,
  rows: number,
  { added, known, held, bad }: AnswerReport,
  reason: string | null = null,
) {
  await ctx.sql`
    update answer_imports set state = ${state}, added = ${added}, known = ${known}, held = ${held}, bad = ${bad.length},
      rows_read = ${rows}, faults = ${JSON.stringify(storable(bad.slice(0, mostFaults)))}::text::jsonb,
      reason = ${reason && storable(reason)}, ended_at = now()
    where id = ${id} and state = 'running'`
  if (state === 'finished') await dropUploads(ctx, id)
}
