import type postgres from 'postgres'
import type { Context } from './context.ts'
import { drizzleOn, type Sql } from './postgres/database.ts'
import { isConnectionLoss } from './postgres/outage.ts'
import { patienceOf } from './postgres/patience.ts'
import { orNull, rowsOf, words } from './postgres/rows.ts'

type Mode = 'read write' | 'read only'

/**
 * Does the work in one transaction, all or nothing: `sql` and `db` of the context that it is handed are the
 * transaction's, so whatever gets that context takes part. Inside another transaction it is part of that one. In a
 * patient context an outage has the whole work done again, unless it was committed already.
 */
export async function inTransaction<Result>(
  ctx: Context,
  work: (ctx: Context) => Promise<Result>,
  mode: Mode = 'read write',
): Promise<Result> {
  const { begin } = ctx.sql
  if (!begin) return work(ctx)
  const within = (sql: Sql) => work({ ...ctx, sql, db: drizzleOn(sql, ctx.sql) })
  const patience = patienceOf(ctx)
  if (!patience) return transact(begin, mode, within)
  let ended: { transaction: string; result: Result } | undefined
  return patience.carry(async () => {
    if (ended && (await wasCommitted(ctx, ended.transaction))) return ended.result
    ended = undefined
    return transact(begin, mode, async (sql) => {
      const result = await within(sql)
      const shape = { id: orNull(words) }
      const [row] = await rowsOf({ ...ctx, sql }, shape)`select pg_current_xact_id_if_assigned()::text as id`
      if (row?.id) ended = { transaction: row.id, result }
      return result
    })
  })
}

/** Whether a transaction whose end nobody acknowledged was committed; waits while it is still ending. */
async function wasCommitted(ctx: Context, transaction: string): Promise<boolean> {
  const shape = { status: orNull(words) }
  for (;;) {
    const [row] = await rowsOf(ctx, shape)`select pg_xact_status(${transaction}::xid8) as status`
    if (row?.status !== 'in progress') return row?.status === 'committed'
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/**
 * One transaction on a connection of its own. When the connection is lost, the driver would go on with it: it would send
 * `rollback`, and whatever the work still asks, over a socket that is gone. So nothing is sent any more, and the work is
 * not waited for.
 */
async function transact<Result>(
  begin: postgres.Sql['begin'],
  mode: Mode,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  let over = false
  try {
    return (await begin(mode, (sql) => {
      const open = new Proxy(sql, {
        apply: (target, self, args: unknown[]) => Reflect.apply(target, self, over ? closed() : args) as unknown,
        get: (target, name) => (over && name === 'unsafe' ? closed : Reflect.get(target, name)) as unknown,
      })
      return new Promise<Result>((resolve, reject) => {
        work(open).then(resolve, (error: unknown) => {
          if (!isConnectionLoss(error)) reject(error as Error)
        })
      })
    })) as Result
  } finally {
    over = true
  }
}

function closed(): never {
  throw Object.assign(new Error('The connection of this transaction is gone'), { code: 'CONNECTION_CLOSED' })
}
