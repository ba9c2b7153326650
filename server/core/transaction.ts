import type { Context } from './context.ts'
import { drizzleOn } from './postgres/database.ts'

/**
 * Does the work in one transaction, all or nothing: `sql` and `db` of the context that it is handed are the
 * transaction's, so whatever gets that context takes part. Inside another transaction it is part of that one.
 */
export async function inTransaction<Result>(
  ctx: Context,
  work: (ctx: Context) => Promise<Result>,
  mode: 'read write' | 'read only' = 'read write',
): Promise<Result> {
  const { begin } = ctx.sql
  if (!begin) return work(ctx)
  return (await begin(mode, (sql) => work({ ...ctx, sql, db: drizzleOn(sql, ctx.sql) }))) as Result
}
