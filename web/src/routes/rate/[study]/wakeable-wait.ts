/** A wait that can be cut short: by the network coming back, or by a person who will not wait. */
export class WakeableWait {
  #wake: (() => void) | null = null
  #woken = false

  async wait(ms: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#wake = null
    this.#woken = false
  }

  /** Ends the wait; when none is going on, the next one ends at once. */
  wake() {
    this.#woken = true
    this.#wake?.()
  }
}
