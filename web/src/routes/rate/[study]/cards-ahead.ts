import { troubleOf } from './vote-queue.svelte.ts'

/** The card on the page and three behind it; where the network is weak, enough for twenty verdicts without it. */
const usual = 4
const whereWeak = 21
const slowMs = 2_000
const rememberedMs = 10 * 60_000

/** How many cards a page should hold: more for ten minutes after a request was slow or had no answer. */
export class CardsAhead {
  #weakUntil = 0

  get wanted(): number {
    return Date.now() < this.#weakUntil ? whereWeak : usual
  }

  /** Does a request and learns from it how the network is. Throws what the request throws. */
  async learnFrom<Reply>(request: () => Promise<Reply>): Promise<Reply> {
    const began = performance.now()
    try {
      return await request()
    } catch (failure) {
      if (troubleOf(failure) === 'away') this.#isWeak()
      throw failure
    } finally {
      if (performance.now() - began > slowMs) this.#isWeak()
    }
  }

  #isWeak() {
    this.#weakUntil = Date.now() + rememberedMs
  }
}
