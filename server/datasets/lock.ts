import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import { InputError } from '../core/problem.ts'
import { writeWhole } from '../core/whole-file.ts'
import type { Task } from './catalogue.ts'

/** One file as the hub describes it; large ones have a SHA-256, others the SHA-1 that git gives a blob. */
const LockedFile = z.object({
  path: z.string(),
  size: z.number().int().nonnegative(),
  hash: z.string().regex(/^(sha256:[0-9a-f]{64}|git-sha1:[0-9a-f]{40})$/),
})
export type LockedFile = z.infer<typeof LockedFile>

const LockedSplit = z.object({
  /** Owner and name on the hub; null where the files came from a local folder. */
  repo: z.string().nullable(),
  /** The commit on the hub; else the SHA-256 over names and contents. */
  revision: z.string(),
  files: z.array(LockedFile),
})
export type LockedSplit = z.infer<typeof LockedSplit>

/** What was pulled of each split of a benchmark, or is to be: written before the first byte is fetched. */
const Lock = z.object({ splits: z.record(z.string(), LockedSplit) })
type Lock = z.infer<typeof Lock>

/** Beside the folder with the data, so that the folder holds nothing but data. */
function lockPath({ dataDir }: Pick<Config, 'dataDir'>, benchmarkId: string): string {
  return join(dataDir, 'datasets', `${benchmarkId}.lock.json`)
}

/** The lock of a benchmark; one without splits when nothing was pulled. Throws InputError when the file is damaged. */
export async function readLock(config: Pick<Config, 'dataDir'>, benchmarkId: string): Promise<Lock> {
  const path = lockPath(config, benchmarkId)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { splits: {} }
    throw error
  }
  try {
    return Lock.parse(JSON.parse(text))
  } catch (cause) {
    throw new InputError(`${path} is damaged. Delete it, then pull ${benchmarkId} again; files that fit are kept.`, {
      cause,
    })
  }
}

/** Writes what one split is made of, leaving the other splits as they are. */
export async function writeLock(config: Pick<Config, 'dataDir'>, task: Task, split: LockedSplit): Promise<void> {
  const { splits } = await readLock(config, task.benchmark.id)
  const text = JSON.stringify({ splits: { ...splits, [task.split]: split } } satisfies Lock, null, 2)
  await writeWhole(lockPath(config, task.benchmark.id), `${text}\n`)
}

/** What became of a file since it was pulled. */
type FileState = 'right' | 'missing' | 'damaged'

/** Reads the whole file to say whether its bytes are the right ones. */
export async function stateOfFile(path: string, { size, hash }: LockedFile): Promise<FileState> {
  const found = await sizeOf(path)
  if (found === null) return 'missing'
  return found === size && (await hashOfFile(path, algorithmOf(hash))) === hash ? 'right' : 'damaged'
}

/** Bytes of a file; null when there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null
}

type Algorithm = 'sha256' | 'git-sha1'

function algorithmOf(hash: string): Algorithm {
  return hash.startsWith('sha256:') ? 'sha256' : 'git-sha1'
}

/** The hash of a file's content, under the name of its algorithm: `sha256:…`, or `git-sha1:…` as git hashes a blob. */
export async function hashOfFile(path: string, algorithm: Algorithm = 'sha256'): Promise<string> {
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1')
  if (algorithm === 'git-sha1') hash.update(`blob ${await sizeOf(path)}\0`)
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) hash.update(chunk)
  })
  return `${algorithm}:${hash.digest('hex')}`
}
