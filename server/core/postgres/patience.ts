import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import type { Context } from '../context.ts'
import { growingWaitMs } from '../http/waits.ts'
import { StartError } from '../problem.ts'
import { drizzleOn, type Sql } from './database.ts'
import { isFullDisk, isOutage } from './outage.ts'

/** The database was away when the program was told to end, and did not come back in time. */
export class DatabaseAway extends StartError {}

/** How long an outage is still waited for once the program is to end. */
const graceMs = 2_000
const longestPauseMs = 1_000

/** Carries statements through the outages of one database, and says once that one began and once that it is over. */
class Patience {
  readonly #log: Context['log']
  /** Aborted when the program is to end. */
  readonly ending: AbortSignal | undefined
  /** How often a statement has failed for an outage so far. */
  setbacks = 0
  #awaySince: number | null = null
  #full = false
  #endBy: number | undefined

  constructor(log: Context['log'], ending: AbortSignal | undefined) {
    this.#log = log
    this.ending = ending
  }

  /** Does the work again until no outage stops it. `work` must leave nothing half done, and may come twice. */
  async carry<Result>(work: (attempt: number) => PromiseLike<Result>): Promise<Result> {
    for (let failures = 0; ; failures++) {
      try {
        const result = await work(failures)
        if (failures > 0) this.#back()
        return result
      } catch (error) {
        if (!isOutage(error)) throw error
        this.setbacks++
        this.#away(error)
        await this.#wait(failures)
      }
    }
  }

  #away(error: unknown) {
    const full = isFullDisk(error)
    if (this.#awaySince !== null && full === this.#full) return
    this.#awaySince ??= performance.now()
    this.#full = full
    const what = full ? 'The disk that holds the database is full: free some space' : 'The database does not answer'
    this.#log.warn(
      `${what}; what came is held, and everything goes on by itself when ${full ? 'there is room' : 'it is back'}`,
    )
  }

  #back() {
    if (this.#awaySince === null) return
    const seconds = Math.max(1, Math.round((performance.now() - this.#awaySince) / 1000))
    this.#awaySince = null
    this.#log.warn(`The database ${this.#full ? 'has room again' : 'is back'} after ${seconds} s`)
  }

  async #wait(failures: number) {
    const ending = this.ending
    if (!ending?.aborted) {
      // What was asked to end looks once more and then for the time of grace.
      await pause(growingWaitMs(failures, 50, longestPauseMs), undefined, ending && { signal: ending }).catch(() => {})
      return
    }
    this.#endBy ??= performance.now() + graceMs
    if (performance.now() > this.#endBy) {
      throw new DatabaseAway(
        `The database ${this.#full ? 'has no room' : 'does not answer'}, so what came last could not be stored; it will be asked again.`,
      )
    }
    await pause(50)
  }
}

const patiences = new WeakMap<object, Patience>()

/** The patience that a context's statements have; undefined: an outage is the caller's to see. */
export const patienceOf = ({ sql }: Pick<Context, 'sql'>): Patience | undefined => patiences.get(sql)

/**
 * The context for work that an outage of the database must not end: each statement outside a transaction, and each
 * transaction as a whole, is done again until the database is back. A statement whose acknowledgement was lost is done
 * twice: what must not be belongs in a transaction. After `ending` is aborted an outage is waited for two seconds more;
 * then DatabaseAway is thrown.
 */
export function patient(ctx: Context, ending?: AbortSignal): Context {
  if (patienceOf(ctx) || !ctx.sql.begin) return ctx
  const patience = new Patience(ctx.log, ending)
  const pool = ctx.sql as postgres.Sql
  const sql = new Proxy(pool, {
    apply: (target, self, args: unknown[]) => {
      const again = () => Reflect.apply(target, self, args) as unknown
      return asQuery(again(), again, patience)
    },
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'unsafe') return value
      return (...args: Parameters<postgres.Sql['unsafe']>) => {
        const again = () => target.unsafe(...args)
        return asQuery(again(), again, patience)
      }
    },
  }) as Sql
  patiences.set(sql, patience)
  return { ...ctx, sql, db: drizzleOn(sql, sql) }
}

/** A query of the driver, its rows as arrays or not. */
type Query = Promise<unknown> & { isRaw?: unknown }

/**
 * The driver's query, which may also be a part of another: only when it is awaited is it sent, with patience. What is
 * no query (a list, a name) stays as it is.
 */
function asQuery(made: unknown, again: () => unknown, patience: Patience): unknown {
  if (!(made instanceof Promise)) return made
  const query = made as Query
  const first = query.then.bind(query)
  let sent: Promise<unknown> | undefined
  const send = () =>
    (sent ??= patience.carry((attempt) => {
      if (attempt === 0) return new Promise((done, failed) => void first(done, failed))
      return Object.assign(again() as Query, { isRaw: query.isRaw })
    }))
  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise already, and stays one
  query.then = ((done, failed) => send().then(done, failed)) as Query['then']
  query.catch = (failed) => send().catch(failed)
  query.finally = (over) => send().finally(over)
  return query
}
