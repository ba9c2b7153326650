/** The part of yazl that is used here; the package has no types of its own. */
declare module 'yazl' {
  import type { EventEmitter } from 'node:events'

  export interface EntryOptions {
    mtime?: Date
    mode?: number
  }
  export class ZipFile extends EventEmitter {
    outputStream: NodeJS.ReadableStream
    addBuffer(bytes: Buffer, name: string, options?: EntryOptions): void
    addReadStreamLazy(
      name: string,
      options: EntryOptions,
      open: (take: (error: Error | null, stream?: NodeJS.ReadableStream) => void) => void,
    ): void
    addEmptyDirectory(name: string): void
    end(): void
  }
}
