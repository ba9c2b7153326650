import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from './context.ts'
import { patienceOf } from './postgres/patience.ts'
import { InputError } from './problem.ts'

/**
 * Has `write` make a file beside its place, at the path that it is given, and then renames it: it is there whole or not
 * at all. A failure leaves nothing behind, and what had the name stays. Returns what `write` returns.
 */
export async function writeAside<Result>(path: string, write: (aside: string) => Promise<Result>): Promise<Result> {
  const aside = `${path}.${randomUUID()}.part`
  try {
    const result = await write(aside)
    await rename(aside, path)
    return result
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

/** Writes a whole file into a folder of ours, which is made when it is missing. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeAside(path, (aside) => writeFile(aside, content))
}

/** As `writeAside`, for a place that a person named. Throws InputError when nothing can be written there. */
export async function writeNamedFile<Result>(path: string, write: (aside: string) => Promise<Result>): Promise<Result> {
  try {
    return await writeAside(path, write)
  } catch (cause) {
    const { code = '', path: place } = cause as NodeJS.ErrnoException
    const reason = place?.startsWith(path) && refusals[code]
    if (!reason) throw cause
    throw new InputError(`${path} cannot be written: ${reason}. Name another place.`, { cause })
  }
}

const refusals: Record<string, string> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'nothing may be written there',
}

const bufferedUnits = 64 * 1024

/** Opens a text file that `work` writes piece by piece; when it returns, the text is on the disk. */
export async function writeText<Result>(
  path: string,
  work: (write: (text: string) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  await using file = await open(path, 'w')
  let pending = ''
  const flush = async () => {
    await file.writeFile(pending)
    pending = ''
  }
  const result = await work(async (text) => {
    pending += text
    if (pending.length >= bufferedUnits) await flush()
  })
  await flush()
  await file.sync()
  return result
}

const lookEveryMs = 1_000

/** Whether a file could not be written because its disk, or the share of it that this user has, is full. */
export function isNoRoom(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/**
 * Writes into a folder again, once a second, until its disk has room: for a patient context, which waits for its database
 * likewise, until that is to end. Any other throws at once. `work` must leave nothing half done.
 */
export async function untilRoom<Result>(ctx: Context, folder: string, work: () => Promise<Result>): Promise<Result> {
  const patience = patienceOf(ctx)
  for (let told = false; ; told = true) {
    try {
      const result = await work()
      if (told) ctx.log.warn(`The disk that holds ${folder} has room again`)
      return result
    } catch (error) {
      if (!isNoRoom(error) || !patience || patience.ending?.aborted) throw error
      if (!told) {
        ctx.log.warn(
          `The disk that holds ${folder} is full: free some space; everything goes on by itself when there is room`,
        )
      }
      await pause(lookEveryMs, undefined, patience.ending && { signal: patience.ending }).catch(() => {})
    }
  }
}
