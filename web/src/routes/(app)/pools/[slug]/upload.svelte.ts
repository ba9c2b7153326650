import { Action } from '#lib/action.svelte.ts'
import { openImport, startImport, uploadPiece } from '#lib/api/pools.ts'
import type { RowDefaults } from '#server/queries/imports/schema.ts'

const pieceBytes = 1024 * 1024

/** Files on their way into a pool, piece by piece; where the network failed, it goes on at the piece that is missing. */
export class Upload {
  sent = $state(0)
  total = $state(0)
  readonly action = new Action()
  #importId: string | undefined
  #files: File[] = []
  /** The file that is being sent, and how many bytes of it are there. */
  #at = { file: 0, offset: 0 }

  /** Whether something was sent and the rest is still to come. */
  get brokenOff(): boolean {
    return !this.action.busy && this.#importId !== undefined && this.sent < this.total
  }

  /** Sends the files and has them read. What refused it stands in `action.failure`. */
  begin(pool: string, files: File[], defaults: Partial<RowDefaults>): Promise<unknown> {
    return this.action.run(async () => {
      this.#files = files
      this.#at = { file: 0, offset: 0 }
      this.sent = 0
      this.total = files.reduce((sum, { size }) => sum + size, 0)
      const name = files.length === 1 ? files[0]!.name : `${files.length} files`
      this.#importId = (await openImport(fetch, pool, { name: name.slice(0, 200), defaults })).id
      await this.#send(this.#importId)
    })
  }

  goOn(): Promise<unknown> {
    return this.action.run(() => this.#send(this.#importId!))
  }

  async #send(importId: string): Promise<void> {
    while (this.#at.file < this.#files.length) {
      const file = this.#files[this.#at.file]!
      const piece = file.slice(this.#at.offset, this.#at.offset + pieceBytes)
      await uploadPiece(fetch, importId, file.name, this.#at.offset, piece)
      this.sent += piece.size
      this.#at.offset += piece.size
      if (this.#at.offset >= file.size) this.#at = { file: this.#at.file + 1, offset: 0 }
    }
    await startImport(fetch, importId, false)
    this.#importId = undefined
  }
}
