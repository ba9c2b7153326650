import { Action } from '#lib/action.svelte.ts'

const pieceBytes = 1024 * 1024

/** Where files go: an import is opened, takes the pieces of each file, and is started. */
interface UploadPlace {
  open(name: string): Promise<{ id: string }>
  keepPiece(id: string, file: string, offset: number, piece: Blob): Promise<unknown>
  start(id: string): Promise<unknown>
}

/** Files on their way into an import, piece by piece; where the network failed, it goes on at the piece that is missing. */
export class Upload {
  sent = $state(0)
  total = $state(0)
  readonly action = new Action()
  #importId: string | undefined
  #place: UploadPlace | undefined
  #files: File[] = []
  /** The file that is being sent, and how many bytes of it are there. */
  #at = { file: 0, offset: 0 }

  /** Whether something was sent and the rest is still to come. */
  get brokenOff(): boolean {
    return !this.action.busy && this.#importId !== undefined && this.sent < this.total
  }

  /** Sends the files and has them read. What refused it stands in `action.failure`. */
  begin(files: File[], place: UploadPlace): Promise<unknown> {
    return this.action.run(async () => {
      this.#files = files
      this.#place = place
      this.#at = { file: 0, offset: 0 }
      this.sent = 0
      this.total = files.reduce((sum, { size }) => sum + size, 0)
      const name = files.length === 1 ? files[0]!.name : `${files.length} files`
      this.#importId = (await place.open(name.slice(0, 200))).id
      await this.#send(place, this.#importId)
    })
  }

  goOn(): Promise<unknown> {
    return this.action.run(() => this.#send(this.#place!, this.#importId!))
  }

  async #send(place: UploadPlace, importId: string): Promise<void> {
    while (this.#at.file < this.#files.length) {
      const file = this.#files[this.#at.file]!
      const piece = file.slice(this.#at.offset, this.#at.offset + pieceBytes)
      await place.keepPiece(importId, file.name, this.#at.offset, piece)
      this.sent += piece.size
      this.#at.offset += piece.size
      if (this.#at.offset >= file.size) this.#at = { file: this.#at.file + 1, offset: 0 }
    }
    await place.start(importId)
    this.#importId = undefined
  }
}
