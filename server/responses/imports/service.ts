import { answerImports } from '#drizzle/schema/responses.ts'
import { studies } from '#drizzle/schema/studies.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, words, type RowOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { BadRows, type ImportState } from '#server/queries/imports/schema.ts'
import { importBusy } from '#server/queries/imports/service.ts'
import { dropUploads, keepPiece } from '#server/queries/imports/uploads.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import type { AnswerImport, NewAnswerImport } from './schema.ts'

/** The name of the job that reads an import's files. */
export const answerImportJob = 'import-answers'

const { id, name, state, rowsRead, added, known, held, bad, reason, createdAt, endedAt } = answerImports
const importRow = {
  ...{ id, name, state, rowsRead, added, known, held, bad, reason, createdAt, endedAt },
  study: studies.slug,
  model: words,
}

const columns = ({ sql }: Context) => sql`
  n.id, s.slug as study, n.options #>> '{of,name}' as model, n.name, n.state, n.rows_read as "rowsRead", n.added,
  n.known, n.held, n.bad, n.reason, n.created_at as "createdAt", n.ended_at as "endedAt"
  from answer_imports n join studies s on s.id = n.study_id`

/** The imports of answers into a study, the newest first, at most 50. Throws not-found. */
export async function listAnswerImports(ctx: Context, slug: string): Promise<AnswerImport[]> {
  const study = await getStoredStudy(ctx, slug)
  const rows = await rowsOf(ctx, importRow)`
    select ${columns(ctx)} where n.study_id = ${study.id} order by n.created_at desc, n.id limit 50`
  return rows.map(shown)
}

/** One import of answers. Throws not-found. */
export async function getAnswerImport(ctx: Context, id: string): Promise<AnswerImport> {
  const [row] = await rowsOf(ctx, importRow)`select ${columns(ctx)} where n.id = ${id}`
  if (!row) throw notFound('There is no such import')
  return shown(row)
}

const shown = ({ createdAt, endedAt, ...row }: RowOf<typeof importRow>): AnswerImport => ({
  ...row,
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
})

/** The first thousand bad rows of an import of answers. Throws not-found. */
export async function readBadAnswers(ctx: Context, id: string): Promise<BadRows> {
  const [row] = await rowsOf(ctx, { faults: answerImports.faults })`select faults from answer_imports where id = ${id}`
  if (!row) throw notFound('There is no such import')
  return BadRows.parse({ rows: row.faults })
}

/** Opens an import into a study; its files are uploaded next. Throws not-found. */
export async function openAnswerImport(ctx: Context, slug: string, opened: NewAnswerImport): Promise<AnswerImport> {
  const study = await getStoredStudy(ctx, slug)
  const [made] = await rowsOf(ctx, { id: answerImports.id })`
    insert into answer_imports (study_id, name, options)
    values (${study.id}, ${opened.name}, ${JSON.stringify({ of: opened.of })}::text::jsonb) returning id`
  return getAnswerImport(ctx, made!.id)
}

const canStart: ImportState[] = ['uploading', 'stopped', 'refused', 'failed']

/** Keeps a piece of a file. Throws not-found, import-state once the files are being read, and what keepPiece throws. */
export async function uploadAnswers(
  ctx: Context,
  id: string,
  file: string,
  offset: number,
  piece: Uint8Array,
): Promise<number> {
  const { state } = await getAnswerImport(ctx, id)
  if (!canStart.includes(state)) throw importBusy(`Its state is ${state}, so it takes no more files`)
  return keepPiece(ctx, id, file, offset, piece)
}

/** Has the files read, or read again; with `skipBad`, good rows are imported although others are bad. Throws not-found, import-state. */
export async function startAnswerImport(ctx: Context, id: string, skipBad: boolean): Promise<void> {
  const { study, state } = await getAnswerImport(ctx, id)
  await inTransaction(ctx, async (ctx) => {
    const changed = await ctx.sql`
      update answer_imports set state = 'waiting', reason = null, ended_at = null, rows_read = 0, bad = 0, faults = '[]',
        options = options || jsonb_build_object('skipBad', ${skipBad}::boolean)
      where id = ${id} and state = any(${canStart}::import_state[])`
    if (changed.count === 0) throw importBusy(`Its state is ${state}, so it cannot start`)
    await recordAudit(ctx, 'import.started', `answers:${study}`, { import: id, skipBad })
  })
  await ctx.jobs.enqueue(answerImportJob, { id }, { key: id })
}

/** Ends the reading; nothing of it is in the study, and it can start again. Throws not-found, import-state. */
export async function stopAnswerImport(ctx: Context, id: string): Promise<void> {
  const { state } = await getAnswerImport(ctx, id)
  const changed = await ctx.sql`
    update answer_imports set state = 'stopped', ended_at = now() where id = ${id} and state in ('waiting', 'running')`
  if (changed.count === 0) throw importBusy(`Its state is ${state}; there is nothing to stop`)
}

/** Forgets an import with its uploaded files; answers stay. Throws not-found, and import-state while it reads. */
export async function forgetAnswerImport(ctx: Context, id: string): Promise<void> {
  const { state } = await getAnswerImport(ctx, id)
  const gone = await ctx.sql`delete from answer_imports where id = ${id} and state not in ('waiting', 'running')`
  if (gone.count === 0) throw importBusy(`Its state is ${state}; stop it first`)
  await dropUploads(ctx, id)
}
