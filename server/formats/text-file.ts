import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { InputError } from '#server/core/problem.ts'

/** A text in a file, whatever it is packed and written in. */
export interface TextFile {
  /** The first bytes of what the file holds, unpacked. */
  start: Buffer
  /** The first 8 MB of the text, without a byte order mark. */
  head: string
  /** The whole text in pieces; may be asked for again. */
  pieces(): AsyncIterable<string>
}

const GB = 1024 ** 3
const largestTextBytes = 4 * GB
const headBytes = 8 * 1024 ** 2

/**
 * Opens a file as text: UTF-8, UTF-16 of either order, and any of these packed by gzip or Zstandard, all told by their
 * content. What is unpacked is bounded at 4 GB. Throws InputError when the file is not there; so does reading what breaks
 * off or is no text.
 */
export async function openTextFile(path: string): Promise<TextFile> {
  const name = basename(path)
  const start = await readStart(path)
  let bytes = Buffer.alloc(0)
  for await (const chunk of unpacked(path, name, start)) {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length >= headBytes) break
  }
  const encoding = encodingOf(bytes)
  const pieces = () => decoded(unpacked(path, name, start), encoding, name)
  return { start: bytes.subarray(0, 512), head: new TextDecoder(encoding).decode(bytes.subarray(0, headBytes)), pieces }
}

async function readStart(path: string): Promise<Buffer> {
  await using file = await openOrSay(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0)
  return buffer.subarray(0, bytesRead)
}

async function openOrSay(path: string): Promise<FileHandle> {
  try {
    const file = await open(path)
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}.`, { cause: error })
    throw error
  }
  throw new InputError(`${path} is a folder, not a file.`)
}

const packers = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: createGunzip },
  { name: 'Zstandard', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: createZstdDecompress },
]

async function* unpacked(path: string, name: string, start: Buffer): AsyncGenerator<Buffer> {
  const file = await openOrSay(path)
  const stream = file.createReadStream({ highWaterMark: 1024 ** 2 })
  const packer = packers.find(({ magic }) => magic.every((byte, at) => start[at] === byte))
  const plain: Readable = packer ? stream.pipe(packer.unpack()) : stream
  stream.on('error', (error) => plain.destroy(error))
  let length = 0
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > largestTextBytes) throw new InputError(`${name} holds more than 4 GB of text. Split it into parts.`)
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof InputError || !packer) throw cause
    throw new InputError(
      `${name} breaks off or is damaged: ${packer.name} cannot unpack it (${(cause as Error).message}). Fetch it again.`,
      { cause },
    )
  } finally {
    plain.destroy()
    stream.destroy()
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** By the byte order mark; without one, by where the zeros stand that UTF-16 has in most of its first characters. */
function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const first = [...bytes.subarray(0, 16)]
  const zerosAt = (side: number) => first.length >= 8 && first.every((byte, at) => (at % 2 === side) === (byte === 0))
  return zerosAt(1) ? 'utf-16le' : zerosAt(0) ? 'utf-16be' : 'utf-8'
}

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: Encoding, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new InputError(`${name} is not text in ${encoding.toUpperCase()} throughout. Save it as UTF-8.`, { cause })
  }
}
