import { pools } from '#drizzle/schema/queries.ts'
import { recordAudit } from '../accounts/service.ts'
import type { Context } from '../core/context.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { defineProblem } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { requirePoolId } from './list-pools.ts'
import type { NewPool, PoolChange } from './schema.ts'

export const poolTaken = defineProblem('pool-taken', 409, 'There is a pool of this address already')
export const poolInUse = defineProblem('pool-in-use', 409, 'Studies ask the questions of this pool')

/** What rests on pools and queries, from the modules that know it. */
export interface PoolUses {
  /** Addresses of the studies that ask a pool's queries. */
  studiesOf(ctx: Context, poolId: string): Promise<string[]>
  /** Those of the queries that a model was asked. */
  askedAmong(ctx: Context, queryIds: string[]): Promise<Set<string>>
}

/** Makes an empty pool, named as its address where it has no name. Throws pool-taken. */
export async function createPool(ctx: Context, { slug, name = slug, licence }: NewPool): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const [made] = await rowsOf(ctx, { id: pools.id })`
      insert into pools (slug, name, licence) values (${slug}, ${name}, ${licence})
      on conflict (slug) do nothing returning id`
    if (!made) throw poolTaken(`Choose another than '${slug}', or add to that pool`)
    await recordAudit(ctx, 'pool.created', `pool:${slug}`)
  })
}

/** Renames a pool, notes its licence, archives it or takes it back. Studies that use it go on. Throws not-found. */
export async function changePool(ctx: Context, slug: string, change: PoolChange): Promise<void> {
  const { name = null, licence = null, archived = null } = change
  await inTransaction(ctx, async (ctx) => {
    const id = await requirePoolId(ctx, slug)
    await ctx.sql`
      update pools set name = coalesce(${name}, name), licence = coalesce(${licence}, licence),
        archived_at = case when ${archived}::boolean is null then archived_at
          when ${archived} then coalesce(archived_at, now()) end
      where id = ${id}`
    await recordAudit(ctx, 'pool.changed', `pool:${slug}`, change)
  })
}

/** Deletes a pool with its queries, for good. Throws not-found, and pool-in-use while a study asks them. */
export async function deletePool(ctx: Context, slug: string, { studiesOf }: PoolUses): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const id = await requirePoolId(ctx, slug)
    // A study that is made meanwhile waits for this lock, and then finds no pool.
    await ctx.sql`select 1 from pools where id = ${id} for update`
    const studies = await studiesOf(ctx, id)
    if (studies.length > 0)
      throw poolInUse(`Delete ${studies.slice(0, 5).join(', ')} first, or archive the pool instead`)
    await ctx.sql`delete from queries where pool_id = ${id}`
    await ctx.sql`delete from pools where id = ${id}`
    await recordAudit(ctx, 'pool.deleted', `pool:${slug}`)
  })
}
