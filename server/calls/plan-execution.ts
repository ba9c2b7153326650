import { setTimeout as sleep } from 'node:timers/promises'
import { plans, type StoredSentPicture } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '../core/context.ts'
import { EgressError } from '../core/egress.ts'
import { patienceOf } from '../core/postgres/patience.ts'
import { rowsOf } from '../core/postgres/rows.ts'
import { shellWord } from '../core/printable.ts'
import { Problem } from '../core/problem.ts'
import { callEndpoint, type CallableEndpoint, type CallResult } from '../endpoints/call-endpoint.ts'
import type { WirePrompt, WireSettings } from '../endpoints/protocols/protocol.ts'
import type { PicturePolicy } from '../endpoints/schema.ts'
import { markFailing } from '../endpoints/service.ts'
import { describeImages, type StoredImage } from '../images/service.ts'
import { encodedBytesOf, type CallResources } from './call-resources.ts'
import {
  claimCalls,
  claimReading,
  hasMoreWaiting,
  leaseSeconds,
  releaseClaims,
  releaseReading,
  renewClaims,
  takeBackLostCalls,
  workLeft,
  type ClaimedCall,
} from './claims.ts'
import { costOfOutcome, limitReached } from './spending/cost.ts'
import type { Customer, OfferedPicture, OutgoingPrompt, Plan, Unaskable } from './customer.ts'
import type { Limiter, Place } from './limits/limiter.ts'
import { SpaceFreer } from './settling/free-space.ts'
import { Receiver } from './replies/receiver.ts'
import { isEmpty, verdictOn, type Verdict } from './retry-rule.ts'
import { pauseBecause } from './service.ts'
import { Settler, type EndedAttempt } from './settling/settler.ts'
import { newWorkerName } from './worker-name.ts'

export interface ExecuteOptions {
  /** Aborted: nothing more is sent, what is under way gets `drainMs`, then everything is given back. */
  signal: AbortSignal
  /** Limiters and caches shared with other plans of this process. */
  resources?: CallResources
  drainMs?: number
  firstBackoffMs?: number
}

export type PlanEnd = 'finished' | 'paused' | 'cancelled' | 'interrupted'

interface ReadyCall {
  call: ClaimedCall
  prompt: OutgoingPrompt | Unaskable | undefined
  images: Map<string, StoredImage>
  /** Being made ready for the wire, with the bytes that it holds, before there is a place for it. */
  wire?: Promise<{ wire: WirePrompt; altered: StoredSentPicture[]; bytes: number }>
}

/** How long answers that are under way are waited for once nothing more is sent. */
export const longestDrainMs = 30_000
const heartbeatMs = 400
/** How soon a plan that is still read is looked at again, where its calls have caught up with the reading. */
const growingMs = 15
/** How soon a reading looks again whether other workers have claimed what it read. */
const longestPaceMs = 100
const takeBackEveryMs = 2_000
/**
 * After this many requests that the endpoint calls malformed, and not one reply, the settings are wrong, not the
 * examples.
 */
const malformedInARow = 20

/** One process at work on one plan, from its start to its end. */
export class PlanExecution {
  readonly worker = newWorkerName()
  readonly #ctx: Context
  readonly #plan: Plan
  readonly #customer: Customer
  /** With the limits, time limit and retries that it has by now. */
  #endpoint: CallableEndpoint
  readonly #settings: WireSettings & { pictures: PicturePolicy }
  readonly #options: ExecuteOptions & { resources: CallResources }
  readonly #limiter: Limiter
  readonly #settler: Settler
  readonly #receiver: Receiver
  readonly #space: SpaceFreer
  readonly #underWay = new Set<Promise<void>>()
  readonly #queue: ReadyCall[] = []
  /** Aborted when nothing more is to be sent; its reason is how the plan ends. */
  readonly #stopping = new AbortController()
  /** Aborted when what is under way is given up too. */
  readonly #givingUp = new AbortController()
  /** The calls that this worker holds, as far as it knows. */
  readonly #mine = new Set<number>()
  #setbacks = 0
  #refilling: Promise<void> | undefined
  #reading: Promise<void> | undefined
  #end: PlanEnd = 'finished'
  /** In words for people. */
  #limitReached: string | null = null
  #fault: unknown
  #malformed = 0
  /** In US dollars. */
  #costLimit: number | null
  /** Its turn at the endpoint, which people may change. */
  #rank: number
  #wake: () => void = () => {}
  /** Lets the reading look whether calls were claimed. */
  #readOn: () => void = () => {}

  constructor(
    ctx: Context,
    plan: Plan,
    customer: Customer,
    endpoint: CallableEndpoint,
    settings: WireSettings & { pictures: PicturePolicy },
    options: ExecuteOptions & { resources: CallResources },
  ) {
    this.#ctx = ctx
    this.#plan = plan
    this.#customer = customer
    this.#endpoint = endpoint
    this.#settings = settings
    this.#options = options
    this.#limiter = options.resources.limiterOf(endpoint)
    this.#settler = new Settler(ctx, this.worker, plan.id)
    this.#costLimit = plan.costLimit
    this.#rank = plan.rank
    this.#receiver = new Receiver(ctx, customer, plan)
    this.#space = new SpaceFreer(ctx, customer)
  }

  /** Works until nothing is left or something stops it. Throws what a customer threw, after putting everything down. */
  async run(): Promise<PlanEnd> {
    const { signal, drainMs = longestDrainMs } = this.#options
    const interrupt = () => this.#stop('interrupted')
    signal.addEventListener('abort', interrupt, { once: true })
    if (signal.aborted) interrupt()
    const leave = this.#options.resources.join(this.#ctx, this.#endpoint)
    const watching = this.#watch()
    try {
      await this.#readIfGrowing()
      await this.#send()
    } catch (error) {
      this.#fail(error)
    }
    this.#stop(this.#end)
    const drained = setTimeout(() => this.#givingUp.abort(), drainMs)
    await Promise.all([...this.#underWay, this.#refilling, this.#reading])
    clearTimeout(drained)
    signal.removeEventListener('abort', interrupt)
    await watching
    await leave()
    await this.#dropEncoded()
    if (this.#limitReached !== null) await this.#pauseUnlessDone(this.#limitReached)
    await this.#receiver.drain().catch((error: unknown) => this.#fail(error))
    await this.#space.end()
    if (this.#fault !== undefined) throw this.#fault
    return this.#end
  }

  #stop(end: PlanEnd) {
    if (this.#stopping.signal.aborted) return
    this.#end = end
    this.#stopping.abort()
    this.#wake()
    this.#readOn()
  }

  #fail(error: unknown) {
    this.#fault ??= error
    this.#stop('interrupted')
  }

  get #concurrency(): number {
    return this.#endpoint.maxConcurrency
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Has the customer read what there is to ask, unless another worker does. */
  async #readIfGrowing() {
    if (!this.#customer.read || this.#reading || this.#stopped) return
    if (!(await claimReading(this.#ctx, this.#plan.id, this.worker))) return
    const reading = { signal: this.#stopping.signal, keepPace: () => this.#keepPace(), offer: this.#offer }
    this.#reading = this.#customer
      .read(this.#ctx, this.#plan, reading)
      .catch((error: unknown) => this.#stopReading(error))
      .finally(async () => {
        await releaseReading(this.#ctx, this.#plan.id, this.worker).catch((error: unknown) => this.#fail(error))
        this.#reading = undefined
        this.#wake()
      })
  }

  readonly #offer = (picture: OfferedPicture) => this.#options.resources.offer(picture)

  /** A reading stays a little ahead of the calls: it takes their time otherwise, and what it read is soon forgotten. */
  async #keepPace() {
    while (!this.#stopped && (await hasMoreWaiting(this.#ctx, this.#plan.id, this.#concurrency)))
      await Promise.race([sleep(longestPaceMs), new Promise<void>((wake) => (this.#readOn = wake))])
  }

  /** What people can mend pauses the plan with the sentence. */
  async #stopReading(error: unknown) {
    if (!(error instanceof Problem)) return this.#fail(error)
    this.#stop('paused')
    await pauseBecause(this.#ctx, this.#plan, error.message)
  }

  /** Takes a place at the endpoint for one ready call after the other. */
  async #send() {
    await takeBackLostCalls(this.#ctx, this.#plan.id, this.worker)
    while (!this.#stopped) {
      this.#receiver.check()
      if (this.#queue.length <= this.#concurrency) this.#refilling ??= this.#refill()
      if (this.#receiver.backlog > 4 * this.#concurrency + 500) {
        await sleep(5)
      } else if (this.#queue.length === 0) {
        await this.#refilling
        if (this.#queue.length === 0 && !(await this.#awaitWork())) return
      } else {
        this.#encodeAhead()
        const place = await this.#limiter.take(this.#stopping.signal, this.#rank)
        if (place) this.#start(this.#queue.shift()!, place)
      }
    }
  }

  /** Reads the pictures of the next calls while they wait for a place, so that no place waits for a disk. */
  #encodeAhead() {
    for (const ready of this.#queue.slice(0, Math.ceil(this.#concurrency / 4))) {
      if (!ready.prompt || 'fault' in ready.prompt || ready.wire) continue
      ready.wire = this.#encode(ready.prompt, ready.images)
      ready.wire.catch(() => {}) // it is thrown again where the call is sent
    }
  }

  #start(ready: ReadyCall, place: Place) {
    const work = this.#carryOut(ready, place)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#limiter.giveBack()
        this.#underWay.delete(work)
        this.#wake()
      })
    this.#underWay.add(work)
  }

  /** Frees what was made ready and will not be sent. */
  async #dropEncoded() {
    for (const { wire } of this.#queue.splice(0)) {
      await wire?.then(({ bytes }) => this.#options.resources.release(bytes)).catch(() => {})
    }
  }

  /** Waits for a call to become due. False: nothing is left of the plan. */
  async #awaitWork(): Promise<boolean> {
    const { left, growing, dueInMs } = await workLeft(this.#ctx, this.#plan.id)
    if (!left && this.#underWay.size === 0) return false
    // What is due and could not be claimed is held back because another worker is busy with the plan.
    const wait =
      growing && dueInMs === null
        ? growingMs
        : dueInMs === null
          ? heartbeatMs
          : dueInMs <= 0
            ? 30
            : Math.min(dueInMs, heartbeatMs)
    await Promise.race([sleep(wait), new Promise<void>((wake) => (this.#wake = wake))])
    return true
  }

  /** Claims the next calls and asks the customer and the picture store what they need. */
  async #refill() {
    try {
      const wanted = 2 * this.#concurrency - this.#queue.length
      await this.#giveBackUnknown()
      const claimed = await claimCalls(this.#ctx, this.#plan.id, this.worker, {
        wanted,
        atOnce: 3 * this.#concurrency,
      })
      for (const { id } of claimed) this.#mine.add(id)
      if (claimed.length > 0) await this.#prepare(claimed)
    } catch (error) {
      this.#fail(error)
    }
    this.#refilling = undefined
    this.#readOn()
  }

  /** After an outage: claims that were committed while nobody could say so. */
  async #giveBackUnknown() {
    const setbacks = patienceOf(this.#ctx)?.setbacks ?? 0
    if (setbacks === this.#setbacks) return
    await releaseClaims(this.#ctx, this.#plan.id, this.worker, [...this.#mine])
    this.#setbacks = setbacks
  }

  async #prepare(claimed: ClaimedCall[]) {
    const keys = claimed.map(({ key }) => key)
    const prompts = await this.#customer.prepare(this.#ctx, this.#plan, keys)
    const hashes = [...prompts.values()].flatMap((prompt) =>
      'fault' in prompt ? [] : prompt.parts.flatMap((part) => (part.kind === 'image' ? [part.sha256] : [])),
    )
    const images = await describeImages(this.#ctx, [...new Set(hashes)])
    this.#queue.push(...claimed.map((call) => ({ call, prompt: prompts.get(call.key), images })))
  }

  /** One attempt of one call. Its place is held until what came of it is committed, so a crash repeats no more calls than there are places. */
  async #carryOut(ready: ReadyCall, place: Place) {
    const { call, prompt, images } = ready
    const sentAt = performance.now()
    const ended = (rest: Partial<EndedAttempt>): EndedAttempt => ({
      call,
      state: 'error',
      sentAt,
      latencyMs: 0,
      status: null,
      errorClass: null,
      message: null,
      waitMs: 0,
      waitAsked: false,
      cost: null,
      altered: [],
      result: null,
      ...rest,
    })
    if (!prompt) return this.#settle(ended({ errorClass: 'internal', message: 'No prompt was made for this call' }))
    if ('fault' in prompt) return this.#settle(ended({ errorClass: 'data', message: prompt.fault }))
    ready.wire ??= this.#encode(prompt, images)
    let result: CallResult
    try {
      result = await this.#ask(ready)
    } catch (error) {
      if (error instanceof EgressError && error.kind === 'aborted') {
        const message = 'Given up on request; the endpoint may have answered it'
        const latencyMs = Math.round(performance.now() - sentAt)
        return this.#settle(ended({ state: 'pending', errorClass: 'internal', message, latencyMs }))
      }
      if (!(error instanceof Problem)) throw error
      return this.#settle(ended({ errorClass: 'data', message: error.message }))
    }
    const { firstBackoffMs = 1_000 } = this.#options
    const rule = {
      maxRetries: this.#endpoint.maxRetries,
      firstBackoffMs,
      longestBackoffMs: 60_000,
      random: this.#ctx.random,
    }
    const verdict = verdictOn(result.outcome, call, rule)
    await this.#learn(result, verdict, place)
    const cost = costOfOutcome(this.#endpoint.price, result.outcome)
    const { altered } = await ready.wire
    await this.#settle(ended({ ...described(result, verdict), result, cost, altered }))
  }

  async #encode(prompt: OutgoingPrompt, images: Map<string, StoredImage>) {
    const { resources } = this.#options
    const bytes = encodedBytesOf(prompt, images)
    await resources.admit(bytes)
    try {
      const { prompt: wire, altered } = await resources.encode(this.#ctx, prompt, images, this.#settings.pictures)
      return { wire, altered, bytes }
    } catch (error) {
      resources.release(bytes)
      throw error
    }
  }

  async #ask({ wire: encoding }: ReadyCall): Promise<CallResult> {
    const { wire, bytes } = await encoding!
    try {
      return await callEndpoint(this.#ctx, this.#endpoint, this.#settings, wire, { signal: this.#givingUp.signal })
    } finally {
      this.#options.resources.release(bytes)
    }
  }

  async #settle(attempt: EndedAttempt) {
    const held = await this.#settler.add(attempt)
    if (this.#costLimit !== null && this.#settler.spent >= this.#costLimit) await this.#stopForCost()
    const { call, state, result } = attempt
    this.#mine.delete(call.id)
    this.#space.count()
    if (!held || state !== 'answered' || result?.outcome.kind !== 'reply') return
    const { kind: _, ...reply } = result.outcome
    this.#receiver.add({ ...reply, callId: call.id, key: call.key })
  }

  /** What an outcome says about the endpoint as a whole. */
  async #learn({ outcome }: CallResult, verdict: Verdict, place: Place) {
    if (outcome.kind === 'reply') {
      this.#malformed = -Infinity
      return this.#limiter.answered()
    }
    if (verdict.kind === 'pause') return this.#pause(outcome.errorClass, outcome.message, verdict.endpointFails)
    switch (outcome.errorClass) {
      case 'rate_limit':
      case 'overloaded':
        return this.#limiter.rateLimited(verdict.kind === 'retry' ? verdict.waitMs : 0)
      case 'connection':
      case 'timeout':
      case 'server':
        if (this.#limiter.failed(place)) await this.#pause('connection', outcome.message, true)
        return
      case 'bad_request':
        this.#limiter.answered()
        if (++this.#malformed >= malformedInARow) await this.#pause('bad_request', outcome.message, false)
        return
      default:
        this.#limiter.answered()
    }
  }

  async #pause(errorClass: string, message: string, endpointFails: boolean) {
    if (this.#stopped) return
    this.#stop('paused')
    const since = new Date(this.#ctx.now()).toISOString().slice(11, 16)
    const words = pauseWords(errorClass, this.#endpoint, since)
    const reason = `${words} It said: ${message}`.slice(0, 2048)
    if (endpointFails) await markFailing(this.#ctx, this.#endpoint.id, reason)
    await pauseBecause(this.#ctx, this.#plan, reason)
  }

  /** Sends nothing more where a limit of cost is reached; what is under way still comes in, and costs what it costs. */
  async #stopForCost() {
    const reason = this.#stopped ? null : await limitReached(this.#ctx, this.#plan.id)
    if (reason === null || this.#stopped) return
    this.#limitReached = reason
    this.#stop('paused')
  }

  /** A limit that the last calls reached keeps nothing from being done. */
  async #pauseUnlessDone(reason: string) {
    try {
      if ((await workLeft(this.#ctx, this.#plan.id)).left) await pauseBecause(this.#ctx, this.#plan, reason)
      else this.#end = 'finished'
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Sees within half a second what others decided, keeps the lease alive, and takes over calls of dead workers. */
  async #watch() {
    let renewed = performance.now()
    let tookBack = performance.now()
    while (!this.#stopped || this.#underWay.size > 0) {
      await Promise.race([sleep(heartbeatMs), this.#stopped ? sleep(20) : stopped(this.#stopping.signal)])
      try {
        const now = performance.now()
        if (!this.#stopped) await this.#obey()
        if (now - renewed > (leaseSeconds * 1000) / 4) {
          await renewClaims(this.#ctx, this.#plan.id, this.worker)
          renewed = now
        }
        if (!this.#stopped && now - tookBack > takeBackEveryMs) {
          await takeBackLostCalls(this.#ctx, this.#plan.id, this.worker)
          await this.#readIfGrowing()
          tookBack = now
        }
      } catch (error) {
        this.#ctx.log.warn({ err: error }, 'a look at the plan failed')
      }
    }
  }

  async #obey() {
    const { status, statusReason: why, timeoutMs, maxRetries, maxConcurrency } = endpoints
    const { state, costLimit, rank } = plans
    const seen = { state, costLimit, rank, status, why, timeoutMs, maxRetries, maxConcurrency }
    const [plan] = await rowsOf(this.#ctx, seen)`
      select p.state, e.status, e.status_reason as why, p.cost_limit as "costLimit", p.rank, e.timeout_ms as "timeoutMs",
        e.max_retries as "maxRetries", e.max_concurrency as "maxConcurrency"
      from plans p join endpoints e on e.id = p.endpoint_id where p.id = ${this.#plan.id}`
    if (!plan || plan.state === 'cancelled') return this.#stop('cancelled')
    if (plan.state === 'paused') return this.#stop('paused')
    if (plan.status === 'off' || plan.status === 'failing') {
      await pauseBecause(this.#ctx, this.#plan, `${this.#endpoint.name} is ${plan.status}: ${plan.why}`)
      this.#stop('paused')
    }
    this.#endpoint = {
      ...this.#endpoint,
      timeoutMs: plan.timeoutMs,
      maxRetries: plan.maxRetries,
      maxConcurrency: plan.maxConcurrency,
    }
    this.#costLimit = plan.costLimit
    this.#rank = plan.rank
    if (this.#endpoint.price) await this.#stopForCost()
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function described({ outcome, status, latencyMs }: CallResult, verdict: Verdict): Partial<EndedAttempt> {
  const failure =
    outcome.kind === 'failure'
      ? { errorClass: outcome.errorClass, message: outcome.message }
      : isEmpty(outcome) && verdict.kind === 'retry'
        ? { errorClass: 'protocol' as const, message: 'The answer was empty' }
        : {}
  const waits = verdict.kind === 'retry' ? { waitMs: verdict.waitMs, waitAsked: verdict.asked } : {}
  const states = { answered: 'answered', retry: 'pending', pause: 'pending', error: 'error' } as const
  return { state: states[verdict.kind], status, latencyMs, ...failure, ...waits }
}

function pauseWords(errorClass: string, endpoint: CallableEndpoint, since: string): string {
  const named = shellWord(endpoint.name)
  switch (errorClass) {
    case 'quota':
      return `The quota of ${endpoint.name} is spent since ${since} UTC: top it up, then resume.`
    case 'auth':
      return `${endpoint.name} refuses the key since ${since} UTC: replace it on its page or by \`npx arena models set ${named} --key-stdin\`, then resume.`
    case 'not_found':
      return `${endpoint.name} does not know ${endpoint.settings.remoteModel} since ${since} UTC: correct the model name or the address on its page or by \`npx arena models set ${named}\`, then resume.`
    case 'bad_request':
      return `${endpoint.name} refused each of the first ${malformedInARow} requests as malformed: \`npx arena models check ${named}\` says what it takes; change its settings, then resume.`
    default:
      return `${endpoint.name} has not answered for minutes (${since} UTC): see that it runs, then resume.`
  }
}
