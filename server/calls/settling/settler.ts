import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { calls, plans, type StoredSentPicture } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { orNull, rowsOf } from '#server/core/postgres/rows.ts'
import { scrub } from '#server/core/secrets.ts'
import type { CallResult } from '#server/endpoints/call-endpoint.ts'
import type { ClaimedCall } from '../claims.ts'
import type { ErrorClass } from '#server/endpoints/schema.ts'

/** An attempt that ended, and what the call becomes by it. */
export interface EndedAttempt {
  call: ClaimedCall
  state: 'answered' | 'pending' | 'error'
  /** When it was sent, by performance.now(). */
  sentAt: number
  latencyMs: number
  status: number | null
  errorClass: ErrorClass | null
  message: string | null
  waitMs: number
  waitAsked: boolean
  /** In US dollars; null: not known. */
  cost: number | null
  /** Pictures that did not go out as they are. */
  altered: StoredSentPicture[]
  /** The reply and its body, if there was one. Stored with state `answered` only. */
  result: CallResult | null
}

/**
 * Writes ended attempts, many in one statement: the call's new state, its attempt, and its reply verbatim. A worker
 * whose claim was taken over (another fence) changes nothing but the log of attempts. What the database refuses to
 * store becomes an error of its own call, and the others are stored. `add` resolves when it is committed, with whether
 * it stands as it was handed in; it waits for as long as the database is away.
 */
export class Settler {
  readonly #ctx: Context
  readonly #worker: string
  readonly #planId: string
  /** What the plan has cost so far, by all who work on it, as of the last write. */
  spent = 0
  #waiting: { attempt: EndedAttempt; done: (held: boolean) => void; failed: (error: unknown) => void }[] = []
  #writing = false

  constructor(ctx: Context, worker: string, planId: string) {
    this.#ctx = ctx
    this.#planId = planId
    this.#worker = worker
  }

  add(attempt: EndedAttempt): Promise<boolean> {
    return new Promise((done, failed) => {
      this.#waiting.push({ attempt, done, failed })
      if (this.#writing) return
      this.#writing = true
      void this.#write()
    })
  }

  async #write() {
    // What ends in the same turn goes out together; what ends while that is written goes out next.
    await setImmediate()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        const stored = await this.#storeAll(batch.map(({ attempt }) => attempt))
        for (const { attempt, done } of batch) done(stored.has(attempt.call.id))
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    this.#writing = false
  }

  /** Where a value of one attempt makes the statement fail, each is written by itself. Returns the calls that stand as handed in. */
  async #storeAll(attempts: EndedAttempt[]): Promise<Set<number>> {
    try {
      return await this.#store(attempts)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const [only, ...others] = attempts
      if (others.length === 0) return this.#storeRefusal(only!, error)
    }
    const stored = new Set<number>()
    for (const attempt of attempts) for (const id of await this.#storeAll([attempt])) stored.add(id)
    return stored
  }

  /** The call ends in an error that says why its reply is not there. */
  async #storeRefusal(attempt: EndedAttempt, refusal: Error): Promise<Set<number>> {
    this.#ctx.log.error({ err: refusal, call: attempt.call.id }, 'the database refused to store what came of a call')
    const message = scrub(`What came back could not be stored: ${refusal.message}`)
    const noted = { waitMs: 0, waitAsked: false, message, result: null }
    const ended = { ...attempt, ...noted, state: 'error', errorClass: 'internal' } as const
    await this.#store([ended])
    return new Set()
  }

  /**
   * A call whose claim did not hold gets its attempt unless it is there already, as after a commit whose
   * acknowledgement was lost.
   * Booleans are sent as 0 and 1: the driver would declare an array to be of its first element's type.
   */
  async #store(attempts: EndedAttempt[]): Promise<Set<number>> {
    const now = performance.now()
    const column = <Value>(read: (attempt: EndedAttempt) => Value) => attempts.map(read)
    const rows = await rowsOf(this.#ctx, { id: calls.id, spent: orNull(plans.spent) })`
      with ended as (
        select * from unnest(
          ${column(({ call }) => call.id)}::bigint[], ${column(({ call }) => call.fence)}::int[],
          ${column(({ call }) => call.attempts + 1)}::int[], ${column(({ state }) => state)}::text[],
          ${column(({ waitMs }) => waitMs)}::int[], ${column(({ waitAsked }) => Number(waitAsked))}::int[],
          ${column(({ sentAt }) => now - sentAt)}::float8[], ${column(({ latencyMs }) => latencyMs)}::int[],
          ${column(({ status }) => status)}::int[], ${column(({ errorClass }) => errorClass)}::text[],
          ${column(({ message }) => message)}::text[], ${column(({ result }) => tokensOf(result, 'tokensIn'))}::int[],
          ${column(({ result }) => tokensOf(result, 'tokensOut'))}::int[], ${column(({ cost }) => cost)}::float8[],
          ${column(({ altered }) => (altered.length > 0 ? JSON.stringify(altered) : null))}::text[]
        ) as t (id, fence, number, state, wait_ms, wait_asked, age_ms, latency_ms, status, error_class, message, tokens_in,
          tokens_out, cost, pictures)
      ), held as (
        update calls set state = ended.state::call_state, attempts = number, claimed_by = null, claimed_until = null,
          run_at = now() + wait_ms * interval '1 millisecond',
          error_class = case ended.state when 'error' then ended.error_class end,
          error_message = case ended.state when 'error' then ended.message end
        from ended
        where calls.id = ended.id and calls.fence = ended.fence and calls.state = 'active'
          and calls.claimed_by = ${this.#worker}
        returning calls.id
      ), noted as (
        insert into attempts (call_id, number, started_at, latency_ms, status, error_class, message, waited_ms,
          wait_asked, tokens_in, tokens_out, cost, pictures)
        select ended.id, number, now() - age_ms * interval '1 millisecond', latency_ms, status,
          case when held.id is null and ended.error_class is null then 'internal' else ended.error_class end,
          case when held.id is null and message is null then 'It came after another worker had taken the call over' else message end,
          wait_ms, wait_asked::boolean, tokens_in, tokens_out, cost, pictures::jsonb
        from ended left join held on held.id = ended.id
        on conflict do nothing
        returning cost
      ), ${this.#replies(attempts)}, ${this.#spending(attempts)}
      select id, (select spent from spending) as spent from held`
    this.spent = rows[0]?.spent ?? this.spent
    return new Set(rows.map(({ id }) => id))
  }

  /** Adds what these attempts cost to what the plan has cost; nothing is written where no price is known. */
  #spending(attempts: EndedAttempt[]) {
    if (attempts.every(({ cost }) => cost === null)) return this.#ctx.sql`spending as (select null::float8 as spent)`
    return this.#ctx.sql`spending as (
      update plans set spent = spent + (select coalesce(sum(cost), 0) from noted) where id = ${this.#planId}
      returning spent
    )`
  }

  #replies(attempts: EndedAttempt[]) {
    const answered = attempts.flatMap(({ call, state, result }) =>
      state === 'answered' && result?.outcome.kind === 'reply'
        ? [{ id: call.id, body: result.body, ...result.outcome }]
        : [],
    )
    type Answered = (typeof answered)[number]
    const column = <Value>(read: (reply: Answered) => Value) => answered.map(read)
    return this.#ctx.sql`stored as (
      insert into replies (call_id, body, sha256, response, thinking, finish_reason, refused, truncated, replied_model,
        tokens_in, tokens_out, tokens_cached, tokens_thinking)
      select call_id, body, sha256, response, thinking, finish_reason, refused::boolean, truncated::boolean,
        replied_model, tokens_in, tokens_out, tokens_cached, tokens_thinking
      from unnest(
        ${column(({ id }) => id)}::bigint[], ${column(({ body }) => body)}::text[],
        ${column(({ body }) => createHash('sha256').update(body).digest('hex'))}::text[],
        ${column(({ response }) => response)}::text[], ${column(({ thinking }) => thinking)}::text[],
        ${column(({ finishReason }) => finishReason)}::text[], ${column(({ refused }) => Number(refused))}::int[],
        ${column(({ truncated }) => Number(truncated))}::int[], ${column(({ repliedModel }) => repliedModel)}::text[],
        ${column(({ tokensIn }) => tokensIn)}::int[], ${column(({ tokensOut }) => tokensOut)}::int[],
        ${column(({ tokensCached }) => tokensCached)}::int[],
        ${column(({ tokensThinking }) => tokensThinking)}::int[]
      ) as t (call_id, body, sha256, response, thinking, finish_reason, refused, truncated, replied_model, tokens_in,
        tokens_out, tokens_cached, tokens_thinking)
      join held on held.id = t.call_id
      on conflict (call_id) do nothing
    )`
  }
}

function tokensOf(result: CallResult | null, name: 'tokensIn' | 'tokensOut'): number | null {
  return result?.outcome.kind === 'reply' ? result.outcome[name] : null
}

/** Whether the database looked at a value and refused it: out of range, not text, against a rule, or too long. */
function isRefusal(error: unknown): error is Error {
  const { code = '' } = error as { code?: unknown }
  return error instanceof Error && typeof code === 'string' && /^(22|23|54)/.test(code)
}
