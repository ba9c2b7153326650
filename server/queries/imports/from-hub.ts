import { mkdir } from 'node:fs/promises'
import { extname, join, posix } from 'node:path'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { openHub } from '#server/datasets/hub/hub.ts'
import { gigabytes, obtainFromHub, putInPlace, refuseWithoutRoom } from '#server/datasets/hub/obtain-file.ts'
import { stateOfFile, type LockedFile } from '#server/datasets/lock.ts'
import { hubAddress, type HubSource } from './hub-source.ts'
import { pictureTypes, tableTypes } from './read-rows.ts'

interface FetchOptions {
  signal: AbortSignal
  /** Told on the way: bytes here, and bytes in all. */
  onBytes?: (here: number, total: number) => void
  /** One sentence on what takes its time or went wrong on the way. */
  onNote?: (words: string) => void
}

const mostFiles = 20_000
const mostBytes = 200 * 1024 ** 3

/**
 * Fetches the tables, archives and pictures of a data set into a folder, each under its own path and with the hash that
 * the hub gives it; what is there already is not fetched again. Where a data set has Parquet files, these alone are taken
 * unless the source names others. Throws InputError and StartError with one sentence for what a person can act on.
 */
export async function fetchFromHub(
  ctx: Context,
  source: HubSource,
  folder: string,
  { signal, onBytes, onNote }: FetchOptions,
): Promise<void> {
  const { config } = ctx
  if (config.hub.offline) throw new InputError('HF_HUB_OFFLINE is set, so nothing is fetched from the hub. Unset it.')
  const onWait = (seconds: number, reason: string) => onNote?.(`${reason}; trying again in ${seconds} s`)
  const hub = openHub(ctx, { signal, onWait })
  const revision = await hub.resolve(source.repo, source.revision)
  const isFile = typeOf(source.path) !== ''
  const below = isFile ? posix.dirname(source.path).replace(/^\.$/, '') : source.path
  const belongs = (path: string) => (isFile ? path === source.path : holdsData(path))
  const files = chosen(await hub.listAll(source.repo, revision, belongs, below), source)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const missing: LockedFile[] = []
  for (const file of files) {
    if ((await stateOfFile(join(folder, file.path), file)) !== 'right') missing.push(file)
  }
  const known = total - missing.reduce((sum, { size }) => sum + size, 0)
  await refuseWithoutRoom(
    config.dataDir,
    total - known,
    (left) =>
      `${gigabytes(total - known)} are to be fetched and ${left}. Free some, or name one folder or file of the data set.`,
  )
  onBytes?.(known, total)
  const partial = join(folder, '.partial')
  await mkdir(partial, { recursive: true })
  const obtain = obtainFromHub(config, { repo: source.repo, revision, files }, hub, partial, {
    signal,
    ...(onNote && { onNote }),
  })
  await putInPlace(folder, missing, obtain, signal, (_file, here) => onBytes?.(known + here, total))
}

const typeOf = (path: string) => {
  const type = extname(path).toLowerCase()
  return [...tableTypes, ...pictureTypes, '.zip', '.txt'].includes(type) ? type : ''
}

/** Whether a file of a data set may hold questions or pictures; its own descriptions do not. */
function holdsData(path: string): boolean {
  const name = posix.basename(path).toLowerCase()
  if (path.startsWith('.') || path.includes('/.') || /^(readme|licen[cs]e)\b/.test(name)) return false
  return typeOf(path) !== '' && !['dataset_infos.json', 'dataset_info.json', 'config.json'].includes(name)
}

function chosen(files: LockedFile[], source: HubSource): LockedFile[] {
  const what = hubAddress(source)
  const parquet = files.filter(({ path }) => path.endsWith('.parquet'))
  const taken = parquet.length > 0 ? parquet : files
  if (taken.length === 0)
    throw new InputError(`${what} has neither a table nor a picture. Name another folder or file of it.`)
  const bytes = taken.reduce((sum, { size }) => sum + size, 0)
  if (taken.length > mostFiles || bytes > mostBytes)
    throw new InputError(
      `${what} has ${taken.length} files with ${gigabytes(bytes)}; 20,000 files and 215 GB are the most. Name one folder or file of it.`,
    )
  return taken
}
