import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { open, type Entry, type ZipFile, type ZipFileOptions } from 'yauzl'
import { InputError } from '#server/core/problem.ts'

const GB = 1024 ** 3
const limits = { entries: 200_000, totalBytes: 50 * GB, ratio: 100, bytesInMemory: 512 * 1024 ** 2 }

interface ZipEntry {
  /** Path inside the archive with forward slashes, relative and without `..`. */
  name: string
  bytes: number
}

/** An open archive; `await using` closes it. */
export interface ZipArchive extends AsyncDisposable {
  entries: ZipEntry[]
  /** Unpacks one entry piece by piece; fails when it is longer than the directory says. */
  stream(name: string): Promise<Readable>
  /** One entry as a whole; refused above 512 MB. */
  read(name: string): Promise<Uint8Array>
}

/**
 * Opens a zip file and checks its directory before anything is unpacked: at most 200,000 entries and 50 GB in all, a
 * hundred to one, no links, no path that leads out, no encryption, no two entries over the same bytes. Folders are
 * left out. Throws an InputError that names the archive and the entry.
 */
export async function openZip(path: string): Promise<ZipArchive> {
  const archive = basename(path)
  const zip = await openArchive(path, archive)
  try {
    const entries = await readDirectory(zip, archive)
    const byName = new Map(entries.map((entry) => [entry.fileName, entry]))
    const find = (name: string) => {
      const entry = byName.get(name)
      if (!entry) throw new InputError(`${archive} has no file ${name} inside`)
      return entry
    }
    return {
      entries: entries.map(({ fileName, uncompressedSize }) => ({ name: fileName, bytes: uncompressedSize })),
      stream: async (name) => openEntry(zip, find(name), archive),
      read: async (name) => readEntry(zip, find(name), archive),
      async [Symbol.asyncDispose]() {
        zip.close()
      },
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

function openArchive(path: string, archive: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // strictFileNames refuses backslashes instead of turning them into slashes.
    open(path, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, zip) => {
      if (error)
        reject(new InputError(`${archive} cannot be opened as a zip file (${error.message}); download it again`))
      else resolve(zip)
    })
  })
}

function readDirectory(zip: ZipFile, archive: string): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) {
    throw new InputError(`${archive} holds ${zip.entryCount} entries; the limit is 200,000`)
  }
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    const names = new Set<string>()
    let totalBytes = 0
    zip.on('error', (error: Error) => reject(new InputError(`${archive} is refused: ${error.message}`)))
    zip.on('end', () => {
      const overlapping = overlap(entries)
      if (overlapping) reject(refusal(archive, overlapping, 'shares its bytes with another entry'))
      else resolve(entries.filter(({ fileName }) => !fileName.endsWith('/')))
    })
    zip.on('entry', (entry: Entry) => {
      totalBytes += entry.uncompressedSize
      const fault =
        faultOf(entry) ??
        (names.has(entry.fileName) ? 'is there twice' : null) ??
        (totalBytes > limits.totalBytes ? 'takes the archive past 50 GB' : null)
      if (fault) return reject(refusal(archive, entry, fault))
      names.add(entry.fileName)
      entries.push(entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

function refusal(archive: string, entry: Entry, fault: string) {
  return new InputError(`${archive} is refused: ${JSON.stringify(entry.fileName.slice(0, 200))} ${fault}`)
}

/** Why an entry is not to be unpacked. Escaping names are also refused by yauzl before they get here. */
function faultOf(entry: Entry): string | null {
  const parts = entry.fileName.split('/')
  if (parts[0] === '' || parts.includes('..') || /^[a-z]:/i.test(entry.fileName)) return 'leads out of the archive'
  // eslint-disable-next-line no-control-regex -- a name with control characters is what is looked for
  if (/[\x00-\x1f\\]/.test(entry.fileName)) return 'has a name with control characters'
  // The upper half of the external attributes is the Unix mode: 0o100000 a file, 0o040000 a folder, 0 none given.
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000
  if (![0, 0o100000, 0o040000].includes(kind)) return 'is a link or a device, not a file'
  if (entry.isEncrypted()) return 'is encrypted'
  if (entry.uncompressedSize > 1024 ** 2 && entry.uncompressedSize > entry.compressedSize * limits.ratio) {
    return `unpacks ${Math.round(entry.uncompressedSize / Math.max(1, entry.compressedSize))} to one; the limit is 100 to one`
  }
  return null
}

/** The first entry that starts before the one ahead of it ends: a way to pack one bomb a thousand times. */
function overlap(entries: Entry[]): Entry | undefined {
  const inOrder = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
  return inOrder.find((entry, index) => {
    const before = inOrder[index - 1]
    return before && entry.relativeOffsetOfLocalHeader < before.relativeOffsetOfLocalHeader + 30 + before.compressedSize
  })
}

/** The number by which zip archives say that an entry is packed by Zstandard, as newer logs of Inspect are. */
const zstandard = 93

function openEntry(zip: ZipFile, entry: Entry, archive: string): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const opened = (error: Error | null, stream: Readable) => {
      if (error) return reject(refusal(archive, entry, `cannot be unpacked (${error.message})`))
      if (entry.compressionMethod !== zstandard) return resolve(stream)
      const plain = createZstdDecompress()
      stream.on('error', (error) => plain.destroy(error))
      resolve(stream.pipe(plain))
    }
    if (entry.compressionMethod !== zstandard) zip.openReadStream(entry, opened)
    else zip.openReadStream(entry, { decodeFileData: false } as Partial<ZipFileOptions> as ZipFileOptions, opened)
  })
}

async function readEntry(zip: ZipFile, entry: Entry, archive: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > limits.bytesInMemory) throw refusal(archive, entry, 'is too large to be read as a whole')
  const bytes = Buffer.alloc(entry.uncompressedSize)
  let length = 0
  try {
    for await (const piece of (await openEntry(zip, entry, archive)) as AsyncIterable<Buffer>) {
      if (length + piece.length > bytes.length) throw refusal(archive, entry, 'is longer than the archive says')
      length += piece.copy(bytes, length)
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw refusal(archive, entry, `cannot be unpacked (${error instanceof Error ? error.message : String(error)})`)
  }
  return bytes
}
