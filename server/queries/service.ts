import { eq } from 'drizzle-orm'
import { pools, queries } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import { storeImage } from '../images/service.ts'
import type { QueryCategory } from './categories/schema.ts'

/** A query as a pool is imported: its picture still as bytes. */
export interface PoolQuery {
  /** Stable within the pool: importing twice changes nothing. */
  key: string
  category: QueryCategory
  /** BCP 47. */
  language: string
  question: string
  image: { bytes: Uint8Array; source: string; licence: string }
}

interface NewPool {
  slug: string
  name: string
  licence: string
}

/** What an import did, in numbers of queries. */
interface PoolImport {
  poolId: string
  added: number
  known: number
}

/**
 * Makes a pool, or adds to it what it lacks; queries whose key is known stay as they are, because votes may rest on them.
 * Throws InputError when a picture is not acceptable; what was imported before it stays.
 */
export async function importPool(ctx: Context, pool: NewPool, asked: PoolQuery[]): Promise<PoolImport> {
  const { slug, name, licence } = pool
  const [row] = await ctx.db
    .insert(pools)
    .values({ slug, name, licence })
    .onConflictDoUpdate({ target: pools.slug, set: { name, licence } })
    .returning({ id: pools.id })
  const poolId = row!.id
  const knownRows = await ctx.db.select({ key: queries.key }).from(queries).where(eq(queries.poolId, poolId))
  const known = new Set(knownRows.map(({ key }) => key))
  const lacking = asked.filter(({ key }) => !known.has(key))
  for (const query of lacking) await addQuery(ctx, poolId, query)
  return { poolId, added: lacking.length, known: asked.length - lacking.length }
}

async function addQuery(ctx: Context, poolId: string, query: PoolQuery) {
  const { key, category, language, question, image } = query
  const { sha256 } = await storeImage(ctx, image.bytes, `the picture of query ${key}`)
  await ctx.sql`
    insert into queries (pool_id, key, category, language, question, image_sha256, source, licence)
    values (${poolId}, ${key}, ${category}, ${language}, ${question}, ${sha256}, ${image.source}, ${image.licence})
    on conflict (pool_id, key) do nothing`
}
