import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'

const unpackers: Record<string, (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}

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
 * applied), of at most so many bytes. Throws Unpackable.
 */
export async function unpack(body: Buffer, encoding: string | undefined, mostBytes: number): Promise<Buffer> {
  const names = (encoding ?? '').toLowerCase().split(',').slice(0, 4)
  let unpacked = body
  for (const name of names.map((name) => name.trim()).toReversed()) {
    if (name === '' || name === 'identity' || unpacked.length === 0) continue
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
