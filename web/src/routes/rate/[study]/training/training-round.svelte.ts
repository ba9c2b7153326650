import type { Verdict } from '#server/battles/schema.ts'
import type { TrainingStep } from '#server/battles/training/schema.ts'
import { DwellClock } from '../dwell-clock.ts'
import type { RatingSession } from '../rating-session.svelte.ts'
import { troubleOf } from '../vote-queue.svelte.ts'
import { WakeableWait } from '../wakeable-wait.ts'
import type { TrainingServer } from './training-server.ts'

const longestWaitMs = 15_000
const waitingAgainMs = 15_000

/** One rater's training: where it is, what is on its way, and what is tried again while the network is gone. */
export class TrainingRound {
  step = $state.raw<TrainingStep | null>(null)
  busy = $state(false)
  /** The network is gone: what was asked is asked again by itself. */
  away = $state(false)
  /** Why the server refused what was asked. */
  failure = $state('')
  #over = false
  readonly #wait = new WakeableWait()
  readonly #dwell = new DwellClock()
  readonly #server: TrainingServer
  readonly #session: RatingSession

  constructor(server: TrainingServer, session: RatingSession) {
    this.#server = server
    this.#session = session
  }

  takeUp = () => this.#ask(() => this.#server.takeUp())
  begin = () => this.#ask(() => this.#server.begin())

  judge(verdict: Verdict) {
    const card = this.step?.card
    const dwellMs = this.#dwell.elapsed()
    if (card && !this.step?.feedback) void this.#ask(() => this.#server.judge(card.battleId, verdict, dwellMs))
  }

  next() {
    const card = this.step?.card
    if (card && this.step?.feedback) void this.#ask(() => this.#server.next(card.battleId))
  }

  /** The network is back: tries now. */
  wake() {
    if (this.away) this.#wait.wake()
  }

  /** The page goes on to something else. */
  end() {
    this.#over = true
    this.#wait.wake()
  }

  async #ask(work: () => Promise<TrainingStep>) {
    if (this.busy) return
    this.busy = true
    this.failure = ''
    for (let failures = 0; !this.#over; failures++) {
      try {
        this.#show(await work())
        break
      } catch (refused) {
        this.away = troubleOf(refused) === 'away'
        if (!this.away) {
          this.failure = this.#session.sentenceOf(refused)
          // It may be closed, paused, or somebody else's by now: the session finds out which.
          void this.#session.fill()
          break
        }
        await this.#wait.wait(Math.min(1000 * 2 ** failures, longestWaitMs))
      }
    }
    this.busy = false
  }

  #show(step: TrainingStep) {
    this.away = false
    if (step.card?.battleId !== this.step?.card?.battleId) this.#dwell.restart()
    this.step = step
    if (step.state === 'waiting') setTimeout(() => !this.#over && void this.takeUp(), waitingAgainMs)
    // Nobody is trained any more: real cards come.
    if (step.state === 'through' && step.round === null) this.#session.endTraining()
  }
}
