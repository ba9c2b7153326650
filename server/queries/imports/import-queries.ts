import { createHash } from 'node:crypto'
import { pools, queries } from '#drizzle/schema/queries.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { InputError } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { openDataFiles } from '#server/datasets/data-files.ts'
import { describeImages, isSound, pictureHash, storeUpright, type StoredImage } from '#server/images/service.ts'
import { WebPictures, type TakenPicture } from '#server/images/web/web-pictures.ts'
import { readAhead } from './read-ahead.ts'
import { readSourceRows, type RowPlace, type SourceRow } from './read-rows.ts'
import { queryOfRow, type ImportedFiles, type RowQuery } from './row-to-query.ts'
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
  /** Told after each row, and whenever a picture of the web has come. */
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
/** How many rows further on pictures of the web are asked for. */
const mostAhead = 48

/**
 * Reads a folder, zip archive, CSV, JSON, JSON Lines or Parquet file into a pool. Pictures are copied under their hash as
 * rows are read, those that rows name by an http(s) address from there; the queries come into the pool together at the
 * end. Where rows are bad, none comes unless `skipBad`. A query whose key is known stays as it is, so the same import may
 * be given again. Throws InputError for files that cannot be read at all.
 */
export async function importQueries(ctx: Context, path: string, options: ImportOptions): Promise<ImportReport> {
  const files = await openDataFiles(path)
  const names = new Set(files.names)
  const known = await knownKeys(ctx, options.pool.slug)
  const good = new Map<string, GoodRow>()
  const bad: BadRow[] = []
  const ended = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal
  const web = new WebPictures(ctx, signal)
  let rows = 0
  let alreadyKnown = 0
  const begin = (row: SourceRow) => {
    const begun = beginRow(ctx, row, { ...files, has: (name) => names.has(name) }, options, known, web)
    if (begun.waits) void begun.picture?.().then(() => options.onProgress?.(rows, bad.length), unhandled)
    return begun
  }
  try {
    for await (const row of readAhead(readSourceRows(files, options.defaults.question), begin, mostAhead)) {
      options.signal?.throwIfAborted()
      if (++rows > mostRows) throw new InputError('There are more than 200,000 rows; import them in parts.')
      const taken = await takeRow(row, known, good)
      if (typeof taken === 'string') bad.push({ file: row.file, row: row.row, reason: taken })
      else if (!taken) alreadyKnown++
      options.onProgress?.(rows, bad.length)
    }
  } finally {
    // Nothing is fetched any more for rows that are not read, and what has come is kept before the import ends.
    ended.abort(new Error('the import has ended'))
    await web.settled()
    await files.close()
  }
  if (bad.length > 0 && !options.skipBad) return { added: 0, known: alreadyKnown, bad }
  const added = await addToPool(ctx, options.pool, [...good.values()])
  return { added, known: rows - bad.length - added, bad }
}

/** Whoever takes the row up is told why its picture did not come. */
const unhandled = () => {}

interface BegunRow extends RowPlace {
  query: RowQuery | { fault: string }
  /** Keeps the row's picture, once; null: the query is known, and its picture is sound. */
  picture: (() => Promise<TakenPicture | null>) | null
  /** Whether it is fetched from the web. */
  waits: boolean
}

function beginRow(
  ctx: Context,
  { file, row, ...rest }: SourceRow,
  files: ImportedFiles,
  { defaults }: ImportOptions,
  known: Map<string, KnownQuery>,
  web: WebPictures,
): BegunRow {
  const place = { file, row }
  if ('fault' in rest) return { ...place, query: { fault: rest.fault }, picture: null, waits: false }
  try {
    const query = queryOfRow(rest.values, file, files, defaults)
    const { key, picture } = query
    const before = key === null ? undefined : known.get(key)
    let kept: Promise<TakenPicture | null> | undefined
    const keep = async () => {
      if (before && (before.question !== query.question || (await isSound(ctx, before.image)))) return null
      if ('url' in picture) return web.take(picture.url, picture.sha256)
      const bytes = await picture.read()
      return { bytesSha256: pictureHash(bytes), sha256: (await storeUpright(ctx, bytes)).sha256 }
    }
    return { ...place, query, picture: () => (kept ??= keep()), waits: 'url' in picture }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { ...place, query: { fault: error.message }, picture: null, waits: false }
  }
}

/** Keeps a row among the good ones. False: it is known already; a sentence: it is bad. */
async function takeRow(
  { query, picture }: BegunRow,
  known: Map<string, KnownQuery>,
  good: Map<string, GoodRow>,
): Promise<boolean | string> {
  if ('fault' in query) return query.fault
  const before = query.key === null ? undefined : known.get(query.key)
  if (before && before.question !== query.question)
    return `the key ${query.key} belongs to another question of the pool`
  try {
    const kept = await picture!()
    if (kept === null) return false
    const { bytesSha256, sha256 } = kept
    if (before && before.image.sha256 !== sha256) return `the picture of ${query.key} is lost, and this is another one`
    const key = query.key ?? keyOf(bytesSha256, query.question)
    const twin = good.get(key)
    if (twin && (twin.question !== query.question || twin.sha256 !== sha256))
      return `the key ${key} belongs to another row of this import`
    if (known.has(key) || twin) return false
    const { picture: _, ...rest } = query
    good.set(key, { ...rest, key, sha256 })
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
