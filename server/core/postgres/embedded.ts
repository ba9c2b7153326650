import { mkdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { port, startFault, startServer, superuser } from './start.ts'
import type { StartOptions } from './start.ts'
import { readServerState, stopServer } from './state.ts'
import type { ReadyServer } from './state.ts'
import { untilBack } from './outage.ts'
import { StartError } from '../problem.ts'
import { isRunning, processName, withLock } from './process-lock.ts'

/** A running PostgreSQL of our own, reached through a socket in the folder `host` and by nobody else. */
interface EmbeddedPostgres {
  host: string
  port: number
  user: string
  database: string
  /** For people: where the data is, and the programs when they had to be copied. */
  where: string
  /** Stops the server, unless another process of ours still uses it. End your own connections first. */
  close(): Promise<void>
}

const login = { port, user: superuser, database: 'postgres' }

/**
 * Opens the PostgreSQL of a data folder: shares the server that already runs there (another process's, or one whose
 * process was killed) or makes the data and starts one. Opening and closing exclude each other across processes. A server
 * that dies while it is open is started again. Throws a StartError with one sentence when it cannot.
 */
export async function openEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const { folder } = options
  const lock = join(folder, 'lock')
  let server: ReadyServer
  let closing: Promise<void> | undefined
  const ensure = async (socketFolder?: string) =>
    (await readServerState(join(folder, 'data'))) ?? (await startServer({ ...options, socketFolder }))

  const revive = async (presence: postgres.Sql) => {
    while (!closing) {
      try {
        await withLock(lock, async () => {
          if (closing) return
          server = await ensure(server.socketFolder)
          await answer(presence)
        })
        return
      } catch {
        await sleep(1000, undefined, { ref: false }) // a full disk, say: queries fail until it is over
      }
    }
  }

  return explained(folder, async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const presence = await untilBack(() =>
      withLock(lock, async () => {
        server = await ensure()
        return announce(server, revive)
      }),
    )
    const close = () => withLock(lock, () => leave(server, presence))
    return {
      ...login,
      host: server.socketFolder,
      where: describe(server, folder),
      close: () => (closing ??= close()),
    }
  })
}

/** Turns what the file system refuses into one sentence. */
async function explained<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof StartError) throw error
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOSPC':
      case 'EDQUOT':
        throw startFault(folder, 'ENOSPC')
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
      case 'ENOTDIR':
      case 'EEXIST':
        throw new StartError(
          `The database cannot be kept in ${folder} (${(error as Error).message}): make that folder writable for this user, name another in ARENA_DATA, or set DATABASE_URL.`,
        )
      default:
        throw error
    }
  }
}

function describe(server: ReadyServer, folder: string): string {
  const home = dirname(server.data)
  const moved = home !== realpathSync(folder)
  return `embedded PostgreSQL in ${moved ? `${home} (the user nobody cannot enter ${folder})` : folder}`
}

const presencePrefix = 'vlm-arena presence '

/**
 * One connection per opening, named after the process and kept as long as it is open: the last to leave is the one that
 * finds no other. `lost` is called when the server drops it.
 */
async function announce(server: ReadyServer, lost: (presence: postgres.Sql) => Promise<void>): Promise<postgres.Sql> {
  let reviving: Promise<void> | undefined
  let announced = false
  const presence = postgres({
    ...login,
    host: server.socketFolder,
    max: 1,
    max_lifetime: null,
    connect_timeout: 30,
    onnotice: () => {},
    onclose: () => {
      if (announced) reviving ??= lost(presence).finally(() => (reviving = undefined))
    },
    connection: { application_name: presencePrefix + processName(process.pid) },
  })
  try {
    await answer(presence)
    announced = true
    return presence
  } catch (error) {
    await presence.end({ timeout: 1 })
    throw error
  }
}

/** Waits until the server answers; after a crash of one of its processes it recovers before it takes connections. */
async function answer(presence: postgres.Sql): Promise<void> {
  const deadline = performance.now() + 120_000
  for (;;) {
    try {
      await presence`select 1`
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '57P03' || performance.now() > deadline) throw error
      await sleep(50)
    }
  }
}

async function leave(server: ReadyServer, presence: postgres.Sql): Promise<void> {
  try {
    const rows = await presence<{ name: string }[]>`
      select application_name as name from pg_stat_activity
      where starts_with(application_name, ${presencePrefix}) and pid <> pg_backend_pid()`
    const others = rows.filter(({ name }) => isRunning(name.slice(presencePrefix.length)))
    if (others.length > 0) {
      // The name goes before the connection does: the next to leave must not count us while our backend still ends.
      await presence`set application_name = 'vlm-arena leaving'`
      return
    }
  } catch {
    // The server is gone, or going: stopping finds nothing to stop, or waits.
  } finally {
    await presence.end({ timeout: 1 })
  }
  await stopServer(server)
}
