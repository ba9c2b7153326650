/** A wait that can be cut short: by the network coming back, or by a person who will not wait. */
export class WakeableWait {
  #wake: (() => void) | null = null

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  wake() {
    this.#wake?.()
  }
}
