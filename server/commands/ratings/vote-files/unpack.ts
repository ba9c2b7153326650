import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { InputError } from '#server/core/problem.ts'
import { openZip } from '#server/formats/zip.ts'

/** Beyond 32 MB nothing that people write shrinks to a hundredth; what does is made to fill a machine. */
const mostBytesFreely = 32 * 2 ** 20
const mostToOne = 100

/** First bytes of files that are not text, and what they are called. */
const signs: [bytes: string, kind: Kind][] = [
  ['PAR1', 'parquet'],
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ', 'xz'],
  ['7z\xbc\xaf', '7z'],
  ['ARROW1', 'Arrow'],
  ['SQLite format', 'SQLite'],
  ['\xd0\xcf\x11\xe0', 'Excel'],
  ['\x80\x04\x95', 'pickle'],
]

type Kind = 'parquet' | 'gzip' | 'zstd' | 'zip' | 'bzip2' | 'xz' | '7z' | 'Arrow' | 'SQLite' | 'Excel' | 'pickle'

const advice: Partial<Record<Kind, string>> = {
  bzip2: 'is packed with bzip2; unpack it, or pack it with gzip, zip or zstd',
  xz: 'is packed with xz; unpack it, or pack it with gzip, zip or zstd',
  '7z': 'is a 7z archive; unpack it, or pack it with gzip, zip or zstd',
  Arrow: 'is an Arrow file; write it as Parquet or CSV',
  SQLite: 'is an SQLite database; write its votes as CSV',
  Excel: 'is an Excel workbook; save it as CSV',
  pickle: 'is a Python pickle, which could run anything; write it as Parquet or CSV',
}

/** What a file holds, told by its first bytes and not by its name: `parquet`, or text, unpacked piece by piece. */
type OpenedVotes = 'parquet' | AsyncIterable<string>

/**
 * Opens a file of votes: Parquet, or text as UTF-8 or UTF-16, plain or packed as gzip, zstd or a zip with one file.
 * Throws an InputError for what cannot be read, is not whole, or unpacks to more than 100 times its size beyond 32 MB.
 */
export async function openVoteFile(path: string, name: string): Promise<OpenedVotes> {
  const { start, bytes } = await firstBytes(path)
  const kind = kindOf(start)
  if (kind === 'parquet') return kind
  if (kind !== undefined && advice[kind]) throw new InputError(`${name} ${advice[kind]}`)
  return textOf(unpacked(path, name, kind, bytes))
}

async function firstBytes(path: string): Promise<{ start: Buffer; bytes: number }> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return { start: buffer.subarray(0, bytesRead), bytes: (await file.stat()).size }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}`, { cause: error })
    if (code === 'EISDIR') throw new InputError(`${path} is a folder, not a file of votes`, { cause: error })
    if (code === 'EACCES') throw new InputError(`${path} may not be read by this user`, { cause: error })
    throw error
  }
}

const kindOf = (start: Buffer) => signs.find(([sign]) => start.toString('latin1').startsWith(sign))?.[1]

async function* unpacked(path: string, name: string, kind: Kind | undefined, bytes: number): AsyncGenerator<Buffer> {
  switch (kind) {
    case 'gzip':
      return yield* through(createReadStream(path), createGunzip(), name, kind, bytes)
    case 'zstd':
      return yield* through(createReadStream(path), createZstdDecompress(), name, kind, bytes)
    case 'zip':
      return yield* onlyFileOf(path, name)
    default:
      yield* createReadStream(path) as AsyncIterable<Buffer>
  }
}

async function* through(
  file: Readable,
  unpacker: Transform,
  name: string,
  kind: Kind,
  bytes: number,
): AsyncGenerator<Buffer> {
  let unpackedBytes = 0
  try {
    // What goes wrong is thrown by the loop below, which the pipeline ends with the same error.
    for await (const piece of pipeline(file, unpacker, () => undefined) as AsyncIterable<Buffer>) {
      unpackedBytes += piece.length
      if (unpackedBytes > mostBytesFreely && unpackedBytes > bytes * mostToOne)
        throw new InputError(`${name} unpacks to more than ${mostToOne} times its size and is not read`)
      yield piece
    }
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error && 'code' in error)) throw error
    if (!/^(?:Z_|ZSTD_)/.test(String(error.code))) throw error
    throw new InputError(`${name} is not a whole ${kind} file`, { cause: error })
  }
}

/** Folders and what macOS packs besides are passed over. */
async function* onlyFileOf(path: string, name: string): AsyncGenerator<Buffer> {
  await using zip = await openZip(path)
  const files = zip.entries.map((entry) => entry.name).filter((file) => !/(?:^|\/)(?:__MACOSX\/|\.)/.test(file))
  if (files.includes('xl/workbook.xml')) throw new InputError(`${name} ${advice.Excel}`)
  const [only] = files
  if (only === undefined) throw new InputError(`${name} is an empty archive`)
  if (files.length > 1) {
    const named = files.slice(0, 5).join(', ')
    throw new InputError(`${name} holds ${files.length} files (${named}); unpack it and name the one with the votes`)
  }
  let start: Buffer | undefined
  try {
    for await (const piece of (await zip.stream(only)) as AsyncIterable<Buffer>) {
      if (start === undefined && kindOf(piece) !== undefined)
        throw new InputError(`${name} holds ${only}, which is not text; unpack it first`)
      yield (start = piece)
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${name} is not a whole zip file`, { cause: error })
  }
}

/** UTF-16 is what Excel calls Unicode text; whatever else is not UTF-8 leaves replacement characters. */
async function* textOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  for await (const piece of pieces) {
    decoder ??= new TextDecoder(encodingOf(piece))
    const text = decoder.decode(piece, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder?.decode()
  if (rest) yield rest
}

function encodingOf(start: Buffer): string {
  const sign = start.subarray(0, 2).toString('hex')
  return sign === 'fffe' ? 'utf-16le' : sign === 'feff' ? 'utf-16be' : 'utf-8'
}
