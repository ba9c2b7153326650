import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import { InputError } from '../core/problem.ts'
import { writeWhole } from '../core/whole-file.ts'
import type { LocalFiles } from './data-files.ts'
import type { Found, Look, StateOnDisk } from './look-at-files.ts'

/** The files of a data set while something is read from them. Closed when nobody looks any more. */
export interface WatchedFiles {
  /** A hash over names, sizes, inodes and moments of change, as git's index has it, when it was first asked for. */
  state(): Promise<string>
  /** Their revision, for which they are read only where their state is new. Throws what `tell` throws. */
  revision(): Promise<string>
  /** Whether they are still in the state that they were in when it was first asked for. */
  unchanged(): Promise<boolean>
  close(): Promise<void>
}

interface WatchOptions {
  /** What the revision depends on beside the files. */
  basis?: unknown
  /** Reads the files and says their revision; SHA-256 over names and contents when left out. */
  tell?: () => Promise<string>
}

/** Revisions by the state of the files that they are of. */
const known = new LRUCache<string, string>({ max: 100 })

/** A file that changed less than this long ago could change again within one tick of its file system's clock. */
const settledMs = 2_000

/** Watches files from a thread of its own, which begins with the first question. */
export function watchFiles(
  { dataDir }: Pick<Config, 'dataDir'>,
  files: Pick<LocalFiles, 'root' | 'onDisk'>,
  { basis = null, tell }: WatchOptions = {},
): WatchedFiles {
  let looking: Worker | undefined
  let first: Promise<StateOnDisk & { begun: number }> | undefined
  let told: Promise<string> | undefined
  const look = async <Result>(what: Look) => {
    looking ??= new Worker(new URL('./look-at-files.ts', import.meta.url), {
      workerData: { root: files.root, names: files.onDisk, basis },
    })
    return (await answerOf(looking, what)) as Result
  }
  const atFirst = () => (first ??= withTime(() => look<StateOnDisk>('state')))
  const find = async () => {
    const { state, changedMs, begun } = await atFirst()
    await recall(dataDir)
    const revision = known.get(state) ?? (await (tell?.() ?? look<string>('hash')))
    if (begun - changedMs >= settledMs && known.get(state) !== revision) await remember(dataDir, state, revision)
    return revision
  }
  return {
    state: async () => (await atFirst()).state,
    revision: () => (told ??= find()),
    unchanged: async () => (await look<StateOnDisk>('state')).state === (await atFirst()).state,
    async close() {
      await looking?.terminate()
    },
  }
}

async function withTime(look: () => Promise<StateOnDisk>) {
  const begun = Date.now()
  return { ...(await look()), begun }
}

function answerOf(looking: Worker, what: Look): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const onMessage = (found: Found) => ('fault' in found ? reject(vanished(found.fault)) : resolve(found.result))
  looking.once('message', onMessage).once('error', reject)
  looking.postMessage(what)
  return promise.finally(() => looking.off('message', onMessage).off('error', reject))
}

const vanished = (fault: string) => new InputError(`The data changed while it was looked at: ${fault}`)

const Kept = z.array(z.tuple([z.string(), z.string()]))
const keptPath = (dataDir: string) => join(dataDir, 'known-revisions.json')
const recalled = new Set<string>()

/** What earlier processes found out; a file that cannot be read is as good as none. */
async function recall(dataDir: string): Promise<void> {
  if (recalled.has(dataDir)) return
  recalled.add(dataDir)
  const text = await readFile(keptPath(dataDir), 'utf8').catch(() => '[]')
  const kept = Kept.safeParse(parsed(text))
  for (const [state, revision] of kept.data ?? []) known.set(state, revision)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return []
  }
}

/**
 * Two processes that remember at once: the later one wins, and the other's data is read once more. So is all data where
 * the folder cannot be written.
 */
async function remember(dataDir: string, state: string, revision: string): Promise<void> {
  known.set(state, revision)
  await writeWhole(keptPath(dataDir), JSON.stringify([...known.entries()].toReversed())).catch(() => {})
}
