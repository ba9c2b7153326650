/** One place among the calls under way at an endpoint; given back when the outcome is stored. */
export interface Place {
  /** Rises when the circuit opens: what was sent before says nothing about what is sent after. */
  readonly circuit: number
}

interface LimiterOptions {
  concurrency: number
  requestsPerMinute: number | null
  /** Monotonic, in milliseconds. */
  now?: () => number
}

/** Failures in a row, over all calls, after which nothing more is sent for a while. */
const circuitFailures = 20
const circuitMs = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]
const cutFactor = 0.8
const cutEveryMs = 15_000

/**
 * How fast one endpoint is asked, over all plans of a process: places for concurrent calls, requests per minute, waits
 * that the endpoint asked for, fewer places after a 429 and more again with each round of answers, and a circuit that
 * opens after 20 failures in a row and lets one call through after 5, 10, 20, 40, 60 and 60 s.
 */
export class Limiter {
  readonly #concurrency: number
  readonly #gapMs: number
  readonly #now: () => number
  readonly #waiting: ((place: Place) => void)[] = []
  #inUse = 0
  #places: number
  #answersSinceGrowth = 0
  #lastCut = -Infinity
  #blockedUntil = -Infinity
  #nextSend = -Infinity
  #failuresInARow = 0
  #circuit = 0
  #openings = 0
  #timer: NodeJS.Timeout | undefined

  constructor({ concurrency, requestsPerMinute, now = () => performance.now() }: LimiterOptions) {
    this.#concurrency = concurrency
    this.#places = concurrency
    this.#gapMs = requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute
    this.#now = now
  }

  /** Resolves when a call may go out now, or with null when the signal is aborted first. */
  take(signal: AbortSignal): Promise<Place | null> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(null)
      const grant = (place: Place) => {
        signal.removeEventListener('abort', giveUp)
        resolve(place)
      }
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1)
        if (this.#waiting.length === 0) clearTimeout(this.#timer) // else it would keep the process for as long as it waits
        resolve(null)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(grant)
      this.#admit()
    })
  }

  giveBack(): void {
    this.#inUse--
    this.#admit()
  }

  /** Any reply that is not a fault of the endpoint: the circuit closes, and a round of them opens one more place. */
  answered(): void {
    this.#failuresInARow = 0
    this.#openings = 0
    if (this.#places < this.#concurrency && ++this.#answersSinceGrowth >= this.#places) {
      this.#places++
      this.#answersSinceGrowth = 0
    }
  }

  /** A 429: no call goes out before the wait is over, and from then on a fifth fewer at once. */
  rateLimited(waitMs: number): void {
    this.#blockFor(waitMs)
    if (this.#now() < this.#lastCut + cutEveryMs) return
    this.#lastCut = this.#now()
    this.#answersSinceGrowth = 0
    this.#places = Math.max(1, Math.floor(this.#places * cutFactor))
  }

  /** A connection fault, timeout or 5xx. Returns true when the circuit has opened so often that the endpoint is given up. */
  failed(place: Place): boolean {
    if (place.circuit !== this.#circuit) return false
    this.#failuresInARow++
    const trying = this.#openings > 0
    if (!trying && this.#failuresInARow < circuitFailures) return false
    const openFor = circuitMs[this.#openings]
    if (openFor === undefined) return true
    this.#openings++
    this.#circuit++
    this.#blockFor(openFor)
    return false
  }

  /** Milliseconds until anything may go out; 0: now. */
  get blockedMs(): number {
    return Math.max(0, this.#blockedUntil - this.#now())
  }

  #blockFor(waitMs: number) {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#now() + waitMs)
  }

  #admit() {
    const places = this.#openings > 0 ? 1 : this.#places
    while (this.#waiting.length > 0 && this.#inUse < places) {
      const wait = Math.max(this.#blockedUntil, this.#nextSend) - this.#now()
      if (wait > 0) return this.#admitLater(wait)
      this.#nextSend = Math.max(this.#nextSend, this.#now()) + this.#gapMs
      this.#inUse++
      this.#waiting.shift()!({ circuit: this.#circuit })
    }
  }

  #admitLater(ms: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#admit(), Math.min(Math.ceil(ms), 2 ** 30))
  }
}
