import { setTimeout as sleep } from 'node:timers/promises'
import { calls, replies as table } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import type { Customer, Plan, Reply } from '../customer.ts'

const batchSize = 500
/** Fewer replies than this wait a moment for others: they are stored, and nobody waits for their score. */
const worthHanding = 64
const longestGatheringMs = 100

/** Hands stored replies to the customer one batch at a time, in the order in which they were stored. */
export class Receiver {
  readonly #hand: (replies: Reply[]) => Promise<void>
  #waiting: Reply[] = []
  #handing: Promise<void> | undefined
  #fault: unknown
  /** Aborted when no more replies will come. */
  readonly #ended = new AbortController()

  constructor(ctx: Context, customer: Customer, plan: Plan) {
    this.#hand = (replies) => customer.receive(ctx, plan, replies)
  }

  /** Replies that the customer has not taken yet. */
  get backlog(): number {
    return this.#waiting.length
  }

  add(reply: Reply): void {
    this.#waiting.push(reply)
    this.#handing ??= this.#handAll()
  }

  /** Resolves when the customer has taken everything. Throws what the customer threw; the replies stay stored. */
  async drain(): Promise<void> {
    this.#ended.abort()
    await this.#handing
    if (this.#fault !== undefined) throw this.#fault
  }

  /** Throws what the customer threw, if it did. */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault
  }

  async #gather() {
    await sleep(longestGatheringMs, undefined, { signal: this.#ended.signal }).catch(() => {})
  }

  async #handAll() {
    try {
      while (this.#waiting.length > 0) {
        if (this.#waiting.length < worthHanding) await this.#gather()
        await this.#hand(this.#waiting.splice(0, batchSize))
      }
    } catch (error) {
      this.#fault = error
    }
    this.#handing = undefined
  }
}

const storedReply = {
  callId: table.callId,
  key: calls.key,
  response: table.response,
  thinking: table.thinking,
  finishReason: table.finishReason,
  refused: table.refused,
  truncated: table.truncated,
  repliedModel: table.repliedModel,
  tokensIn: table.tokensIn,
  tokensOut: table.tokensOut,
  tokensCached: table.tokensCached,
  tokensThinking: table.tokensThinking,
}

/** Hands over replies that were stored but never taken, as after a crash between the two. */
export async function receiveMissed(ctx: Context, customer: Customer, plan: Plan): Promise<void> {
  const missed = await customer.unreceived(ctx, plan)
  for (let start = 0; start < missed.length; start += batchSize) {
    const replies = await rowsOf(ctx, storedReply)`
      select r.call_id as "callId", c.key, r.response, r.thinking, r.finish_reason as "finishReason", r.refused, r.truncated,
        r.replied_model as "repliedModel", r.tokens_in as "tokensIn", r.tokens_out as "tokensOut",
        r.tokens_cached as "tokensCached", r.tokens_thinking as "tokensThinking"
      from replies r join calls c on c.id = r.call_id
      where r.call_id = any(${missed.slice(start, start + batchSize)}::bigint[])`
    await customer.receive(ctx, plan, replies)
  }
}
