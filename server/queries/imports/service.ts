import { pools, queryImports } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, type RowOf } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { languageOf } from '../languages.ts'
import { requirePoolId } from '../list-pools.ts'
import { hubAddress, requireHubSource } from './hub-source.ts'
import { BadRows, type ImportState, type NewImport, type QueryImport } from './schema.ts'
import { dropUploads, keepPiece } from './uploads.ts'

export const importBusy = defineProblem('import-state', 409, 'This import is not at that point')

/** The name of the job that reads an import's files. */
export const importJob = 'import-queries'

const importRow = {
  id: queryImports.id,
  pool: pools.slug,
  name: queryImports.name,
  hubSource: queryImports.hubSource,
  fetchedBytes: queryImports.fetchedBytes,
  totalBytes: queryImports.totalBytes,
  state: queryImports.state,
  rowsRead: queryImports.rowsRead,
  added: queryImports.added,
  known: queryImports.known,
  bad: queryImports.bad,
  reason: queryImports.reason,
  createdAt: queryImports.createdAt,
  endedAt: queryImports.endedAt,
}

const columns = ({ sql }: Context) => sql`
  n.id, p.slug as pool, n.name, n.hub_source as "hubSource", n.fetched_bytes as "fetchedBytes",
  n.total_bytes as "totalBytes", n.state, n.rows_read as "rowsRead", n.added, n.known, n.bad, n.reason,
  n.created_at as "createdAt", n.ended_at as "endedAt" from query_imports n join pools p on p.id = n.pool_id`

/** The imports into a pool, the newest first, at most 50. Throws not-found. */
export async function listImports(ctx: Context, slug: string): Promise<QueryImport[]> {
  const poolId = await requirePoolId(ctx, slug)
  const rows = await rowsOf(ctx, importRow)`
    select ${columns(ctx)} where n.pool_id = ${poolId} order by n.created_at desc limit 50`
  return rows.map(shown)
}

/** One import. Throws not-found. */
export async function getImport(ctx: Context, id: string): Promise<QueryImport> {
  const [row] = await rowsOf(ctx, importRow)`select ${columns(ctx)} where n.id = ${id}`
  if (!row) throw notFound('There is no such import')
  return shown(row)
}

function shown({ createdAt, endedAt, ...row }: RowOf<typeof importRow>): QueryImport {
  return { ...row, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null }
}

/** The first thousand bad rows of an import. Throws not-found. */
export async function readBadRows(ctx: Context, id: string): Promise<BadRows> {
  const [row] = await rowsOf(ctx, { faults: queryImports.faults })`select faults from query_imports where id = ${id}`
  if (!row) throw notFound('There is no such import')
  return BadRows.parse({ rows: row.faults })
}

/**
 * Opens an import into a pool; its files are uploaded next, unless the hub has them. Throws not-found, and InputError for
 * an unknown language or what names no data set.
 */
export async function openImport(
  ctx: Context,
  slug: string,
  { name, defaults, hubSource }: NewImport,
): Promise<QueryImport> {
  const options = { ...defaults, language: languageOf(defaults.language) }
  const source = hubSource === undefined ? null : hubAddress(requireHubSource(hubSource))
  const poolId = await requirePoolId(ctx, slug)
  const [made] = await rowsOf(ctx, { id: queryImports.id })`
    insert into query_imports (pool_id, name, hub_source, options)
    values (${poolId}, ${name}, ${source}, ${JSON.stringify({ defaults: options })}::text::jsonb) returning id`
  return getImport(ctx, made!.id)
}

/** Keeps a piece of a file. Throws not-found, import-state once the files are being read, and what keepPiece throws. */
export async function uploadPiece(
  ctx: Context,
  id: string,
  file: string,
  offset: number,
  piece: Uint8Array,
): Promise<number> {
  const { state, hubSource } = await getImport(ctx, id)
  if (hubSource !== null) throw importBusy('It is read from the hub, so it takes no files')
  if (!canStart.includes(state)) throw importBusy(`Its state is ${state}, so it takes no more files`)
  return keepPiece(ctx, id, file, offset, piece)
}

const canStart: ImportState[] = ['uploading', 'stopped', 'refused', 'failed']

/** Has the files read, or read again; with `skipBad`, good rows come into the pool although others are bad. Throws not-found, import-state. */
export async function startImport(ctx: Context, id: string, skipBad: boolean): Promise<void> {
  const { pool, state } = await getImport(ctx, id)
  await inTransaction(ctx, async (ctx) => {
    const changed = await ctx.sql`
      update query_imports set state = 'waiting', reason = null, ended_at = null, rows_read = 0, bad = 0, faults = '[]',
        options = options || jsonb_build_object('skipBad', ${skipBad}::boolean)
      where id = ${id} and state = any(${canStart}::import_state[])`
    if (changed.count === 0) throw importBusy(`Its state is ${state}, so it cannot start`)
    await recordAudit(ctx, 'import.started', `pool:${pool}`, { import: id, skipBad })
  })
  await ctx.jobs.enqueue(importJob, { id }, { key: id })
}

/** Ends the reading of an import; nothing of it is in the pool, and it can start again. Throws not-found, import-state. */
export async function stopImport(ctx: Context, id: string): Promise<void> {
  const { state } = await getImport(ctx, id)
  const changed = await ctx.sql`
    update query_imports set state = 'stopped', ended_at = now() where id = ${id} and state in ('waiting', 'running')`
  if (changed.count === 0) throw importBusy(`Its state is ${state}; there is nothing to stop`)
}

/** Forgets an import with its uploaded files; queries that it added stay. Throws not-found, and import-state while it reads. */
export async function forgetImport(ctx: Context, id: string): Promise<void> {
  const { state } = await getImport(ctx, id)
  const gone = await ctx.sql`delete from query_imports where id = ${id} and state not in ('waiting', 'running')`
  if (gone.count === 0) throw importBusy(`Its state is ${state}; stop it first`)
  await dropUploads(ctx, id)
}
