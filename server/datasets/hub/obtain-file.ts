import { constants } from 'node:fs'
import { copyFile, mkdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '#server/core/config.ts'
import { waitOut } from '#server/core/http/waits.ts'
import { InputError, StartError } from '#server/core/problem.ts'
import type { Hub } from './hub.ts'
import { cachedPath } from './cache.ts'
import { sizeOf, stateOfFile, type LockedFile, type LockedSplit } from '../lock.ts'

/**
 * Leaves one file, its hash checked, in the folder for unfinished ones and says where. Told on the way: how much of the
 * file is there, and how many bytes of it came over the network just now.
 */
export type Obtain = (file: LockedFile, onBytes: (ofFile: number, fetched: number) => void) => Promise<string>

/**
 * Obtains files one after the other and puts each under its own path in a folder. Told on the way: how much of all of them
 * is there, and how many bytes came over the network just now. Throws what `obtain` throws, and what the signal was aborted with.
 */
export async function putInPlace(
  folder: string,
  files: LockedFile[],
  obtain: Obtain,
  signal: AbortSignal,
  onBytes: (file: LockedFile, here: number, fetched: number) => void,
): Promise<void> {
  let before = 0
  for (const file of files) {
    const unfinished = await obtain(file, (ofFile, fetched) => onBytes(file, before + ofFile, fetched))
    signal.throwIfAborted()
    await mkdir(dirname(join(folder, file.path)), { recursive: true })
    await rename(unfinished, join(folder, file.path))
    before += file.size
    onBytes(file, before, 0)
  }
}

export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`

/** Throws StartError in these words where the disk of the data folder has less room than is needed. */
export async function refuseWithoutRoom(
  dataDir: string,
  neededBytes: number,
  words: (left: string) => string,
): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const { bavail, bsize } = await statfs(dataDir)
  if (neededBytes > bavail * bsize)
    throw new StartError(words(`the disk of ${dataDir} has ${gigabytes(bavail * bsize)} left`))
}

/** Unfinished files are named after the hash they will have: any later pull may go on with them. */
const unfinishedPath = (partial: string, { hash }: LockedFile) => join(partial, `${hash.replace(':', '-')}.part`)

/** Takes files from another program's cache on this machine where it has them, else from the hub. */
export function obtainFromHub(
  config: Pick<Config, 'hub'>,
  { repo, revision: commit }: LockedSplit,
  hub: Hub | null,
  partial: string,
  options: { signal: AbortSignal; onNote?: (words: string) => void },
): Obtain {
  return async (file, onBytes) => {
    const place = unfinishedPath(partial, file)
    const cached = cachedPath(config, repo!, commit, file.path)
    if ((await stateOfFile(cached, file)) === 'right') {
      await copyFile(cached, place, constants.COPYFILE_FICLONE)
      return place
    }
    if (!hub) {
      throw new InputError(
        `HF_HUB_OFFLINE is set, and ${file.path} of ${repo} is neither here nor in ${config.hub.home}. Unset it and pull again.`,
      )
    }
    await download(hub, `${repo}`, commit, file, place, onBytes, options)
    if ((await stateOfFile(place, file)) === 'right') return place
    await rm(place)
    throw new StartError(
      `${file.path} came from ${config.hub.url} with other bytes than its hash says; nothing of it is kept. Pull again, or name another mirror with HF_ENDPOINT.`,
    )
  }
}

/** Tries in a row without progress before a download is given up. */
const mostStalledTries = 3

/** Downloads what the unfinished file lacks, and goes on where the connection broke as long as each try brings something. */
async function download(
  hub: Hub,
  repo: string,
  commit: string,
  file: LockedFile,
  place: string,
  onBytes: (ofFile: number, fetched: number) => void,
  { signal, onNote }: { signal: AbortSignal; onNote?: (words: string) => void },
): Promise<void> {
  let here = (await sizeOf(place)) ?? 0
  for (let stalled = 0; ;) {
    const begun = here
    try {
      await hub.download(repo, commit, file, place, (count) => onBytes((here += count), count))
      return
    } catch (error) {
      signal.throwIfAborted()
      if (isFinal(error)) throw error
      here = (await sizeOf(place)) ?? 0
      stalled = here > begun ? 0 : stalled + 1
      const reason = error instanceof Error ? error.message : String(error)
      if (stalled === mostStalledTries) throw broken(file, repo, reason, here)
      onNote?.(`${file.path}: ${reason.replace(/\.$/, '')}; going on from byte ${here}`)
      await waitOut(500 * stalled, signal)
    }
  }
}

/** Whether another try would not help: an answer of the hub in words, or a write that the disk refuses. */
function isFinal(error: unknown): boolean {
  if (error instanceof InputError || error instanceof StartError) return true
  return error instanceof Error && 'syscall' in error && error.syscall === 'write'
}

function broken({ path, size }: LockedFile, repo: string, reason: string, here: number): StartError {
  return new StartError(
    `The download of ${path} of ${repo} breaks off at byte ${here} of ${size} (${reason.replace(/\.$/, '')}). What came is kept: begin again.`,
  )
}

/** Copies files from a folder on this machine. */
export function obtainFromFolder(root: string, partial: string): Obtain {
  return async (file, onBytes) => {
    const place = unfinishedPath(partial, file)
    await copyFile(join(root, file.path), place, constants.COPYFILE_FICLONE)
    onBytes(file.size, 0)
    if ((await stateOfFile(place, file)) === 'right') return place
    await rm(place)
    throw new InputError(`${file.path} changed while it was copied. Pull it again when nobody writes to it.`)
  }
}
