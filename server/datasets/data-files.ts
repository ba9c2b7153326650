import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DataFiles, Link } from '#benchmarks/benchmark.ts'
import { InputError } from '../core/problem.ts'
import { readJsonItems } from '../formats/json-items.ts'
import { readParquetRows } from '../formats/parquet.ts'
import type { LockedFile } from './lock.ts'
import { UnreadPicture } from './unread-picture.ts'
import { openZips } from './zipped-files.ts'

const largestJsonBytes = 512 * 1024 ** 2

/** Files on disk as a layout reads them, with the place last read, so that an error can name it. */
export interface LocalFiles extends DataFiles {
  root: string
  /** Reads Parquet as `parquet` does, with pictures that are empty instead of read. */
  parquetWithoutPictures: DataFiles['parquet']
  /** The files themselves, without what lies inside zip archives. */
  onDisk: string[]
  place: { file: string; row: number }
  /** Closes the archives; the next read opens them again. */
  close(): Promise<void>
}

/**
 * Lists a folder, or takes a single file, as the files of a data set; zip archives are folders here,
 * `images.zip/a.png`. Where `belongs` is given, files that it rejects are treated as absent. With `unread`, pictures in
 * files of their own are handed out as UnreadPicture; one that is not there says so when it is read. Throws InputError
 * when nothing is there.
 */
export async function openDataFiles(
  path: string,
  { belongs = () => true, unread = false }: { belongs?: (name: string) => boolean; unread?: boolean } = {},
): Promise<LocalFiles> {
  const facts = await stat(path).catch(() => undefined)
  if (!facts) throw new InputError(`There is nothing at ${path}. Name a folder with the data set, or one of its files.`)
  const root = resolve(facts.isDirectory() ? path : dirname(path))
  const onDisk = (facts.isDirectory() ? await listFiles(path) : [basename(path)]).filter(belongs)
  const zips = await openZips(
    root,
    onDisk.filter((name) => name.endsWith('.zip')),
  )
  const names = [...onDisk, ...zips.names].sort()
  const bytesOf = (name: string) => (zips.has(name) ? zips.read(name) : readBytes(root, name))
  const place = { file: '', row: -1 }
  const at = (file: string, row: number) => Object.assign(place, { file, row })
  let byFileName: Map<string, string> | undefined
  let paths: Set<string> | undefined
  const pathOf = (name: string) => {
    if (name.includes('/') && (paths ??= new Set(names)).has(name)) return name
    byFileName ??= new Map(names.map((path) => [basename(path), path]))
    return byFileName.get(name)
  }
  const handOut = (read: () => Promise<Uint8Array>, file: string | null) =>
    unread ? Promise.resolve(new UnreadPicture(read, file)) : read()
  async function* parquetRows(name: string, columns: string[] | undefined, withoutPictures: boolean) {
    if (zips.has(name)) throw new InputError(`${name} is inside an archive. Unpack it: Parquet is read from the disk.`)
    let row = -1
    at(name, row)
    const wanted = { withoutPictures, ...(columns ? { columns } : {}) }
    for await (const values of readParquetRows(join(root, name), wanted)) {
      at(name, ++row)
      yield values
    }
  }
  return {
    root,
    names,
    onDisk,
    place,
    close: zips.close,
    parquet: (name, columns) => parquetRows(name, columns, false),
    parquetWithoutPictures: (name, columns) => parquetRows(name, columns, true),
    async json(name) {
      at(name, -1)
      const size = zips.has(name) ? 0 : (await stat(join(root, name)).catch(() => undefined))?.size
      if (size !== undefined && size > largestJsonBytes)
        throw new InputError(`${name} is larger than 512 MB, the limit for one JSON file.`)
      const text = new TextDecoder().decode(await bytesOf(name))
      try {
        return JSON.parse(text) as unknown
      } catch (cause) {
        throw new InputError(`${name} is not valid JSON (${(cause as Error).message}). Fetch it again.`, { cause })
      }
    },
    async *items(name, key) {
      let row = -1
      at(name, row)
      const chunks = zips.has(name)
        ? (await zips.stream(name)).setEncoding('utf8')
        : createReadStream(join(root, name), { encoding: 'utf8', highWaterMark: 1024 ** 2 })
      for await (const item of readJsonItems(chunks, name, key)) {
        at(name, ++row)
        yield item
      }
    },
    bytes: bytesOf,
    async picture(name) {
      const path = pathOf(name)
      if (path === undefined) {
        const missing = new InputError(`${name} is named by the data but is not below ${root}.`)
        return { bytes: await handOut(() => Promise.reject(missing), null), path: name }
      }
      return { bytes: await handOut(() => bytesOf(path), zips.has(path) ? null : join(root, path)), path }
    },
    async linked(link) {
      const name = linkedName(link)
      if (!existsSync(join(root, name))) return null
      return handOut(
        async () => {
          const bytes = await readBytes(root, name)
          if (createHash('sha256').update(bytes).digest('hex') === link.sha256) return bytes
          throw new InputError(`${name} does not hold the picture it is named after. Delete it and fetch it again.`)
        },
        join(root, name),
      )
    },
  }
}

async function readBytes(root: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(root, name))
  } catch (cause) {
    throw notThere(root, name, cause)
  }
}

function notThere(root: string, name: string, cause?: unknown): InputError {
  return new InputError(`${name} is named by the data but is not in ${root}.`, { cause })
}

/** Where the picture behind a link is kept, relative to the data set. */
export function linkedName({ sha256 }: Link): string {
  return `linked/${sha256.slice(0, 2)}/${sha256}`
}

/** Whether a file is a picture that was fetched by its URL: named by its hash, it needs no other check. */
export function isLinked(name: string): boolean {
  return name.startsWith('linked/')
}

/** What fetching pictures writes beside them: it says why some are missing, and is not data. */
const isManifest = /^linked\/missing-[^/]*\.json$/

/** Files below a folder, by links too where these stay in the data set: one that leads elsewhere is not there. */
async function listFiles(root: string): Promise<string[]> {
  const real = await realpath(root)
  const paths = await Array.fromAsync(filesBelow(root, placesOf(real), [real]))
  return paths
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter((name) => !isManifest.test(name))
    .sort()
}

/** `above`: the folders on the way, by which a link must not lead round in circles. */
async function* filesBelow(folder: string, places: string[], above: string[]): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isFile()) yield path
    else if (entry.isDirectory()) yield* filesBelow(path, places, above)
    else if (entry.isSymbolicLink()) {
      const end = await endWithin(path, places)
      if (end?.isFile) yield path
      else if (end && !above.some((one) => `${one}${sep}`.startsWith(`${end.path}${sep}`))) {
        yield* filesBelow(path, places, [...above, end.path])
      }
    }
  }
}

/** The folders in which a link of a data set may end: its own, and the one in which a cache of the hub keeps its files. */
function placesOf(root: string): string[] {
  const repository = /^(.*[\\/]datasets--[^\\/]+)[\\/]snapshots[\\/]/.exec(`${root}${sep}`)?.[1]
  return repository === undefined ? [root] : [root, join(repository, 'blobs')]
}

/** Where a link ends, if that is a file or folder in one of these places; null otherwise. */
async function endWithin(link: string, places: string[]): Promise<{ path: string; isFile: boolean } | null> {
  const path = await realpath(link).catch(() => null)
  if (path === null || !places.some((place) => path.startsWith(place + sep))) return null
  const facts = await stat(path)
  return facts.isFile() || facts.isDirectory() ? { path, isFile: facts.isFile() } : null
}

/** SHA-256 over names and contents of the data files, and that of each file, from one reading. */
export async function hashFilesEach(files: LocalFiles): Promise<{ revision: string; files: LockedFile[] }> {
  const whole = createHash('sha256')
  const each: LockedFile[] = []
  for (const name of files.onDisk) {
    const own = createHash('sha256')
    const size = await hashInto(files, name, [whole.update(`${name}\n`), own])
    each.push({ path: name, size, hash: `sha256:${own.digest('hex')}` })
  }
  return { revision: whole.digest('hex'), files: each }
}

/** Reads a file into hashes; returns its bytes. */
async function hashInto({ root }: LocalFiles, name: string, hashes: Hash[]): Promise<number> {
  let size = 0
  await pipeline(createReadStream(join(root, name)), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      for (const hash of hashes) hash.update(chunk)
      size += chunk.length
    }
  })
  return size
}
