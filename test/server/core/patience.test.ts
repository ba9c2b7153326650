import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import pino from 'pino'
import { expect, test } from 'vitest'
import { models } from '#drizzle/schema/models.ts'
import { asSystem, type Context } from '#server/core/context.ts'
import { DatabaseAway, patient } from '#server/core/postgres/patience.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

function place(database: TestDatabase, ending?: AbortSignal) {
  const said: string[] = []
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg) },
  )
  const { db, sql } = database
  return { said, impatient: contextOn({ db, sql }, log), ctx: patient(contextOn({ db, sql }, log), ending) }
}

const contextOn = ({ db, sql }: Pick<Context, 'db' | 'sql'>, log: Context['log']) =>
  asSystem({ db, sql, log } as Context)

/** Ends every other session of this database, as a server that is stopped does. */
const endSessions = ({ sql }: Context) => sql`
  select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`

/** As the driver's queries are, a promise of a kind of its own, whose `then` is called by whoever awaits it. */
class FailedQuery extends Promise<unknown> {
  static override get [Symbol.species]() {
    return Promise
  }
}

/** A stand-in for a pool whose first statements meet an outage. */
function failing(sql: Context['sql'], code: string, times: number): Context['sql'] {
  let left = times
  return new Proxy(sql, {
    apply: (target, self, args: unknown[]) =>
      left-- > 0
        ? FailedQuery.reject(Object.assign(new Error(code), { code }))
        : (Reflect.apply(target as never, self, args) as unknown),
  })
}

test('a statement whose connection is lost is done again, and the outage is said once and its end once', async () => {
  const { ctx, impatient, said } = place(await testDatabase())
  const sleeping = Array.from({ length: 5 }, (_, n) => ctx.sql`select ${n}::int as n, pg_sleep(0.4)`)
  const all = Promise.all(sleeping)
  await pause(200)
  await endSessions(impatient)
  expect((await all).map(([row]) => row!['n'] as number)).toEqual([0, 1, 2, 3, 4])
  expect(said).toEqual([
    'The database does not answer; what came is held, and everything goes on by itself when it is back',
    'The database is back after 1 s',
  ])
})

test('statements with parts and lists, and those of Drizzle, are what they are without patience', async () => {
  const { ctx } = place(await testDatabase())
  const { sql } = ctx
  const part = sql`and n > ${1}`
  expect(await sql`select n from unnest(array[1, 2, 3]) n where n in ${sql([1, 2, 3])} ${part}`).toEqual([
    { n: 2 },
    { n: 3 },
  ])
  expect(await sql`select 1 as n`.values()).toEqual([[1]])
  await ctx.db.insert(models).values({ name: 'One', slug: 'one' })
  expect(await ctx.db.select({ name: models.name }).from(models).where(eq(models.slug, 'one'))).toEqual([
    { name: 'One' },
  ])
  await expect(sql`select 1 / 0`).rejects.toThrow('division by zero')
})

test('a transaction whose connection is lost between two statements is done again as a whole, and disturbs no other', async () => {
  const { ctx, impatient } = place(await testDatabase())
  let tries = 0
  await inTransaction(ctx, async (ctx) => {
    tries++
    await ctx.db.insert(models).values({ name: 'One', slug: 'one' })
    if (tries === 1) {
      await endSessions(impatient)
      await pause(100)
    }
    await ctx.db.insert(models).values({ name: 'Two', slug: 'two' })
  })
  expect(tries).toBe(2)
  await Promise.all(Array.from({ length: 20 }, () => ctx.sql`select pg_sleep(0.01)`))
  expect(await ctx.sql`select slug from models order by slug`).toEqual([{ slug: 'one' }, { slug: 'two' }])
})

test('without patience, a transaction whose connection is lost fails, and the program lives', async () => {
  const { impatient } = place(await testDatabase())
  const lost = inTransaction(impatient, async (ctx) => {
    await ctx.sql`insert into models (name, slug) values ('One', 'one')`
    await endSessions(impatient)
    await pause(100)
    await ctx.sql`insert into models (name, slug) values ('Two', 'two')`
  })
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await pause(50)
  expect(await impatient.sql`select slug from models`).toEqual([])
})

test('a transaction whose end was not acknowledged, but is committed, is not done again', async () => {
  const database = await testDatabase()
  let lostAcknowledgements = 0
  const sql = new Proxy(database.sql, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'begin') return value
      return async (...args: Parameters<typeof target.begin>) => {
        const result = await target.begin(...args)
        if (lostAcknowledgements++ === 0) throw Object.assign(new Error('lost'), { code: 'CONNECTION_CLOSED' })
        return result
      }
    },
  })
  const { ctx } = place({ ...database, sql })
  let tries = 0
  const result = await inTransaction(ctx, async (ctx) => {
    await ctx.db.insert(models).values({ name: 'One', slug: `one-${++tries}` })
    return tries
  })
  expect(result).toBe(1)
  expect(await ctx.sql`select slug from models`).toEqual([{ slug: 'one-1' }])
})

test('R19: a full disk is said in a sentence, and the work goes on when there is room', async () => {
  const database = await testDatabase()
  const { said } = place(database)
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void said.push((JSON.parse(line) as { msg: string }).msg) },
  )
  const ctx = patient(contextOn({ db: database.db, sql: failing(database.sql, '53100', 3) }, log))
  expect(await ctx.sql`select 1 as n`).toEqual([{ n: 1 }])
  expect(said[0]).toBe(
    'The disk that holds the database is full: free some space; what came is held, and everything goes on by itself when there is room',
  )
  expect(said[1]).toMatch(/^The database has room again after \d+ s$/)
})

test('who was told to end waits two seconds for a database that is away, and then says so', async () => {
  const database = await testDatabase()
  const { impatient } = place(database)
  const ending = new AbortController()
  const ctx = patient({ ...impatient, sql: failing(database.sql, 'ECONNREFUSED', Infinity) }, ending.signal)
  const statement = ctx.sql`select 1`.catch((error: unknown) => error)
  await pause(300)
  const told = performance.now()
  ending.abort()
  expect(await statement).toBeInstanceOf(DatabaseAway)
  expect(performance.now() - told).toBeGreaterThan(1_500)
  expect(performance.now() - told).toBeLessThan(4_000)
})
