import type { Verdict } from '#server/battles/schema.ts'
import type { TrainingPreview, TrainingStep } from '#server/battles/training/schema.ts'
import { beginRound, judgeCard, passCard, previewTraining, takeUpTraining } from '#lib/api/studies/training.ts'

/** Whom a training asks for its items and gives its verdicts to. Each throws what is refused. */
export interface TrainingServer {
  takeUp(): Promise<TrainingStep>
  begin(): Promise<TrainingStep>
  judge(card: string, verdict: Verdict, dwellMs: number): Promise<TrainingStep>
  next(card: string): Promise<TrainingStep>
}

/** The server, for a rater of a study. */
export function trainingFor(study: string, rater: string | undefined): TrainingServer {
  return {
    takeUp: () => takeUpTraining(fetch, study, rater),
    begin: () => beginRound(fetch, study, rater),
    judge: (card, verdict, dwellMs) => judgeCard(fetch, card, { verdict, dwellMs, rater }),
    next: (card) => passCard(fetch, card, rater),
  }
}

/** Plays the rater's server for somebody who tries a study: a round is read once, and what is pressed stays in the page. */
export class TriedTraining implements TrainingServer {
  readonly #study: string
  #round: TrainingPreview | undefined
  #place = 0
  #right = 0
  #failures = 0
  #verdict: Verdict | null = null
  #begun = false

  constructor(study: string) {
    this.#study = study
  }

  async takeUp(): Promise<TrainingStep> {
    return this.#step(await this.#read())
  }

  async begin(): Promise<TrainingStep> {
    if (this.#begun) this.#round = undefined
    this.#begun = true
    this.#place = 0
    this.#right = 0
    return this.#step(await this.#read())
  }

  async judge(_card: string, verdict: Verdict): Promise<TrainingStep> {
    const round = await this.#read()
    this.#verdict ??= verdict
    return this.#step(round)
  }

  async next(): Promise<TrainingStep> {
    const round = await this.#read()
    if (this.#verdict === round.cards[this.#place]?.expected) this.#right++
    this.#verdict = null
    this.#place++
    if (this.#place === round.cards.length && !this.#isPassed(round)) this.#failures++
    return this.#step(round)
  }

  async #read(): Promise<TrainingPreview> {
    return (this.#round ??= await previewTraining(fetch, this.#study, crypto.randomUUID()))
  }

  #isPassed({ needed, items, cards }: TrainingPreview): boolean {
    return this.#right >= Math.ceil((needed * cards.length) / items)
  }

  #step(round: TrainingPreview): TrainingStep {
    const { items, needed, tries, cards } = round
    const shown = this.#begun ? cards[this.#place] : undefined
    const verdict = this.#verdict
    const right = verdict !== null && verdict === shown?.expected
    return {
      state: this.#stateOf(round, shown !== undefined),
      ...{ items, needed, triesLeft: tries - this.#failures, leastCardSeconds: 0 },
      round: this.#begun
        ? {
            items: cards.length,
            needed,
            judged: this.#place + Number(verdict !== null),
            right: this.#right + Number(right),
          }
        : null,
      card: shown?.card ?? null,
      feedback: shown && verdict !== null ? { verdict, expected: shown.expected, right, why: shown.why } : null,
    }
  }

  #stateOf(round: TrainingPreview, isShown: boolean): TrainingStep['state'] {
    if (round.cards.length === 0) return 'waiting'
    if (!this.#begun) return 'begin'
    if (isShown) return 'card'
    if (this.#isPassed(round)) return 'through'
    return this.#failures < round.tries ? 'failed' : 'out'
  }
}
