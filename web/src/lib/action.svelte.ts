import { sentenceOf } from './api/problem.ts'

/** What a button or a form does: once at a time, with a sentence where it was refused. */
export class Action {
  busy = $state(false)
  failure = $state('')
  readonly #sentenceOf: (failure: unknown) => string

  /** `words` says what failed, where the page is not in English. */
  constructor(words = sentenceOf) {
    this.#sentenceOf = words
  }

  /** Does the work, unless the work before goes on. Returns what refused it, undefined where nothing did. */
  async run(work: () => Promise<unknown>): Promise<unknown> {
    if (this.busy) return undefined
    this.busy = true
    this.failure = ''
    try {
      await work()
      return undefined
    } catch (refused) {
      this.failure = this.#sentenceOf(refused)
      return refused
    } finally {
      this.busy = false
    }
  }
}
