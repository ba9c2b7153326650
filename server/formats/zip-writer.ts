import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** A file to add: its content is asked for when the ones before it have been written. */
interface NewZipEntry {
  name: string
  content: () => AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>
}

/**
 * A zip file as a stream, its entries packed one after the other as they come: none is held in memory. Every entry has
 * the same `time`. A failure in the making of an entry destroys the stream with it.
 */
export function zipStream(entries: NewZipEntry[], time: Date): Readable {
  const zip = new ZipFile()
  const packed = new PassThrough()
  const fail = (error: Error) => packed.destroy(error)
  zip.on('error', fail)
  for (const { name, content } of entries) {
    zip.addReadStreamLazy(name, { mtime: time }, (take) => {
      take(null, Readable.from(content(), { objectMode: false }).on('error', fail))
    })
  }
  zip.end()
  ;(zip.outputStream as Readable).pipe(packed)
  return packed
}
