/** Milliseconds that a card was in sight, not counting pauses and hidden tabs. */
export class DwellClock {
  #before = 0
  #since: number | null = performance.now()

  restart() {
    this.#before = 0
    this.#since = performance.now()
  }

  stop() {
    this.#before = this.#total()
    this.#since = null
  }

  go() {
    this.#since ??= performance.now()
  }

  elapsed(): number {
    return Math.min(Math.round(this.#total()), 86_400_000)
  }

  #total(): number {
    return this.#before + (this.#since === null ? 0 : performance.now() - this.#since)
  }
}
