import { createHash } from 'node:crypto'
import { pools, queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { describeImages, isSound, pictureHash, storeUpright, type StoredImage } from '#server/images/service.ts'
import { readSourceRows, type RowPlace } from './read-rows.ts'
import { queryOfRow, type ImportedFiles } from './row-to-query.ts'
import type { RowDefaults } from './schema.ts'

/** A row that cannot be imported, and why. */
export interface BadRow extends RowPlace {
  reason: string
}

interface ImportOptions {
  /** The pool's address, and its name when it is made. */
  pool: { slug: string; name: string }
  defaults: RowDefaults
  /** Imports what is good although some rows are bad. */
  skipBad: boolean
  signal?: AbortSignal
  onProgress?: (rows: number, bad: number) => void
}

/** What an import did, in numbers of rows. */
export interface ImportReport {
  added: number
  known: number
  bad: BadRow[]
}

interface GoodRow extends RowDefaults {
  key: string
  question: string
  sha256: string
}

const mostRows = 200_000

/**
 * Reads a folder, zip archive, CSV, JSON, JSON Lines or Parquet file into a pool. Pictures are copied under their hash as
 * rows are read; the queries come into the pool together at the end. Where rows are bad, none comes unless `skipBad`. A
 * query whose key is known stays as it is, so the same import may be given again. Throws InputError for files that cannot
 * be read at all.
 */
export async function importQueries(ctx: Context, path: string, options: ImportOptions): Promise<ImportReport> {
  const files = await openDataFiles(path)
  const names = new Set(files.names)
  const known = await knownKeys(ctx, options.pool.slug)
  const good = new Map<string, GoodRow>()
  const bad: BadRow[] = []
  let rows = 0
  let alreadyKnown = 0
  try {
    for await (const row of readSourceRows(files, options.defaults.question)) {
      options.signal?.throwIfAborted()
      if (++rows > mostRows) throw new InputError('There are more than 200,000 rows; import them in parts.')
      const taken = await takeRow(ctx, row, { ...files, has: (name) => names.has(name) }, options, known, good)
      if (typeof taken === 'string') bad.push({ file: row.file, row: row.row, reason: taken })
      else if (!taken) alreadyKnown++
      options.onProgress?.(rows, bad.length)
    }
  } finally {
    await files.close()
  }
  if (bad.length > 0 && !options.skipBad) return { added: 0, known: alreadyKnown, bad }
  const added = await addToPool(ctx, options.pool, [...good.values()])
  return { added, known: rows - bad.length - added, bad }
}

/** Keeps a row among the good ones. False: it is known already; a sentence: it is bad. */
async function takeRow(
  ctx: Context,
  row: RowPlace & ({ values: Record<string, unknown> } | { fault: string }),
  files: ImportedFiles,
  { defaults }: ImportOptions,
  known: Map<string, KnownQuery>,
  good: Map<string, GoodRow>,
): Promise<boolean | string> {
  if ('fault' in row) return row.fault
  try {
    const { readPicture, ...query } = queryOfRow(row.values, row.file, files, defaults)
    const before = query.key === null ? undefined : known.get(query.key)
    if (before && before.question !== query.question)
      return `the key ${query.key} belongs to another question of the pool`
    if (before && (await isSound(ctx, before.image))) return false
    const bytes = await readPicture()
    const { sha256 } = await storeUpright(ctx, bytes)
    if (before && before.image.sha256 !== sha256) return `the picture of ${query.key} is lost, and this is another one`
    const key = query.key ?? keyOf(pictureHash(bytes), query.question)
    const twin = good.get(key)
    if (twin && (twin.question !== query.question || twin.sha256 !== sha256))
      return `the key ${key} belongs to another row of this import`
    if (known.has(key) || twin) return false
    good.set(key, { ...query, key, sha256 })
    return true
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

/** The same picture and question have the same key wherever they stand. */
const keyOf = (sha256: string, question: string) =>
  createHash('sha256').update(`${sha256}\n${question}`).digest('hex').slice(0, 16)

interface KnownQuery {
  question: string
  image: StoredImage
}

/** The queries of a pool by their keys. */
async function knownKeys(ctx: Context, slug: string): Promise<Map<string, KnownQuery>> {
  const shape = { key: queries.key, question: queries.question, sha256: queries.imageSha256 }
  const rows = await rowsOf(ctx, shape)`
    select q.key, q.question, q.image_sha256 as sha256 from queries q join pools p on p.id = q.pool_id where p.slug = ${slug}`
  const pictures = await describeImages(
    ctx,
    rows.map(({ sha256 }) => sha256),
  )
  return new Map(rows.map(({ key, question, sha256 }) => [key, { question, image: pictures.get(sha256)! }]))
}

async function addToPool(ctx: Context, { slug, name }: ImportOptions['pool'], rows: GoodRow[]): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    await ctx.db.insert(pools).values({ slug, name }).onConflictDoNothing()
    const column = (read: (row: GoodRow) => string) => rows.map(read)
    const added = await rowsOf(ctx, { id: queries.id })`
      insert into queries (pool_id, key, category, language, question, image_sha256, source, licence)
      select p.id, r.key, r.category::query_category, r.language, r.question, r.sha256, r.source, r.licence
      from pools p, unnest(${column(({ key }) => key)}::text[], ${column(({ category }) => category)}::text[],
        ${column(({ language }) => language)}::text[], ${column(({ question }) => question)}::text[],
        ${column(({ sha256 }) => sha256)}::text[], ${column(({ source }) => source)}::text[],
        ${column(({ licence }) => licence)}::text[]) as r (key, category, language, question, sha256, source, licence)
      where p.slug = ${slug} on conflict (pool_id, key) do nothing returning id`
    await recordAudit(ctx, 'queries.imported', `pool:${slug}`, { added: added.length })
    return added.length
  })
}
