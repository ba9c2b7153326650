import { open, rename, rm } from 'node:fs/promises'
import { InputError } from '#server/core/problem.ts'

const bufferedUnits = 64 * 1024

/** A text file that is there whole or not at all: without `keep` nothing is left of it, and what had its name stays. */
export interface WholeFile extends AsyncDisposable {
  write(text: string): Promise<void>
  /** Gives it its name, if the check of what was written (by its path so far) does not throw. */
  keep(check?: (path: string) => Promise<void>): Promise<void>
}

/** Begins a file beside its final name. Throws InputError when it cannot be made there. */
export async function openWholeFile(path: string): Promise<WholeFile> {
  const part = `${path}.part-${process.pid}`
  const file = await open(part, 'w').catch((cause: unknown) => {
    throw new InputError(`${path} cannot be written (${(cause as Error).message}). Name another place.`, { cause })
  })
  let pending = ''
  let kept = false
  const flush = async () => {
    await file.writeFile(pending)
    pending = ''
  }
  return {
    async write(text) {
      pending += text
      if (pending.length >= bufferedUnits) await flush()
    },
    async keep(check) {
      await flush()
      await file.sync()
      await file.close()
      await check?.(part)
      await rename(part, path)
      kept = true
    },
    async [Symbol.asyncDispose]() {
      if (kept) return
      await file.close().catch(() => {})
      await rm(part, { force: true })
    },
  }
}
