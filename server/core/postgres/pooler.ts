import type postgres from 'postgres'
import { locks } from '../locks.ts'
import { StartError } from '../problem.ts'
import { connect, timeouts } from './connect.ts'
import { connectionFault, versionFault, type NamedServer, type ServerVersion } from './database-url.ts'

const directWanted =
  'set DATABASE_DIRECT_URL to the address of PostgreSQL itself, for migrations, notices and the job queue.'

interface Session {
  pooled: boolean
  /** The same for two sessions of one database only. */
  database: string
}

/**
 * Whether statements to `server` go through a pooler, as a session that needs no pooler sees it: of `direct`, or of
 * `server` where that is all there is. Where they do, our time limits are kept by the database. Throws a StartError where
 * a pooler stands in the way of what the caller needs (`aSession`), and where the two are not one database.
 */
export async function isPooled(
  sql: postgres.Sql,
  { server, direct, aSession }: { server: NamedServer; direct: NamedServer | undefined; aSession: boolean },
): Promise<boolean> {
  const behind = await sessionOf(sql, direct ?? server)
  if (behind.pooled && (direct || aSession)) {
    throw new StartError(`${(direct ?? server).where} is reached through a pooler: ${directWanted}`)
  }
  if (!direct) return behind.pooled
  const through = connect(server.address, { max: 1, pooled: true })
  try {
    const { pooled, database } = await sessionOf(through, server)
    if (database !== behind.database) {
      throw new StartError(
        `DATABASE_URL and DATABASE_DIRECT_URL lead to two databases: ${server.where} and ${direct.where}.`,
      )
    }
    if (pooled) await limitTimes(sql)
    return pooled
  } catch (error) {
    throw connectionFault(error, server)
  } finally {
    await through.end({ timeout: 5 })
  }
}

/**
 * What a session is in. A pooler hands out a process number of its own when a session begins, which is not that of the
 * process that answers.
 */
async function sessionOf(sql: postgres.Sql, { where }: NamedServer): Promise<Session> {
  const rows = await sql<(ServerVersion & { pid: number; database: string })[]>`
    select version() as words, current_setting('server_version_num')::int as number, pg_backend_pid() as pid,
      current_database() || ' since ' || pg_postmaster_start_time() as database`
  const [row] = rows
  const fault = row ? versionFault(row) : 'says nothing of its version.'
  if (fault !== undefined) throw new StartError(`${where} ${fault}`)
  return { pooled: row!.pid !== rows.state.pid, database: row!.database }
}

/** Has the sessions of our user in this database begin with our time limits: through a pooler nobody can set them. */
async function limitTimes(sql: postgres.Sql): Promise<void> {
  for (const [name, limit] of Object.entries(timeouts)) {
    const [needed] = await sql<{ command: string }[]>`
      select format('alter role %I in database %I set %I = %L', current_user, current_database(), name, ${limit}::text) as command
      from pg_settings where name = ${name} and reset_val <> ${limit}::text`
    if (!needed) continue
    await sql`select pg_advisory_lock(${locks.migrations})` // two at once would be in each other's way
    await sql.unsafe(needed.command)
  }
}
