/**
 * A picture of the data that was not read yet: it has no bytes of its own. `file` is the absolute path where it lies whole
 * and alone; null where it lies in an archive.
 */
export class UnreadPicture extends Uint8Array {
  readonly read: () => Promise<Uint8Array>
  readonly file: string | null

  constructor(read: () => Promise<Uint8Array>, file: string | null) {
    super(0)
    this.read = read
    this.file = file
  }
}

/** The bytes of a picture, read now if they were not before. Throws InputError when they are not there. */
export async function bytesOfPicture(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes instanceof UnreadPicture ? bytes.read() : bytes
}
