import { pools } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import { flag, rowsOf, whole } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import type { Pool } from './schema.ts'

const poolRow = {
  slug: pools.slug,
  name: pools.name,
  licence: pools.licence,
  archived: flag,
  queries: whole,
  held: whole,
  takenOut: whole,
  createdAt: pools.createdAt,
}

/** Every pool with the numbers of its queries, of those that are held and of those taken out, oldest first. */
export const listPools = (ctx: Context): Promise<Pool[]> => readPools(ctx, null)

/** One pool. Throws not-found. */
export async function getPool(ctx: Context, slug: string): Promise<Pool> {
  const [pool] = await readPools(ctx, slug)
  if (!pool) throw noPool(slug)
  return pool
}

/** The id of a pool. Throws not-found. */
export async function requirePoolId(ctx: Context, slug: string): Promise<string> {
  const [pool] = await rowsOf(ctx, { id: pools.id })`select id from pools where slug = ${slug}`
  if (!pool) throw noPool(slug)
  return pool.id
}

const noPool = (slug: string) => notFound(`There is no pool '${slug}'`)

async function readPools(ctx: Context, slug: string | null): Promise<Pool[]> {
  const rows = await rowsOf(ctx, poolRow)`
    select p.slug, p.name, p.licence, p.archived_at is not null as archived, p.created_at as "createdAt",
      (count(q.id) filter (where q.deleted_at is null))::int as queries,
      (count(q.held_at) filter (where q.deleted_at is null))::int as held, count(q.deleted_at)::int as "takenOut"
    from pools p left join queries q on q.pool_id = p.id
    where ${slug}::text is null or p.slug = ${slug}
    group by p.id order by p.created_at, p.slug`
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }))
}
