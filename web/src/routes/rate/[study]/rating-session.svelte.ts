import type { Card, CardBatch, ReportInput, Verdict, Vote } from '#server/battles/schema.ts'
import { ApiProblem, sentenceOf } from '#lib/api/problem.ts'
import type { DeviceStore } from '#lib/device-store.ts'
import { rateWords } from '#lib/words/rate.ts'
import type { z } from 'zod'
import { CardsAhead } from './cards-ahead.ts'
import { DwellClock } from './dwell-clock.ts'
import { GivenVotes } from './given-votes.svelte.ts'
import { atWidth, keepPictures, previewWidth } from './picture-store.ts'
import { serverFor, type RatingServer } from './rating-server.ts'
import { troubleOf, VoteQueue, type VoteDetail, type WaitingVote } from './vote-queue.svelte.ts'
import { WakeableWait } from './wakeable-wait.ts'

/** The most cards that one request may ask for. */
const mostAtOnce = 5
const askAgainMs = 3_000
const pausedAgainMs = 15_000
/** The last cards that say how fast a rater goes, and how many must be there to say it. */
const paceOf = 20
const leastPace = 3

interface Options {
  study: string
  /** The person who rates. */
  rater: string
  store: DeviceStore
  /** Left out: the server, for this rater. */
  server?: RatingServer
  /** What is said of votes, and of what the server refuses. Left out: English. */
  words?: ReturnType<typeof rateWords.use>
  sentenceOf?: (failure: unknown) => string
}

/** One rater's sitting in one study: cards held ready, votes confirmed behind the page, leases kept and given back. */
export class RatingSession {
  cards = $state.raw<Card[]>([])
  progress = $state.raw<CardBatch['progress'] | null>(null)
  done = $state(false)
  /** The server's sentence while answers are still being collected. */
  awaited = $state<string | null>(null)
  /** How many answers are in, of how many. */
  answersIn = $state.raw<CardBatch['answers']>(null)
  /** Why no card could be had; null while they come. */
  failure = $state<string | null>(null)
  /** The study was closed meanwhile: nothing more is asked. */
  closed = $state(false)
  /** This rater was excluded from the study: nothing more is asked of them. */
  excluded = $state(false)
  /** The training comes before any card. */
  training = $state(false)
  /** The study hands out no cards for now; the page asks again by itself. */
  studyPaused = $state(false)
  paused = $state(false)
  /** The rater chose to go on past the goal. */
  goingOn = $state(false)
  /** What happened last, in words; read out and shown beside the progress. */
  said = $state('')
  /** The item whose vote was saved, where that is what was said last. */
  saidOf = $state<number | null>(null)
  /** How long a card is in sight before it takes a verdict. */
  leastCardSeconds = $state(1)
  /** What the study asks after a verdict for one answer. */
  followUp = $state<CardBatch['followUp']>('nothing')
  returned = $state(false)
  undoing = $state(false)
  readonly queue: VoteQueue
  /** Votes of earlier sittings. */
  from = $state(0)
  readonly item = $derived.by(() => (this.progress?.votes ?? 0) - this.from + this.queue.waiting.length + 1)
  readonly card = $derived(this.cards[0] ?? null)
  readonly complete = $derived.by(() => !this.goingOn && this.progress !== null && this.item > this.progress.goal)
  #paces = $state.raw<number[]>([])
  /** Minutes until the goal at the rater's own pace; null until a few cards have shown it, and past the goal. */
  readonly minutesLeft = $derived.by(() => {
    const left = (this.progress?.goal ?? 0) - this.item + 1
    const middle = this.#paces.toSorted((one, other) => one - other)[this.#paces.length >> 1]
    return this.#paces.length < leastPace || left <= 0 || middle === undefined
      ? null
      : Math.ceil((left * middle) / 60_000)
  })
  readonly #given: GivenVotes
  readonly undoable = $derived.by(() => this.#given.list.length > 0 && !this.undoing)
  /** The cards of votes that have not left: undo shows them without the server. */
  #judged: Card[] = []
  #displaced = $state(false)
  /** Somebody else has signed in on this device: nothing here may go out in their name. */
  readonly displaced = $derived.by(() => this.#displaced || this.queue.trouble === 'another-rater')
  /** False: a try-out, of which nothing is stored. */
  readonly keeps: boolean
  readonly #server: RatingServer
  readonly #words: NonNullable<Options['words']>
  /** The sentence that a rater reads of a failed call. */
  readonly sentenceOf: (failure: unknown) => string
  /** Names this page to the server, so that what it gives back is not taken from another page of the same rater. */
  readonly #holder = crypto.randomUUID()
  readonly #dwell = new DwellClock()
  readonly #retry = new WakeableWait()
  readonly #ahead = new CardsAhead()
  #filling = false
  /** How often a vote or its withdrawal told how far the rater is: what a reply from before says is out of date. */
  #told = 0
  #refill: ReturnType<typeof setTimeout> | undefined

  constructor({ study, rater, store, server = serverFor(study, rater), ...told }: Options) {
    this.#server = server
    this.#words = told.words ?? rateWords.in('en')
    this.sentenceOf = told.sentenceOf ?? sentenceOf
    this.keeps = server.keeps
    this.#given = new GivenVotes({ study, rater, store })
    this.queue = new VoteQueue({
      study,
      rater,
      store,
      send: (vote) => this.#ahead.learnFrom(() => server.vote(vote)),
      wait: (ms) => this.#retry.wait(ms),
      sentenceOf: this.sentenceOf,
      onSaved: (vote, saved) => this.#saved(vote, saved),
      onRefused: (vote, sentence) => this.#refused(vote, sentence),
    })
  }

  /** Begins or goes on: sends what an earlier tab left behind and fetches cards. */
  async start() {
    void this.queue.drain()
    await this.fill()
  }

  /** Tries now instead of after the wait: the network is back, or the rater asks. */
  wake() {
    this.#retry.wake()
    void this.fill()
  }

  /** Holds the card shown and some behind it, with their pictures. */
  async fill() {
    clearTimeout(this.#refill)
    if (this.#filling || this.paused || this.cards.length >= this.#ahead.wanted) return
    this.#filling = true
    try {
      const count = Math.min(mostAtOnce, this.#ahead.wanted - this.cards.length)
      const told = this.queue.waiting.length === 0 ? this.#told : null
      const batch = await this.#ahead.learnFrom(() => this.#lease(count))
      if (this.progress === null || (told === this.#told && this.queue.waiting.length === 0)) this.#countFrom(batch)
      const { length: got } = this.#take(batch)
      if (got > 0 && this.cards.length < this.#ahead.wanted) this.#fillLater(0)
      this.failure = null
      this.closed = false
      this.excluded = false
      this.training = false
      this.studyPaused = false
      this.#displaced = false
    } catch (failure) {
      this.failure = this.sentenceOf(failure)
      const problem = failure instanceof ApiProblem ? failure.type : ''
      if (problem === '/problems/study-over') this.closed = true
      if (problem === '/problems/rater-excluded') this.excluded = true
      this.training = problem === '/problems/training-needed'
      if (this.training) this.failure = null
      if (this.closed || this.excluded || this.training) this.cards = []
      this.studyPaused = problem === '/problems/study-paused'
      if (this.studyPaused) this.#fillLater(pausedAgainMs)
      const trouble = troubleOf(failure)
      this.#displaced = trouble === 'another-rater'
      if (trouble === 'away') this.#fillLater()
    } finally {
      this.#filling = false
    }
  }

  /** The training is over, or is left out in a try-out: cards come. */
  endTraining() {
    this.training = false
    void this.fill()
  }

  #lease(count: number): Promise<CardBatch> {
    const ids = [...this.queue.waiting.map(({ battleId }) => battleId), ...this.cards.map(({ battleId }) => battleId)]
    return this.#server.lease({ count, holding: ids, holder: this.#holder })
  }

  /** Returns the cards that it did not hold before. */
  #take(batch: CardBatch): Card[] {
    if (this.paused) {
      this.#giveBack(batch.cards)
      return []
    }
    const known = [...this.cards, ...this.queue.waiting].map(({ battleId }) => battleId)
    const before = this.card
    const fresh = batch.cards.filter(({ battleId }) => !known.includes(battleId))
    this.cards = [...this.cards, ...fresh]
    this.leastCardSeconds = batch.leastCardSeconds
    this.followUp = batch.followUp
    this.done = batch.done
    this.awaited = batch.waiting
    this.answersIn = batch.answers
    if (this.card !== before) this.#shown()
    else this.#keepPictures()
    if (!batch.done && this.cards.length === 0) this.#fillLater()
    return fresh
  }

  #countFrom(batch: CardBatch) {
    this.from = this.#beginOf(batch)
    this.progress = batch.progress
  }

  /** Where this sitting began: where the panel sent the rater, else after the last goal that was met before the page was loaded. */
  #beginOf({ sittingFrom, progress: { votes, goal } }: CardBatch): number {
    if (sittingFrom !== null) return sittingFrom
    return this.progress === null ? Math.max(0, Math.ceil(votes / goal) - 1) * goal : this.from
  }

  #fillLater(ms = askAgainMs) {
    this.#refill = setTimeout(() => void this.fill(), ms)
  }

  #shown() {
    this.returned = false
    this.#dwell.restart()
    this.#keepPictures()
  }

  #keepPictures() {
    keepPictures(this.cards.map(({ image }) => atWidth(image.url, previewWidth)))
  }

  /** Reads words out and shows them beside the progress. */
  say(words: string) {
    this.said = words
    this.saidOf = null
  }

  /** Gives the verdict on the card shown and moves on at once. False when twenty votes already wait. */
  vote(verdict: Verdict, { strength, reasons }: VoteDetail = { strength: null, reasons: [] }): boolean {
    const card = this.card
    if (!card || this.undoing) return false
    const item = this.item
    const dwellMs = this.#dwell.elapsed()
    this.#paces = [...this.#paces.slice(1 - paceOf), dwellMs]
    const taken = this.queue.add({ battleId: card.battleId, verdict, strength, reasons, dwellMs, item, at: Date.now() })
    if (!taken) return false
    this.#given.add({ battleId: card.battleId, item, voteId: null })
    this.#judged.push(card)
    this.#advance()
    return true
  }

  #advance() {
    this.cards = this.cards.slice(1)
    this.#shown()
    void this.fill()
  }

  #saved(vote: WaitingVote, saved: Vote) {
    this.#told += 1
    this.progress = saved.progress
    this.#given.confirm(vote.battleId, saved.id)
    this.#forget(vote.battleId)
    // Whoever was signed out is back.
    if (this.failure) void this.fill()
    const { item } = vote
    const { saved: inTime, savedLate, savedTooLate, notKept } = this.#words
    const words = !this.keeps ? notKept : !saved.late ? inTime : saved.counted ? savedLate : savedTooLate
    this.say(words({ item }))
    if (this.keeps) this.saidOf = item
  }

  #refused(vote: WaitingVote, sentence: string) {
    this.#given.remove(vote.battleId)
    this.#forget(vote.battleId)
    this.say(this.#words.notTaken({ item: vote.item, why: sentence }))
  }

  /** Another tab of this browser gave or took back a vote. */
  learnOfOtherTabs() {
    const gone = this.#given.reread().find(({ item }) => item === this.saidOf)
    if (gone) this.say(this.#words.takenBackElsewhere({ item: gone.item }))
  }

  /** Takes the last vote back and shows its pair again: from memory while unsent, as a new battle after that. */
  async undo() {
    const last = this.#given.list.at(-1)
    if (!last || this.undoing) return
    this.undoing = true
    try {
      await this.queue.attemptEnded(last.battleId)
      const unsent = this.queue.remove(last.battleId)
      const voteId = this.#given.list.find(({ battleId }) => battleId === last.battleId)?.voteId ?? null
      if (!unsent && voteId === null) return
      await this.#openAgain(last.battleId, voteId)
      this.say(this.#words.openAgain({ item: last.item }))
    } catch (failure) {
      this.say(this.#words.notUndone({ item: last.item, why: this.sentenceOf(failure) }))
    } finally {
      this.undoing = false
    }
  }

  /** `voteId`: null for a vote that has not left, whose card is in memory unless the page was loaded anew. */
  async #openAgain(given: string, voteId: number | null) {
    const kept = this.#judged.find((card) => card.battleId === given)
    const battleId = voteId === null ? given : (await this.#server.withdraw(voteId)).battleId
    this.#given.remove(given)
    this.#forget(given)
    if (voteId === null && kept) return this.#putInFront([kept])
    const batch = await this.#lease(1)
    this.#told += 1
    this.progress = batch.progress
    // Where another tab was quicker, it has the pair: the next card for this page comes instead.
    this.#putInFront(batch.cards.filter((card) => card.battleId === battleId))
  }

  #forget(battleId: string) {
    this.#judged = this.#judged.filter((card) => card.battleId !== battleId)
  }

  #putInFront(cards: Card[]) {
    const fresh = cards.map(({ battleId }) => battleId)
    this.cards = [...cards, ...this.cards.filter(({ battleId }) => !fresh.includes(battleId))]
    this.#shown()
  }

  /** Tells what is wrong with the card shown and goes on without a verdict. Throws what the server refuses. */
  async report(report: z.input<typeof ReportInput>) {
    const card = this.card
    if (!card) return
    await this.#server.report(card.battleId, report)
    this.say((this.keeps ? this.#words.reported : this.#words.leftOut)({ item: this.item }))
    if (this.card === card) this.#advance()
  }

  /** Asks the server to keep every card held for us; what it has given away is dropped, unless it is being read. */
  async renew() {
    const held = this.cards
    const results = await Promise.allSettled(held.map(({ battleId }) => this.#server.renew(battleId)))
    const gone = held.filter((_, index) => isLost(results[index])).map(({ battleId }) => battleId)
    if (this.card && gone.includes(this.card.battleId)) this.returned = true
    this.cards = this.cards.filter(({ battleId }, index) => index === 0 || !gone.includes(battleId))
    void this.fill()
  }

  /** Gives back the cards that nobody has seen. The requests outlive the page. */
  releaseUnseen() {
    this.#giveBack(this.cards.slice(1))
    this.cards = this.cards.slice(0, 1)
    clearTimeout(this.#refill)
  }

  #giveBack(cards: Card[]) {
    for (const { battleId } of cards) void this.#server.release(battleId, this.#holder).catch(() => undefined)
  }

  pause() {
    this.paused = true
    this.#dwell.stop()
    this.releaseUnseen()
  }

  async resume() {
    this.paused = false
    this.#dwell.go()
    await this.renew()
  }

  /** Time while the page is hidden is not reading time. */
  visible(yes: boolean) {
    if (yes && !this.paused) this.#dwell.go()
    else this.#dwell.stop()
  }
}

/** Refused for good, as opposed to a server that is away or a rater who is signed out. */
function isLost(result: PromiseSettledResult<unknown> | undefined): boolean {
  return result?.status === 'rejected' && troubleOf(result.reason) === null
}
