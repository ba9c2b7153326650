import { sentenceOf } from './api/problem.ts'

/** What a button or a form does: once at a time, with a sentence where it was refused. */
export class Action {
  busy = $state(false)
  failure = $state('')

  /** Does the work, unless the work before goes on. Returns what refused it, undefined where nothing did. */
  async run(work: () => Promise<unknown>): Promise<unknown> {
    if (this.busy) return undefined
    this.busy = true
    this.failure = ''
    try {
      await work()
      return undefined
    } catch (refused) {
      this.failure = sentenceOf(refused)
      return refused
    } finally {
      this.busy = false
    }
  }
}
