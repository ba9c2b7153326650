import { setTimeout as pause } from 'node:timers/promises'
import { DrizzleQueryError } from 'drizzle-orm'

/** The code of a driver's or a database's error; Drizzle wraps it in one that repeats the whole statement. */
function codeOf(error: unknown): string {
  if (error instanceof DrizzleQueryError) return codeOf(error.cause)
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  if (typeof code !== 'string') return ''
  return code === 'ENOENT' && syscall !== 'connect' ? '' : code
}

/** Whether the connection was lost or could not be made, or the server starts or stops (57P0x, class 08); not one that we closed. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error)
  const lost =
    /^(CONNECTION_CLOSED$|CONNECT_TIMEOUT$|ECONN|ENOENT$|EPIPE$|ETIMEDOUT$|EHOSTUNREACH$|ENETUNREACH$|EAI_AGAIN$|57P0[1-5]$|08\d{3}$)/
  return lost.test(code)
}

/** Whether the disk that the database is on is full (53100). */
export function isFullDisk(error: unknown): boolean {
  return codeOf(error) === '53100'
}

/** Whether a statement failed for a reason that passes by itself: the database is away, full, or has no connection left (53300). */
export function isOutage(error: unknown): boolean {
  return isConnectionLoss(error) || isFullDisk(error) || codeOf(error) === '53300'
}

const backWithinMs = 10_000

/**
 * Does the work again while the connection is lost on the way, for ten seconds; then throws what stopped it last. `work`
 * must leave nothing half done.
 */
export async function untilBack<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + backWithinMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isConnectionLoss(error) || performance.now() > deadline) throw error
      await pause(100)
    }
  }
}

let surviving = false

/**
 * Keeps the process when a connection is lost while the driver learns the types of a database on it: the driver awaits
 * that nowhere, and the query that wanted the connection fails by itself. Any other promise that nobody awaits ends the
 * process as ever.
 */
export function surviveLostConnections(): void {
  if (surviving) return
  surviving = true
  process.on('unhandledRejection', (error) => {
    if (!isConnectionLoss(error)) throw error
  })
}
