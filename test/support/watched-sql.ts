import type { PendingQuery, Row } from 'postgres'
import type { Context } from '#server/core/context.ts'
import { drizzleOn, type Sql } from '#server/core/postgres/database.ts'

interface Statement {
  text: string
  /** How many it gave back. */
  rows: number
}

/** The same context, noting each statement that it sends outside a transaction, from SQL and from Drizzle. */
export function watch(ctx: Context): { ctx: Context; statements: Statement[] } {
  const statements: Statement[] = []
  const sql = new Proxy(ctx.sql, {
    apply: (target, thisArg, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) =>
      noting(Reflect.apply(target, thisArg, [strings, ...values]) as PendingQuery<Row[]>, strings.join(' ')),
    get(target, name, receiver) {
      if (name !== 'unsafe') return Reflect.get(target, name, receiver) as unknown
      return (...args: Parameters<Sql['unsafe']>) => noting(target.unsafe<Row[]>(...args), args[0])
    },
  })
  return { ctx: { ...ctx, sql, db: drizzleOn(sql, ctx.sql) }, statements }

  /** A fragment is never awaited, so it is never noted. */
  function noting<Query extends PendingQuery<Row[]>>(query: Query, text: string): Query {
    if (typeof query.then !== 'function') return query
    const then = query.then.bind(query) as PromiseLike<Row[]>['then']
    const noted: typeof then = (onRows, onError) =>
      then((rows) => {
        statements.push({ text: text.replaceAll(/\s+/g, ' ').trim(), rows: rows.length })
        return onRows ? onRows(rows) : (rows as never)
      }, onError)
    // oxlint-disable-next-line unicorn/no-thenable -- a query is one already; it is sent when somebody awaits it
    return Object.assign(query, { then: noted })
  }
}
