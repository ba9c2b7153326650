/** One place among the calls under way at an endpoint; given back when the outcome is stored. */
export interface Place {
  /** Rises when the circuit opens: what was sent before says nothing about what is sent after. */
  readonly circuit: number
}

interface LimiterOptions {
  concurrency: number
  requestsPerMinute: number | null
  /** Other processes call the endpoint too: places and moments to send are granted by `grant`, and until then there are none. */
  shared?: boolean
  /** Monotonic, in milliseconds. */
  now?: () => number
}

/** What a process may do at a shared endpoint, in milliseconds from now. */
interface Grant {
  /** Calls under way at once. */
  places: number
  requestsPerMinute: number | null
  /** Moments at which one call each may go out. */
  sends: number[]
  /** How long the endpoint asked anyone to stay away. */
  blockedMs: number
}

/** What a process needs to go on at a shared endpoint. */
interface Need {
  /** Calls under way, or that may begin at any moment. */
  held: number
  /** Calls that would be under way if they might; Infinity: as many as there are places. */
  wanted: number
  /** Moments to send that it has in hand; null: it wants none. */
  sends: number | null
  /** How long the endpoint asked this process to stay away. */
  askedMs: number
}

/** Failures in a row, over all calls, after which nothing more is sent for a while. */
const circuitFailures = 20
const circuitMs = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]
const cutFactor = 0.8
const cutEveryMs = 15_000
/**
 * A moment to send that passed unused for this long, or for longer than the way to the next one, is given up: what one
 * process made up for late would come on top of what another sends by then.
 */
const sendsKeptMs = 200

/**
 * How fast one endpoint is asked, over all plans of a process: places for concurrent calls, requests per minute, waits
 * that the endpoint asked for, fewer places after a 429 and more again with each round of answers, and a circuit that
 * opens after 20 failures in a row and lets one call through after 5, 10, 20, 40, 60 and 60 s.
 */
export class Limiter {
  readonly #shared: boolean
  readonly #now: () => number
  /** In the order of their turns. */
  readonly #waiting: { turn: number; give: (place: Place) => void }[] = []
  /** Called when something that only `grant` can give is lacking, or the endpoint asked to be left alone. */
  onNeed: () => void = () => {}
  #concurrency: number
  #gapMs: number
  #sends: number[] = []
  /** Whether a call has waited for a place since `need` was read, and whether `need` said so. */
  #lacked = false
  #said = false
  #inUse = 0
  /** Fewer places than allowed, after a 429. */
  #cut = Infinity
  #answersSinceGrowth = 0
  #lastCut = -Infinity
  #askedUntil = -Infinity
  #circuitUntil = -Infinity
  #nextSend = -Infinity
  #failuresInARow = 0
  #circuit = 0
  #openings = 0
  #timer: NodeJS.Timeout | undefined

  constructor({ concurrency, requestsPerMinute, shared = false, now = () => performance.now() }: LimiterOptions) {
    this.#concurrency = shared ? 0 : concurrency
    this.#gapMs = gapOf(requestsPerMinute)
    this.#shared = shared
    this.#now = now
  }

  /**
   * Resolves when a call may go out now, or with null when the signal is aborted first. Of those that wait, the one with the
   * lowest turn goes first; of the same turn, who came first.
   */
  take(signal: AbortSignal, turn = 0): Promise<Place | null> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(null)
      const give = (place: Place) => {
        signal.removeEventListener('abort', giveUp)
        resolve(place)
      }
      const waiter = { turn, give }
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        if (this.#waiting.length === 0) clearTimeout(this.#timer) // else it would keep the process for as long as it waits
        resolve(null)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      const behind = this.#waiting.findIndex((other) => other.turn > turn)
      this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, waiter)
      this.#admit()
    })
  }

  giveBack(): void {
    this.#inUse--
    this.#admit()
  }

  /** Takes what this process may do at a shared endpoint; with no places, nothing more goes out. */
  grant({ places, requestsPerMinute, sends, blockedMs }: Grant): void {
    const now = this.#now()
    this.#concurrency = places
    this.#gapMs = gapOf(requestsPerMinute)
    this.#sends.push(...sends.map((ms) => now + ms))
    this.#askedUntil = Math.max(this.#askedUntil, now + blockedMs)
    this.#admit()
  }

  /** What to ask for at a shared endpoint. */
  get need(): Need {
    this.#said = this.#lacked || this.#waiting.length > 0
    this.#lacked = false
    return {
      held: Math.max(this.#inUse, this.#concurrency),
      wanted: this.#said ? Infinity : this.#inUse,
      sends: this.#said ? this.#sends.length : null,
      askedMs: Math.max(0, this.#askedUntil - this.#now()),
    }
  }

  /** Calls that may be under way at once, as far as other processes are concerned. */
  get places(): number {
    return this.#concurrency
  }

  /** Any reply that is not a fault of the endpoint: the circuit closes, and a round of them opens one more place. */
  answered(): void {
    this.#failuresInARow = 0
    this.#openings = 0
    if (this.#cut >= this.#concurrency || ++this.#answersSinceGrowth < this.#cut) return
    this.#cut++
    this.#answersSinceGrowth = 0
  }

  /** A 429 or an overload: no call goes out before the wait is over, and from then on a fifth fewer at once. */
  rateLimited(waitMs: number): void {
    this.#askedUntil = Math.max(this.#askedUntil, this.#now() + waitMs)
    if (this.#shared) this.onNeed()
    if (this.#now() < this.#lastCut + cutEveryMs) return
    this.#lastCut = this.#now()
    this.#answersSinceGrowth = 0
    this.#cut = Math.max(1, Math.floor(Math.min(this.#cut, this.#concurrency) * cutFactor))
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
    this.#circuitUntil = Math.max(this.#circuitUntil, this.#now() + openFor)
    return false
  }

  /** Milliseconds until anything may go out; 0: now. */
  get blockedMs(): number {
    return Math.max(0, this.#blockedUntil - this.#now())
  }

  get #blockedUntil(): number {
    return Math.max(this.#askedUntil, this.#circuitUntil)
  }

  #admit() {
    const places = this.#openings > 0 ? Math.min(1, this.#concurrency) : Math.min(this.#concurrency, this.#cut)
    while (this.#waiting.length > 0) {
      if (this.#inUse >= places) {
        this.#lacked = true
        if (this.#shared && !this.#said) this.onNeed()
        return
      }
      const wait = Math.max(this.#blockedUntil, this.#nextSend) - this.#now()
      if (wait > 0) return this.#admitLater(wait)
      if (!this.#takeSend()) return
      this.#nextSend = Math.max(this.#nextSend, this.#now()) + this.#gapMs
      this.#inUse++
      this.#waiting.shift()!.give({ circuit: this.#circuit })
    }
  }

  /** Uses up the next moment to send, at an endpoint that shares them out; false: it is still to come. */
  #takeSend(): boolean {
    if (!this.#shared || this.#gapMs === 0) return true
    const now = this.#now()
    const kept = Math.max(sendsKeptMs, this.#gapMs)
    this.#sends = this.#sends.filter((at) => at > now - kept)
    const [next] = this.#sends
    if (next === undefined) {
      this.onNeed()
      return false
    }
    if (next > now) {
      this.#admitLater(next - now)
      return false
    }
    this.#sends.shift()
    return true
  }

  #admitLater(ms: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#admit(), Math.min(Math.ceil(ms), 2 ** 30))
  }
}

function gapOf(requestsPerMinute: number | null): number {
  return requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute
}
