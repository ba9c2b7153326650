import type { Card, CardBatch, Vote } from '#server/battles/schema.ts'
import { tryOut } from '#lib/api/battles.ts'
import { DeviceStore } from '#lib/device-store.ts'
import type { RatingServer } from '../rating-server.ts'

/** Plays the rater's server for somebody who tries a study: it only reads cards, and what is pressed stays in the page. */
export class TryOutServer implements RatingServer {
  readonly keeps = false
  readonly #study: string
  /** An order of the queries of its own for every page. */
  readonly #seed = crypto.randomUUID()
  #from = 0
  #votes = 0
  #goal = 0
  readonly #cards = new Map<string, Card>()
  readonly #battleOf = new Map<number, string>()
  #again: Card[] = []

  constructor(study: string) {
    this.#study = study
  }

  async lease({ count = 1 }: { count?: number }): Promise<CardBatch> {
    const { cards, goal, leastCardSeconds, followUp, done, waiting } = await tryOut(fetch, this.#study, {
      seed: this.#seed,
      from: this.#from,
      count,
    })
    this.#goal = goal
    const again = this.#again.splice(0, count)
    const fresh = cards.slice(0, count - again.length)
    this.#from += fresh.length
    const given = [...again, ...fresh]
    for (const card of given) this.#cards.set(card.battleId, card)
    const progress = { votes: this.#votes, goal }
    const over = done && given.length === 0 && waiting === null
    return { cards: given, progress, sittingFrom: null, leastCardSeconds, followUp, done: over, waiting, answers: null }
  }

  vote({ battleId, verdict }: { battleId: string; verdict: Vote['verdict'] }): Promise<Vote> {
    const id = this.#battleOf.size + 1
    this.#battleOf.set(id, battleId)
    const progress = { votes: ++this.#votes, goal: this.#goal }
    const castAt = new Date().toISOString()
    return Promise.resolve({ id, battleId, verdict, late: false, counted: false, castAt, progress })
  }

  withdraw(voteId: number): Promise<{ battleId: string }> {
    const card = this.#cards.get(this.#battleOf.get(voteId) ?? '')
    const battleId = crypto.randomUUID()
    if (card) this.#again = [{ ...card, battleId }, ...this.#again]
    this.#votes--
    return Promise.resolve({ battleId })
  }

  renew = () => Promise.resolve()
  release = () => Promise.resolve()
  report = () => Promise.resolve()
}

/** Keeps what a try-out presses for as long as its page lives, and out of what raters of this browser keep. */
export class PageStore extends DeviceStore {
  constructor() {
    super(() => {
      throw new Error('Nothing of a try-out outlives its page.')
    })
  }

  override keep(key: string, text: string): boolean {
    super.keep(key, text)
    return true
  }
}
