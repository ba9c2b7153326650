import { z } from 'zod'
import { Strength, Verdict, VoteReason, type Vote } from '#server/battles/schema.ts'
import { ApiProblem } from '#lib/api/problem.ts'
import type { DeviceStore } from '#lib/device-store.ts'

/** A verdict given on this device that the server has not confirmed. Holds no text, no picture and no name. */
const KeptVote = z.object({
  battleId: z.string(),
  verdict: Verdict,
  strength: Strength.nullable().default(null),
  reasons: z.array(VoteReason).default([]),
  dwellMs: z.number(),
  /** Its place in the session, as the rater saw it. */
  item: z.number(),
  /** When it was given, in ms since 1970: votes go out in this order. */
  at: z.number(),
  /** Who gave it: it goes out in nobody else's session. Null where a page kept it that did not yet write this down. */
  rater: z.string().nullable().default(null),
  /** Why, in the rater's language, once the server has refused the vote to its own rater. */
  refused: z.string().optional(),
})
export type WaitingVote = Omit<z.infer<typeof KeptVote>, 'refused' | 'rater'>
/** What may be said with a verdict for one answer, where the study asks for it. */
export type VoteDetail = Pick<WaitingVote, 'strength' | 'reasons'>
type RefusedVote = WaitingVote & { refused: string }

interface Options {
  study: string
  /** The person who rates on this page. */
  rater: string
  /** Where votes outlive the tab, each under a key of its own, so that two tabs do not write over each other. */
  store: DeviceStore
  send(vote: WaitingVote): Promise<Vote>
  /** Waits this long, or until `wake` is called. */
  wait(ms: number): Promise<void>
  /** What a rater reads of a failed call. */
  sentenceOf(failure: unknown): string
  onSaved(vote: WaitingVote, saved: Vote): void
  onRefused(vote: WaitingVote, sentence: string): void
}

type Trouble = 'away' | 'signed-out' | 'link-taken-back' | 'another-rater'

/** More than this many unconfirmed votes, and rating stops until the server answers. */
export const queueLimit = 20
const longestWaitMs = 30_000

/**
 * Votes on their way to the server: in the order given, one at a time, tried again for ever while the server is away or
 * their rater is signed out, kept on the device until it confirms them. One sent twice is a single vote to the server.
 * One that the server refuses to its own rater is set aside with its words until the rater has read them.
 */
export class VoteQueue {
  waiting = $state.raw<WaitingVote[]>([])
  refused = $state.raw<RefusedVote[]>([])
  /** Why nothing goes out at the moment; null while it flows. */
  trouble = $state<Trouble | null>(null)
  /** Whether votes outlive this page. */
  lasting = $state(true)
  readonly full = $derived(this.waiting.length >= queueLimit)
  /** Whether leaving the page now may lose or delay a vote. */
  readonly atRisk = $derived(this.waiting.length > 0 && (this.trouble !== null || !this.lasting))
  /** How many votes of other people wait on this device for their session. */
  readonly ofOthers: number
  #sending: { battleId: string; ended: Promise<unknown> } | null = null
  #draining = false
  readonly #prefix: string
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.#prefix = `vote:${options.study}:`
    this.lasting = options.store.lasts()
    const kept = this.#read()
    const own = kept.filter(({ rater }) => rater === options.rater || rater === null)
    this.waiting = own.filter(({ refused }) => refused === undefined)
    this.refused = own.filter((vote): vote is typeof vote & RefusedVote => vote.refused !== undefined)
    this.ofOthers = kept.length - own.length
  }

  /** Takes a vote in and starts sending. False when the queue is full: nothing was taken. */
  add(vote: WaitingVote): boolean {
    if (this.full) return false
    this.waiting = [...this.waiting, vote]
    this.#keep(vote)
    void this.drain()
    return true
  }

  /** Takes back a vote that has not left. False: it is on its way or already there. */
  remove(battleId: string): boolean {
    if (this.#sending?.battleId === battleId || !this.waiting.some((vote) => vote.battleId === battleId)) return false
    this.#forget(battleId)
    return true
  }

  /** The rater has read why this one was refused: it is kept no longer. */
  closeRefused(id: string) {
    this.refused = this.refused.filter(({ battleId }) => battleId !== id)
    this.#options.store.forget(this.#prefix + id)
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
      this.#forget(vote.battleId)
      this.#options.onSaved(vote, saved)
    } catch (failure) {
      this.trouble = troubleOf(failure)
      if (this.trouble !== null) return 'again'
      this.#setAside({ ...vote, refused: this.#options.sentenceOf(failure) })
    }
    this.trouble = null
    return 'settled'
  }

  #setAside(vote: RefusedVote) {
    this.waiting = this.waiting.filter(({ battleId }) => battleId !== vote.battleId)
    this.refused = [...this.refused, vote]
    this.#keep(vote)
    this.#options.onRefused(vote, vote.refused)
  }

  #keep(vote: WaitingVote) {
    const { rater, store } = this.#options
    this.lasting = store.keep(this.#prefix + vote.battleId, JSON.stringify({ ...vote, rater }))
  }

  #forget(id: string) {
    this.waiting = this.waiting.filter(({ battleId }) => battleId !== id)
    this.#options.store.forget(this.#prefix + id)
  }

  #read() {
    const { store } = this.#options
    return store
      .keys(this.#prefix)
      .flatMap((key) => readKept(store.read(key)) ?? [])
      .sort((one, other) => one.at - other.at)
  }
}

/** Null for what is no vote: it stays where it is and keeps no other from being sent. */
function readKept(text: string | null): z.infer<typeof KeptVote> | null {
  try {
    return KeptVote.safeParse(JSON.parse(text ?? '')).data ?? null
  } catch {
    return null
  }
}

/** Why a vote must wait; null where the server itself, and nobody on the way to it, refused its own rater for good. */
export function troubleOf(failure: unknown): Trouble | null {
  if (!(failure instanceof ApiProblem) || failure.passing || !failure.type.startsWith('/problems/')) return 'away'
  if (failure.status === 401) return failure.reason === 'link-taken-back' ? 'link-taken-back' : 'signed-out'
  return failure.type === '/problems/another-rater' ? 'another-rater' : null
}
