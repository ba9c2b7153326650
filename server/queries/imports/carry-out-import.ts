import { z } from 'zod'
import { pools, queryImports } from '#drizzle/schema/queries.ts'
import type { Context } from '#server/core/context.ts'
import { flag, rowsOf } from '#server/core/postgres/rows.ts'
import { InputError, StartError } from '#server/core/problem.ts'
import { storable } from '#server/core/storable.ts'
import { fetchFromHub } from './from-hub.ts'
import { requireHubSource } from './hub-source.ts'
import { importQueries, type BadRow, type ImportReport } from './import-queries.ts'
import { RowDefaults, type ImportState } from './schema.ts'
import { importJob } from './service.ts'
import { dropUploads, uploadFolder } from './uploads.ts'

const Options = z.object({ defaults: RowDefaults, skipBad: z.boolean().default(false) })

/** Defines the job that reads uploaded files into a pool. */
export function defineImportJobs(ctx: Context): void {
  ctx.jobs.define<{ id: string }>(importJob, ({ id }) => carryOutImport(ctx, id))
}

const taken = {
  slug: pools.slug,
  name: queryImports.name,
  hubSource: queryImports.hubSource,
  options: queryImports.options,
}
const tellEveryMs = 500
const mostFaults = 1_000

/**
 * Reads an import's files into its pool, saying how far it is, until it is through or a person stops it. One that a crash
 * broke off begins again: pictures that were copied are not decoded anew.
 */
export async function carryOutImport(ctx: Context, id: string): Promise<void> {
  const [row] = await rowsOf(ctx, taken)`
    update query_imports n set state = 'running' from pools p
    where p.id = n.pool_id and n.id = ${id} and n.state in ('waiting', 'running')
    returning p.slug, n.name, n.hub_source as "hubSource", n.options`
  if (!row) return
  const { defaults, skipBad } = Options.parse(row.options)
  const stop = new AbortController()
  const tell = tellingProgress(ctx, id, stop)
  let read = 0
  try {
    if (row.hubSource !== null) {
      await fetchFromHub(ctx, requireHubSource(row.hubSource), uploadFolder(ctx, id), {
        signal: stop.signal,
        onBytes: (here, total) => tell.bytes(here, total),
      })
    }
    const report = await importQueries(ctx, uploadFolder(ctx, id), {
      pool: { slug: row.slug, name: row.slug },
      defaults: { ...defaults, source: defaults.source || (row.hubSource ?? row.name) },
      skipBad,
      signal: stop.signal,
      onProgress: (rows, bad) => tell.rows((read = rows), bad),
    })
    await settle(ctx, id, report.bad.length > 0 && !skipBad ? 'refused' : 'finished', read, report)
  } catch (error) {
    if (stop.signal.aborted) return
    if (!(error instanceof InputError || error instanceof StartError)) throw error
    await settle(ctx, id, 'failed', read, { added: 0, known: 0, bad: [] }, error.message)
  }
}

/** Writes down how far the import is, and stops it when somebody asked for that or the import is gone. */
function tellingProgress(ctx: Context, id: string, stop: AbortController) {
  let toldAt = ctx.now()
  let telling = false
  const tell = (write: () => Promise<{ running: boolean }[]>) => {
    if (telling || ctx.now() - toldAt < tellEveryMs) return
    toldAt = ctx.now()
    telling = true
    write()
      .then(
        ([row]) => row?.running || stop.abort(),
        (error: unknown) => ctx.log.warn({ err: error }, 'no progress told'),
      )
      .finally(() => (telling = false))
  }
  return {
    rows: (rows: number, bad: number) =>
      tell(
        () => rowsOf(ctx, { running: flag })`
          update query_imports set rows_read = ${rows}, bad = ${bad} where id = ${id} returning state = 'running' as running`,
      ),
    bytes: (here: number, total: number) =>
      tell(
        () => rowsOf(ctx, { running: flag })`
          update query_imports set fetched_bytes = ${here}, total_bytes = ${total} where id = ${id}
          returning state = 'running' as running`,
      ),
  }
}

async function settle(
  ctx: Context,
  id: string,
  state: ImportState,
  rows: number,
  report: ImportReport,
  reason: string | null = null,
) {
  const { added, known, bad } = report
  const faults: BadRow[] = storable(bad.slice(0, mostFaults))
  await ctx.sql`
    update query_imports set state = ${state}, added = ${added}, known = ${known}, bad = ${bad.length},
      rows_read = ${rows}, faults = ${JSON.stringify(faults)}::text::jsonb,
      reason = ${reason && storable(reason)}, ended_at = now()
    where id = ${id} and state = 'running'`
  if (state === 'finished') await dropUploads(ctx, id)
}
