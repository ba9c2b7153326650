import { connect } from 'node:net'
import { join } from 'node:path'
import { InputError, Problem, StartError } from '../problem.ts'

const example = 'postgres://user:password@host:5432/database'

/** How any client reaches the database: a host (a folder for a Unix socket) with its names, or a connection string. */
export type DatabaseAddress =
  { host: string; port: number; user: string; database: string; password?: string } | { connectionString: string }

/**
 * A server that DATABASE_URL names: its address for both drivers, the socket it listens on, and its name for people,
 * without the password.
 */
interface DatabaseServer {
  address: DatabaseAddress
  socket: { host: string; port: number } | { path: string }
  where: string
  variable: DatabaseVariable
}

/** The variables that name a database. */
export type DatabaseVariable = 'DATABASE_URL' | 'DATABASE_DIRECT_URL'

/**
 * Reads the address in such a variable. A Unix socket is written as libpq has it: `postgres://user@/database?host=/folder`, or the folder percent-encoded in the host's place.
 * Throws an InputError that never repeats the value.
 */
export function readDatabaseUrl(text: string, variable: DatabaseVariable = 'DATABASE_URL'): DatabaseServer {
  const whole = text.replace(/^([a-z]+:\/\/[^/?]*@)(?=[/?])/, '$1localhost') // no host at all is libpq's way, not a URL's
  const url = URL.parse(whole)
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hash) {
    throw new InputError(
      `${variable} does not read as ${example} (a password's special characters are written as %23 and the like).`,
    )
  }
  const database = decodeURIComponent(url.pathname.slice(1))
  const host = url.searchParams.get('host') ?? (decodeURIComponent(url.hostname) || 'localhost')
  const user = decodeURIComponent(url.username)
  const port = Number(url.port || url.searchParams.get('port') || 5432)
  const name = database || user
  if (!host.startsWith('/')) {
    const socket = { host: host.replace(/^\[(.*)\]$/, '$1'), port }
    return { address: { connectionString: whole }, socket, where: `PostgreSQL at ${host}:${port}/${name}`, variable }
  }
  if (!user) throw new InputError(`${variable} names no user: write it as ${example}.`)
  const password = url.password ? { password: decodeURIComponent(url.password) } : {}
  return {
    address: { host, port, user, database: name, ...password },
    socket: { path: join(host, `.s.PGSQL.${port}`) },
    where: `PostgreSQL at ${host}/${name}`,
    variable,
  }
}

/** The SSLRequest of PostgreSQL's protocol: its length, 8, and its code, 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * Checks that a PostgreSQL listens on the socket: it answers the SSLRequest with S, N or an error. The driver would
 * reconnect without end where something else hangs up. Throws an error with the code that `connectionFault` reads.
 */
export function probeServer(socket: DatabaseServer['socket'], timeoutMs = 10_000): Promise<void> {
  const connection = connect(socket)
  return new Promise<void>((resolve, reject) => {
    const refuse = (code: string) => reject(Object.assign(new Error(code), { code }))
    connection.setTimeout(timeoutMs, () => refuse('CONNECT_TIMEOUT'))
    connection.once('connect', () => connection.write(sslRequest))
    connection.once('data', (reply) => (/^[SNE]/.test(String(reply)) ? resolve() : refuse('NO_POSTGRES')))
    connection.once('end', () => refuse('NO_POSTGRES'))
    connection.once('error', reject)
  }).finally(() => connection.destroy())
}

/** What a server says of itself: `version()`, and `server_version_num` (150004 for 15.4). */
export interface ServerVersion {
  words: string
  number: number
}

/** The oldest major version whose SQL our migrations and queries keep to. */
const oldestVersion = 15

/** Why a server is not one we can use, to follow its name in a sentence; `undefined` when it is. */
export function versionFault({ words, number }: ServerVersion): string | undefined {
  const version = Math.floor(number / 10_000)
  const needed = `set DATABASE_URL to a PostgreSQL ${oldestVersion} or newer.`
  if (!words.startsWith('PostgreSQL ')) return `is ${words.split(' ')[0]}: ${needed}`
  return version < oldestVersion ? `is version ${version}: ${needed}` : undefined
}

/** A server that can be connected to, its name for people, and the variable that led to it. */
export type NamedServer = Pick<DatabaseServer, 'address' | 'where' | 'variable'>

/** Turns what a driver throws while a database is opened into a StartError of one sentence. Other errors pass unchanged. */
export function connectionFault(error: unknown, { where, variable }: Pick<NamedServer, 'where' | 'variable'>): unknown {
  if (error instanceof StartError || error instanceof Problem) return error
  const { code = '', message } = unwrapped(error)
  const reason = reasonFor(code, message)?.replaceAll('DATABASE_URL', variable)
  return reason === undefined ? error : new StartError(`${where} ${reason}`)
}

/** Drizzle wraps the driver's error in one that repeats the whole statement. */
function unwrapped(error: unknown): Error & { code?: string } {
  const fault = error as Error & { code?: string }
  return fault.code === undefined && fault.cause instanceof Error ? unwrapped(fault.cause) : fault
}

function reasonFor(code: string, message: string): string | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a host name that nobody knows: check the host in DATABASE_URL.'
    case 'ECONNREFUSED':
    case 'ENOENT':
      return 'does not answer, no server listens there: check the host and port in DATABASE_URL, and that the server runs.'
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached: check the host and port in DATABASE_URL, and the network between.'
    case 'NO_POSTGRES':
    case 'CONNECTION_CLOSED':
    case 'ECONNRESET':
    case 'EPIPE':
      return 'does not speak as a PostgreSQL does: check that the host and port in DATABASE_URL are those of a PostgreSQL.'
    case '28P01':
    case '28000':
      return 'refuses the user or password: check both in DATABASE_URL.'
    case '3D000':
      return 'has no database of that name: create it, or correct the name in DATABASE_URL.'
    case '53300':
      return 'has no connection left: end some, or raise its max_connections.'
    case '53100':
      return 'has no space left on its disk: free some, then start again.'
    case '57P03':
      return 'is still starting or already stopping: try again in a moment.'
    case '42501':
      return `does not let this user make tables (${message}): grant it, or name another user in DATABASE_URL.`
    default:
      return /^[0-9A-Z]{5}$/.test(code) ? `cannot be used (${message}).` : undefined
  }
}
