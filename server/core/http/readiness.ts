import { statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../context.ts'

const answersWithinMs = 2_000
/** Less free than this, in bytes, and the next picture or vote may find no room. */
const leastRoom = 64 * 1024 * 1024

/**
 * Why this server cannot serve now, in words; undefined where it can. Asked anew each time, so that it comes back by
 * itself. `roomIn` gives the bytes that are free in a folder.
 */
export async function whyNotReady(
  { sql, config }: Pick<Context, 'sql' | 'config'>,
  roomIn: (folder: string) => Promise<number> = freeIn,
): Promise<string | undefined> {
  const gaveUp = new AbortController()
  const late = pause(answersWithinMs, 'late', { signal: gaveUp.signal, ref: false }).catch(() => 'late')
  const answer = await Promise.race([sql`select 1`.catch(() => 'away'), late])
  gaveUp.abort()
  if (typeof answer === 'string') return 'the database does not answer'
  const room = await roomIn(config.dataDir).catch(() => undefined)
  if (room === undefined) return 'the data folder cannot be read'
  if (room < leastRoom) return 'the disk of the data folder is full'
  return undefined
}

async function freeIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
