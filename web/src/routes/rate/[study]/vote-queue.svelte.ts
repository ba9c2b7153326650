import { ApiProblem, sentenceOf } from '#lib/api/problem.ts'
import type { Verdict, Vote } from '#server/battles/schema.ts'

/** A verdict given on this device that the server has not confirmed. Holds no text, no picture and no name. */
export interface WaitingVote {
  battleId: string
  verdict: Verdict
  dwellMs: number
  /** Its place in the session, as the rater saw it. */
  item: number
  /** When it was given, in ms since 1970: votes go out in this order. */
  at: number
}

interface Options {
  study: string
  /** Where votes outlive the tab, each under a key of its own, so that two tabs do not write over each other. */
  store: Storage
  send(vote: WaitingVote): Promise<Vote>
  /** Waits this long, or until `wake` is called. */
  wait(ms: number): Promise<void>
  onSaved(vote: WaitingVote, saved: Vote): void
  onRefused(vote: WaitingVote, sentence: string): void
}

/** More than this many unconfirmed votes, and rating stops until the server answers. */
export const queueLimit = 20
const longestWaitMs = 30_000

/**
 * Votes on their way to the server: in the order given, one at a time, tried again for ever while the server is away,
 * kept on the device until it confirms them. One sent twice is a single vote to the server.
 */
export class VoteQueue {
  waiting = $state.raw<WaitingVote[]>([])
  /** Why nothing goes out at the moment; null while it flows. */
  trouble = $state<'away' | 'signed-out' | null>(null)
  readonly full = $derived(this.waiting.length >= queueLimit)
  #sending: { battleId: string; ended: Promise<unknown> } | null = null
  #draining = false
  readonly #prefix: string
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.#prefix = `vote:${options.study}:`
    this.waiting = this.#read()
  }

  /** Takes a vote in and starts sending. False when the queue is full: nothing was taken. */
  add(vote: WaitingVote): boolean {
    if (this.full) return false
    this.waiting = [...this.waiting, vote]
    try {
      this.#options.store.setItem(this.#prefix + vote.battleId, JSON.stringify(vote))
    } catch {
      // Storage is off or full: the queue then lives as long as the tab, and the page warns before it closes.
    }
    void this.drain()
    return true
  }

  /** Takes back a vote that has not left. False: it is on its way or already there. */
  remove(battleId: string): boolean {
    if (this.#sending?.battleId === battleId || !this.waiting.some((vote) => vote.battleId === battleId)) return false
    this.#forget(battleId)
    return true
  }

  /** Waits while this vote is on its way. */
  async attemptEnded(battleId: string): Promise<void> {
    if (this.#sending?.battleId === battleId) await this.#sending.ended
  }

  /** Sends what waits, oldest first, until nothing is left. Calling it twice sends nothing twice. */
  async drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    let failures = 0
    for (let vote = this.waiting[0]; vote; vote = this.waiting[0]) {
      const ended = this.#try(vote)
      this.#sending = { battleId: vote.battleId, ended }
      const result = await ended
      this.#sending = null
      if (result === 'settled') failures = 0
      else await this.#options.wait(Math.min(1000 * 2 ** failures++, longestWaitMs))
    }
    this.#draining = false
  }

  async #try(vote: WaitingVote): Promise<'settled' | 'again'> {
    try {
      const saved = await this.#options.send(vote)
      this.#settle(vote)
      this.#options.onSaved(vote, saved)
      return 'settled'
    } catch (failure) {
      const refused = failure instanceof ApiProblem && !failure.passing
      if (refused && failure.status !== 401) {
        this.#settle(vote)
        this.#options.onRefused(vote, sentenceOf(failure))
        return 'settled'
      }
      this.trouble = refused ? 'signed-out' : 'away'
      return 'again'
    }
  }

  #settle(vote: WaitingVote) {
    this.trouble = null
    this.#forget(vote.battleId)
  }

  #forget(id: string) {
    this.waiting = this.waiting.filter(({ battleId }) => battleId !== id)
    try {
      this.#options.store.removeItem(this.#prefix + id)
    } catch {
      // Storage is off: nothing was stored.
    }
  }

  #read(): WaitingVote[] {
    try {
      const { store } = this.#options
      return Object.keys(store)
        .filter((key) => key.startsWith(this.#prefix))
        .map((key) => JSON.parse(store.getItem(key) ?? '') as WaitingVote)
        .sort((one, other) => one.at - other.at)
    } catch {
      return []
    }
  }
}
