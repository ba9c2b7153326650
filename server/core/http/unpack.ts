import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'

type Unpacker = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const unpackGzip = promisify(gunzip)
const unpackZlib = promisify(inflate)
const unpackRaw = promisify(inflateRaw)

const isGzip = (body: Buffer) => body[0] === 0x1f && body[1] === 0x8b
/** The two bytes that zlib begins with (RFC 1950). */
const isZlib = (body: Buffer) => (body[0]! & 15) === 8 && body.length > 1 && body.readUInt16BE() % 31 === 0

const unpackers: Record<string, Unpacker> = {
  // Proxies that unpack a body may leave its header as it was.
  gzip: async (body, options) => (isGzip(body) ? unpackGzip(body, options) : body),
  'x-gzip': async (body, options) => (isGzip(body) ? unpackGzip(body, options) : body),
  // Some servers leave out zlib's frame, as all clients know.
  deflate: (body, options) => (isZlib(body) ? unpackZlib : unpackRaw)(body, options),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}

/** What is no packing, though servers name it so. */
const plain = new Set(['', 'identity', 'utf-8', 'utf8', 'none', 'binary'])

/** A body cannot be unpacked: `too_large` when it would grow beyond the limit, else `broken`. */
export class Unpackable extends Error {
  readonly kind: 'too_large' | 'broken'
  constructor(kind: Unpackable['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/**
 * A body as it was before its `content-encoding` (RFC 9110: gzip, deflate, br, zstd, in the order in which they were
 * applied), of at most so many bytes; gzip is told by its first bytes, too. Throws Unpackable.
 */
export async function unpack(body: Buffer, encoding: string | undefined, mostBytes: number): Promise<Buffer> {
  const said = (encoding ?? '').toLowerCase().split(',', 4)
  const names = said.map((name) => name.trim()).filter((name) => !plain.has(name))
  let unpacked = body
  for (const name of names.length === 0 && isGzip(body) ? ['gzip'] : names.toReversed()) {
    if (unpacked.length === 0) continue
    const unpacker = unpackers[name]
    if (!unpacker)
      throw new Unpackable('broken', `The reply is packed as ${name.slice(0, 32)}, which is not known here`)
    unpacked = await unpacker(unpacked, { maxOutputLength: mostBytes }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ERR_BUFFER_TOO_LARGE')
        throw new Unpackable('too_large', 'The reply grows too large', { cause })
      throw new Unpackable('broken', `The reply says that it is packed as ${name}, and cannot be unpacked`, { cause })
    })
  }
  return unpacked
}
