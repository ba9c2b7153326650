import { snapshots as table } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { notFound } from '#server/core/problem.ts'
import { mayReadBattles } from '../charts/read-battles.ts'
import { getBoardStudy, readModels, showFit, snapshotColumns, snapshotRow } from '../read-boards.ts'
import type { Snapshot, SnapshotList, SnapshotQuery } from './schema.ts'

const listedSnapshot = {
  id: table.id,
  category: table.category,
  createdAt: table.createdAt,
  votesUsed: table.votesUsed,
  raters: table.raters,
  method: table.method,
  codeVersion: table.codeVersion,
  dataHash: table.dataHash,
}

/** A study's snapshots for all categories or one, newest first, a page at a time. Throws what getBoard throws. */
export async function listSnapshots(ctx: Context, slug: string, query: SnapshotQuery): Promise<SnapshotList> {
  const study = await getBoardStudy(ctx, slug)
  const { category = null, before = null, limit } = query
  const rows = await rowsOf(ctx, listedSnapshot)`
    select id, category, created_at as "createdAt", votes_used as "votesUsed", raters, method,
      code_version as "codeVersion", data_hash as "dataHash"
    from snapshots
    where study_id = ${study.id} and category is not distinct from ${category}::query_category
      and (${before}::uuid is null or (created_at, id) < (select created_at, id from snapshots where id = ${before}))
    order by created_at desc, id desc limit ${limit + 1}`
  const snapshots = rows.slice(0, limit).map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }))
  return { snapshots, next: rows.length > limit ? snapshots.at(-1)!.id : null }
}

/**
 * One snapshot at its permanent address: the fit as it was stored, whatever has been fitted since. Benchmark scores are
 * not part of it. Throws not-found and what getBoard throws.
 */
export async function getSnapshot(ctx: Context, slug: string, id: string): Promise<Snapshot> {
  const study = await getBoardStudy(ctx, slug)
  const [stored] = await rowsOf(ctx, { ...snapshotRow, newest: table.id })`
    select ${snapshotColumns(ctx)}, (
        select n.id from snapshots n where n.study_id = s.study_id and n.category is not distinct from s.category
        order by n.created_at desc, n.id desc limit 1
      ) as newest
    from snapshots s where study_id = ${study.id} and id = ${id}`
  if (!stored) throw notFound(`There is no snapshot ${id} of this board`)
  const { newest, ...row } = stored
  const { rows, snapshot } = showFit(await readModels(ctx, study), row)
  return {
    study: { slug, name: study.name, sample: study.sample, publishing: study.publishing, status: study.status },
    category: row.category,
    snapshot: snapshot!,
    rows,
    newest,
    address: addressOf(study, id),
    citation: citeSnapshot(ctx, study, row),
    licence: study.licence,
    archive: mayReadBattles(ctx, study) ? `/api/v1/snapshots/${id}/archive` : null,
  }
}

const addressOf = ({ slug }: { slug: string }, id: string) => `/leaderboard/${slug}/snapshots/${id}`

/** How to name a snapshot in a text: study, day, version, address. */
export function citeSnapshot(
  { config }: Context,
  study: { slug: string; name: string },
  { id, createdAt, codeVersion }: { id: string; createdAt: Date; codeVersion: string },
): string {
  const day = createdAt.toISOString().slice(0, 10)
  const address = `${config.publicUrl ?? ''}${addressOf(study, id)}`
  return `${study.name}: leaderboard of ${day}. VLM Arena ${codeVersion}, snapshot ${id}, ${address}`
}
