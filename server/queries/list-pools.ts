import { pools } from '#drizzle/schema/queries.ts'
import type { Context } from '../core/context.ts'
import { rowsOf, whole } from '../core/postgres/rows.ts'

/** Every pool with the numbers of its queries and of those that are held, oldest first. */
export function listPools(ctx: Context) {
  return rowsOf(ctx, { slug: pools.slug, name: pools.name, queries: whole, held: whole })`
    select p.slug, p.name, count(q.id)::int as queries, count(q.held_at)::int as held
    from pools p left join queries q on q.pool_id = p.id group by p.id order by p.created_at, p.slug`
}
