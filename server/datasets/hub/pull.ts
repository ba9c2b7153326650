import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HubCopy } from '#benchmarks/benchmark.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withLock } from '#server/core/postgres/process-lock.ts'
import type { Task } from '../catalogue.ts'
import { hashFilesEach, openDataFiles } from '../data-files.ts'
import { openHub, type Hub } from './hub.ts'
import { cachedCommit, listCached } from './cache.ts'
import { readLock, stateOfFile, writeLock, type LockedFile, type LockedSplit } from '../lock.ts'
import {
  gigabytes,
  obtainFromFolder,
  obtainFromHub,
  putInPlace,
  refuseWithoutRoom,
  type Obtain,
} from './obtain-file.ts'
import { partInWords, partOf } from '../parts.ts'
import { layoutOf, splitFolder } from '../service.ts'

type PullContext = Pick<Context, 'config' | 'egress'>

/** How far a pull is, in bytes over all files of the split. */
export interface PullProgress {
  file: string
  doneBytes: number
  totalBytes: number
  /** What came over the network since the pull began. */
  fetchedBytes: number
}

export interface PullOptions {
  /** Branch, tag or commit to take instead of the one in the lock file. */
  revision?: string
  signal: AbortSignal
  onProgress?: (progress: PullProgress) => void
  /** One sentence on what takes its time or went wrong on the way. */
  onNote?: (words: string) => void
}

/** What of a split is here now. */
export interface Pulled extends LockedSplit {
  folder: string
  bytes: number
  fetchedBytes: number
  /** What a folder held of the split, in words, where that was not all of it. */
  partial?: string
}

/**
 * Fetches the files of one split from the hub, those that are not here yet. The first pull writes the commit to the lock
 * file and every later one keeps to it. A file gets its name once its hash is right; until then it lies in
 * `datasets/.partial/`, where the next pull goes on with it. Throws one sentence that says what to do.
 */
export async function pullSplit(ctx: PullContext, task: Task, options: PullOptions): Promise<Pulled> {
  const copy = task.benchmark.hub
  if (!copy || !(task.split in copy.splits)) throw new InputError(byHandWords(ctx, task))
  const onWait = (seconds: number, reason: string) => options.onNote?.(`${reason}; trying again in ${seconds} s`)
  const hub = ctx.config.hub.offline ? null : openHub(ctx, { signal: options.signal, onWait })
  return whileNobodyElsePulls(ctx, task, async (partial) => {
    const split = await splitOnHub(ctx, task, copy, hub, options.revision)
    return put(ctx, task, split, obtainFromHub(ctx.config, split, hub, partial, options), options)
  })
}

/** Copies a split from a folder or a single file, after a look at what it holds. Throws InputError when that does not fit. */
export async function pullFrom(ctx: PullContext, task: Task, path: string, options: PullOptions): Promise<Pulled> {
  const local = await openDataFiles(path)
  await layoutOf(task, local)
  const part = await partOf(ctx, task, path)
  const split = { repo: null, ...(await hashFilesEach(local)) }
  const pulled = await whileNobodyElsePulls(ctx, task, (partial) =>
    put(ctx, task, split, obtainFromFolder(local.root, partial), options),
  )
  return part ? { ...pulled, partial: partInWords(part) } : pulled
}

/** Where to get a split that cannot be pulled, and where to put it. */
function byHandWords(ctx: Pick<Context, 'config'>, task: Task): string {
  const { benchmark, split } = task
  if (split === 'sample') return `The sample of ${benchmark.id} comes with the program; there is nothing to pull.`
  const source = benchmark.byHand ?? `See benchmarks/${benchmark.variantOf ?? benchmark.id}/README.md.`
  return `${benchmark.id} ${split} has no copy on the hub that can be pulled. ${source} Put the files, zips as they are, into ${splitFolder(ctx, task)}, or copy them there with --from PATH.`
}

/** The commit and files of a split: those of the lock file, else what the hub (offline: its cache) has. */
async function splitOnHub(
  { config }: PullContext,
  { benchmark, split }: Task,
  copy: HubCopy,
  hub: Hub | null,
  wanted: string | undefined,
): Promise<LockedSplit> {
  const { splits } = await readLock(config, benchmark.id)
  const locked = Object.values({ [split]: splits[split], ...splits }).find((known) => known?.repo === copy.repo)
  const name = wanted ?? locked?.revision ?? copy.revision ?? 'main'
  const isCommit = /^[0-9a-f]{40}$/.test(name)
  const resolve = () => (hub ? hub.resolve(copy.repo, name) : cachedCommit(config, copy.repo, name))
  const revision = isCommit ? name : await resolve()
  const known = splits[split]
  if (known && known.repo === copy.repo && known.revision === revision) return known
  const list = () => (hub ? hub.list(copy, split, revision!) : listCached(config, copy, split, revision!))
  const files = revision ? await list() : []
  if (revision && files.length > 0) return { repo: copy.repo, revision, files }
  const what = `${copy.repo} ${copy.splits[split]} at ${revision ?? name}`
  throw new InputError(
    hub
      ? `${config.hub.url} has no Parquet files of ${what}. Name another revision with --revision.`
      : `HF_HUB_OFFLINE is set, and ${config.hub.home} does not hold all of ${what}. Unset it, or name a folder with --from.`,
  )
}

/** Puts every file of a split into its place; what only an older pull of it had is removed. */
async function put(
  ctx: PullContext,
  task: Task,
  split: LockedSplit,
  obtain: Obtain,
  { onProgress, signal }: PullOptions,
): Promise<Pulled> {
  const folder = splitFolder(ctx, task)
  const before = (await readLock(ctx.config, task.benchmark.id)).splits[task.split]?.files.map(({ path }) => path) ?? []
  const missing: LockedFile[] = []
  for (const file of split.files) {
    const state = await stateOfFile(join(folder, file.path), file)
    if (state === 'damaged' && !before.includes(file.path)) throw new InputError(inTheWay(join(folder, file.path)))
    if (state !== 'right') missing.push(file)
  }
  await refuseWithoutRoom(
    ctx.config.dataDir,
    bytesOf(missing),
    (left) =>
      `${task.benchmark.id} ${task.split} takes ${gigabytes(bytesOf(missing))} and ${left}. Free some, or set ARENA_DATA.`,
  )
  await writeLock(ctx.config, task, split)
  const totalBytes = bytesOf(split.files)
  const known = totalBytes - bytesOf(missing)
  let fetchedBytes = 0
  await putInPlace(folder, missing, obtain, signal, (file, here, fetched) => {
    fetchedBytes += fetched
    onProgress?.({ file: file.path, doneBytes: known + here, totalBytes, fetchedBytes })
  })
  for (const path of before) {
    if (!split.files.some((file) => file.path === path)) await rm(join(folder, path), { force: true })
  }
  return { ...split, folder, bytes: totalBytes, fetchedBytes }
}

function inTheWay(path: string): string {
  return `${path} is there already, and it is another file than the one that belongs there. Move it away, then pull again.`
}

const bytesOf = (files: LockedFile[]) => files.reduce((sum, { size }) => sum + size, 0)

/** Two pulls of one benchmark would write into one file. */
async function whileNobodyElsePulls<Result>(
  { config }: PullContext,
  { benchmark }: Task,
  work: (partial: string) => Promise<Result>,
): Promise<Result> {
  const partial = join(config.dataDir, 'datasets', '.partial')
  await mkdir(partial, { recursive: true })
  return withLock(join(partial, `${benchmark.variantOf ?? benchmark.id}.pulling`), () => work(partial), 2_000)
}
