/** The part of yazl that the tests use; the package has no types of its own. */
declare module 'yazl' {
  export class ZipFile {
    outputStream: NodeJS.ReadableStream
    addBuffer(bytes: Buffer, name: string, options?: { mode?: number }): void
    addEmptyDirectory(name: string): void
    end(): void
  }
}
