import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '#server/core/problem.ts'

/** Refuses a file that is there already, before any work is done for it. */
export function requireFree(path: string): void {
  if (existsSync(path)) throw new UsageError(`${path} exists already; name another file, or remove it first`)
}

/** Writes a stream to a file that is not there yet; a half-written one never bears its name. */
export async function writeNewFile(path: string, content: Readable): Promise<void> {
  const partial = `${path}.partial`
  try {
    await pipeline(content, createWriteStream(partial))
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UsageError(`${path} cannot be written: there is no such folder`, { cause: error })
    throw error
  }
}
