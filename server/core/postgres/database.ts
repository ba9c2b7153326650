import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type postgres from 'postgres'
import { rootDir } from '../config.ts'
import { connect, timeouts } from './connect.ts'
import { connectionFault, probeServer, readDatabaseUrl } from './database-url.ts'
import type { DatabaseAddress, DatabaseVariable, NamedServer } from './database-url.ts'
import { openEmbeddedPostgres } from './embedded.ts'
import { locks } from '../locks.ts'
import { StartError } from '../problem.ts'
import { untilBack } from './outage.ts'
import { isPooled } from './pooler.ts'

/** Queries through Drizzle. Columns are snake_case in the database and camelCase here. */
export type Database = PostgresJsDatabase

/**
 * SQL on the pool, or on one transaction: only the pool can begin another and listen. Drizzle leaves its times as text in
 * both.
 */
export type Sql = postgres.ISql<Record<never, never>> & Partial<Pick<postgres.Sql, 'begin' | 'listen'>>

export interface OpenDatabase {
  db: Database
  /** The pool beneath `db`. */
  sql: postgres.Sql
  /** Options of node-postgres, which pg-boss brings. Stop it before `close`. */
  bossConnection: DatabaseAddress
  /** For people; never holds a password. */
  where: string
  /** Statements share the sessions of a pooler: they carry no name, and nothing of a session outlives a transaction. */
  pooled: boolean
  /** Ends the pool, and the embedded server when nobody else uses it. A second call waits for the first. */
  close(): Promise<void>
}

interface DatabaseOptions {
  /** Any PostgreSQL 15 or newer, or a pooler before one; without it one of our own runs in `dataDir`. */
  databaseUrl: string | undefined
  /** The same database without a pooler, for what needs a session: migrations, notices, the job queue. */
  directUrl?: string | undefined
  dataDir: string
  poolSize?: number
  /** Bring the tables up to date first (by default). */
  migrate?: boolean
}

const migrationsFolder = join(rootDir, 'drizzle', 'migrations')

/**
 * Opens the database that `databaseUrl` names, or the embedded one of `dataDir`, and brings its tables up to date. One
 * that goes away meanwhile, as it does when it is started again, is waited for. Throws an InputError when the address cannot be read and a StartError, one sentence, when there is no way to go on.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { databaseUrl, directUrl, dataDir, migrate = true } = options
  const direct = directUrl ? await openNamed(directUrl, 'DATABASE_DIRECT_URL') : undefined
  const server = databaseUrl
    ? await openNamed(databaseUrl, 'DATABASE_URL')
    : await openEmbedded(join(dataDir, 'postgres'))
  const itself = direct ?? server
  let pooled: boolean
  try {
    pooled = await untilBack(() => prepare(server, direct, migrate))
  } catch (error) {
    await server.close()
    throw connectionFault(error, itself)
  }
  const sql = connect(server.address, { max: options.poolSize ?? 10, pooled })
  const listener = pooled ? connect(itself.address, { max: 1, pooled: false }) : sql
  if (pooled) sql.listen = listener.listen
  let closing: Promise<void> | undefined
  const close = async () => {
    await Promise.all([sql.end({ timeout: 5 }), listener.end({ timeout: 5 })])
    await server.close()
  }
  return {
    db: drizzleOn(sql, sql),
    sql,
    bossConnection: itself.address,
    where: server.where,
    pooled,
    close: () => (closing ??= close()),
  }
}

/** Drizzle over a pool, or over a transaction that the pool began. It wants the pool's options, which a transaction does not carry. */
export function drizzleOn(sql: Sql, pool: Sql): Database {
  const { options } = pool as postgres.Sql
  return drizzle(Object.assign(sql, { options }) as postgres.Sql, { casing: 'snake_case' })
}

type OpenServer = NamedServer & { close(): Promise<void> }

async function openNamed(url: string, variable: DatabaseVariable): Promise<OpenServer> {
  const { socket, ...server } = readDatabaseUrl(url, variable)
  try {
    await probeServer(socket)
  } catch (error) {
    throw connectionFault(error, server)
  }
  return { ...server, close: async () => {} }
}

async function openEmbedded(folder: string): Promise<OpenServer> {
  const { host, port, user, database, where, close } = await openEmbeddedPostgres({ folder })
  return { address: { host, port, user, database }, where, variable: 'DATABASE_URL', close }
}

/**
 * Looks at the server and brings the tables up to date, on a connection that ends with that: a pool learns the types of a
 * database once, when it first connects, and must find those that migrations make. Returns whether it is reached through
 * a pooler.
 */
async function prepare(server: NamedServer, direct: NamedServer | undefined, migrate: boolean): Promise<boolean> {
  const sql = connect((direct ?? server).address, { max: 1, pooled: true })
  try {
    const pooled = await isPooled(sql, { server, direct, aSession: migrate })
    if (migrate) await bringUpToDate(sql)
    return pooled
  } finally {
    await sql.end({ timeout: 5 }) // ends the session, and the lock of migrations with it
  }
}

/**
 * Applies the migrations that the database lacks, one process at a time, under a lock that ends with the session; one query
 * when it lacks none.
 * Throws a StartError when a newer version of the program has changed the tables.
 */
async function bringUpToDate(sql: postgres.Sql): Promise<void> {
  const newest = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0
  const applied = await lastApplied(sql)
  if (applied === newest) return
  if (applied > newest) {
    throw new StartError(
      'The database was written by a newer version of VLM Arena: start that version, or name another database.',
    )
  }
  for (const name of Object.keys(timeouts)) await sql`select set_config(${name}, '0', false)`
  await sql`select pg_advisory_lock(${locks.migrations})`
  await applyMigrations(drizzle(sql), { migrationsFolder })
}

/** When the last applied migration was made, in milliseconds since 1970; 0 in a database without tables. */
async function lastApplied(sql: postgres.Sql): Promise<number> {
  const [table] = await sql<
    { known: boolean }[]
  >`select to_regclass('drizzle.__drizzle_migrations') is not null as known`
  if (!table?.known) return 0
  const [row] = await sql<{ at: string | null }[]>`select max(created_at) as at from drizzle.__drizzle_migrations`
  return Number(row?.at ?? 0)
}
