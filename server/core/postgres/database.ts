import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import postgres from 'postgres'
import { rootDir } from '../config.ts'
import { connectionFault, probeServer, readDatabaseUrl, versionFault } from './database-url.ts'
import type { DatabaseAddress, ServerVersion } from './database-url.ts'
import { openEmbeddedPostgres } from './embedded.ts'
import { locks } from '../locks.ts'
import { StartError } from '../problem.ts'
import { surviveLostConnections, untilBack } from './outage.ts'

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
  /** Ends the pool, and the embedded server when nobody else uses it. A second call waits for the first. */
  close(): Promise<void>
}

interface DatabaseOptions {
  /** Any PostgreSQL 15 or newer; without it one of our own runs in `dataDir`. */
  databaseUrl: string | undefined
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
  const server = await (options.databaseUrl
    ? openNamed(options.databaseUrl)
    : openEmbedded(join(options.dataDir, 'postgres')))
  try {
    await untilBack(() => prepare(server, options.migrate ?? true))
  } catch (error) {
    await server.close()
    throw connectionFault(error, server.where)
  }
  const sql = connect(server.address, { max: options.poolSize ?? 10 })
  let closing: Promise<void> | undefined
  const close = async () => {
    await sql.end({ timeout: 5 })
    await server.close()
  }
  return {
    db: drizzleOn(sql, sql),
    sql,
    bossConnection: server.address,
    where: server.where,
    close: () => (closing ??= close()),
  }
}

/** Drizzle over a pool, or over a transaction that the pool began. It wants the pool's options, which a transaction does not carry. */
export function drizzleOn(sql: Sql, pool: Sql): Database {
  const { options } = pool as postgres.Sql
  return drizzle(Object.assign(sql, { options }) as postgres.Sql, { casing: 'snake_case' })
}

async function openNamed(databaseUrl: string) {
  const { address, socket, where } = readDatabaseUrl(databaseUrl)
  try {
    await probeServer(socket)
  } catch (error) {
    throw connectionFault(error, where)
  }
  return { address, where, close: async () => {} }
}

async function openEmbedded(folder: string) {
  const { host, port, user, database, where, close } = await openEmbeddedPostgres({ folder })
  return { address: { host, port, user, database }, where, close }
}

/** Times in milliseconds. A query that takes longer is a mistake; whoever needs more sets it inside a transaction. */
const timeouts = { statement_timeout: 60_000, lock_timeout: 10_000, idle_in_transaction_session_timeout: 60_000 }

/** Between tries to connect again; the driver's own way waits up to 20 s, also when the server is back. */
const secondsToReconnect = 0.1

function connect(address: DatabaseAddress, options: { max: number; untimed?: boolean }): postgres.Sql {
  surviveLostConnections()
  const own = {
    max: options.max,
    connect_timeout: 10,
    backoff: () => secondsToReconnect,
    onnotice: () => {},
    connection: { application_name: 'vlm-arena', TimeZone: 'UTC', ...(options.untimed ? {} : timeouts) },
  }
  return 'connectionString' in address ? postgres(address.connectionString, own) : postgres({ ...own, ...address })
}

/**
 * Looks at the server and brings the tables up to date, on a connection that ends with that: a pool learns the types of a
 * database once, when it first connects, and must find those that migrations make.
 */
async function prepare(
  { address, where }: { address: DatabaseAddress; where: string },
  migrate: boolean,
): Promise<void> {
  const sql = connect(address, { max: 1, untimed: true })
  try {
    await checkServer(sql, where)
    if (migrate) await bringUpToDate(sql)
  } finally {
    await sql.end({ timeout: 5 }) // ends the session, and the lock of migrations with it
  }
}

async function checkServer(sql: postgres.Sql, where: string): Promise<void> {
  const [server] = await sql<ServerVersion[]>`
    select version() as words, current_setting('server_version_num')::int as number`
  const fault = server ? versionFault(server) : 'says nothing of its version.'
  if (fault !== undefined) throw new StartError(`${where} ${fault}`)
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
