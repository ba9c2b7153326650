import { setTimeout as pause } from 'node:timers/promises'
import { endpointTraffic } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '#server/core/context.ts'
import { fraction, rowsOf } from '#server/core/postgres/rows.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { deadWorkers, newWorkerName } from '../worker-name.ts'
import type { Limiter } from './limiter.ts'
import { holdForMs, shareOut } from './share-out.ts'

const askEveryMs = 400
/** However much is needed, no more often than this. */
const askAtMostEveryMs = 25
/** A process that could not speak for so long sends nothing: its places may be another's by now. */
const silentMs = holdForMs - 8_000
const nothing = { places: 0, requestsPerMinute: null, sends: [], blockedMs: 0 }
/** Moments to send are taken ahead for this long; one at least. */
const sendsAheadMs = 1_000

/**
 * Keeps one process's part of an endpoint's limits, which belong to the endpoint: places, moments to send and waits that
 * it asked for are shared by all processes through one row of the database. It is asked a few times a second, not for
 * each call. What a process that died held is free at once where it ran on this machine, else after 20 s.
 */
export class SharedTraffic {
  readonly #ctx: Context
  readonly #endpointId: string
  readonly #limiter: Limiter
  readonly #worker = newWorkerName()
  readonly #leaving = new AbortController()
  #wake = new AbortController()
  #heardAt = -Infinity
  readonly #speaking: Promise<void>

  constructor(ctx: Context, endpointId: string, limiter: Limiter) {
    this.#ctx = ctx
    this.#endpointId = endpointId
    this.#limiter = limiter
    limiter.onNeed = () => this.#wake.abort()
    this.#speaking = this.#speak()
  }

  /** Gives the places back. Call it when no call of this process to the endpoint is under way. */
  async leave(): Promise<void> {
    this.#limiter.onNeed = () => {}
    this.#limiter.grant(nothing)
    this.#leaving.abort()
    this.#wake.abort()
    await this.#speaking
    await this.#ctx.sql`
      update endpoint_traffic set holders = coalesce(
        (select jsonb_agg(h) from jsonb_array_elements(holders) h where h ->> 'worker' <> ${this.#worker}), '[]')
      where endpoint_id = ${this.#endpointId}`
  }

  async #speak() {
    const watching = setInterval(() => this.#stopWhenSilent(), 1_000)
    while (!this.#leaving.signal.aborted) {
      this.#wake = new AbortController()
      try {
        await this.#ask()
      } catch (error) {
        this.#ctx.log.warn({ err: error }, 'the limits of an endpoint could not be shared just now')
      }
      await pause(askAtMostEveryMs)
      await pause(askEveryMs, undefined, { signal: this.#wake.signal }).catch(() => {})
    }
    clearInterval(watching)
  }

  #stopWhenSilent() {
    if (performance.now() - this.#heardAt < silentMs) return
    this.#limiter.grant(nothing)
  }

  async #ask() {
    await this.#ctx.sql`
      insert into endpoint_traffic (endpoint_id) values (${this.#endpointId}) on conflict do nothing`
    const grant = await inTransaction(this.#ctx, (ctx) => this.#take(ctx))
    this.#heardAt = performance.now()
    if (grant && !this.#leaving.signal.aborted) this.#limiter.grant(grant)
  }

  /** Speaks for this process in the row that all share; undefined when the endpoint was deleted. */
  async #take(ctx: Context) {
    const [row] = await rowsOf(ctx, {
      holders: endpointTraffic.holders,
      limit: endpoints.maxConcurrency,
      requestsPerMinute: endpoints.requestsPerMinute,
      now: fraction,
      nextSend: fraction,
      blockedUntil: fraction,
    })`
      select t.holders, e.max_concurrency as limit, e.requests_per_minute as "requestsPerMinute",
        extract(epoch from clock_timestamp())::float8 * 1000 as now,
        extract(epoch from t.next_send_at)::float8 * 1000 as "nextSend",
        extract(epoch from t.blocked_until)::float8 * 1000 as "blockedUntil"
      from endpoint_traffic t join endpoints e on e.id = t.endpoint_id
      where t.endpoint_id = ${this.#endpointId} for update of t`
    if (!row) return undefined
    const { limit, requestsPerMinute, now } = row
    const { held, wanted, sends, askedMs } = this.#limiter.need
    const dead = new Set(deadWorkers(row.holders.map(({ worker }) => worker)))
    const living = row.holders.filter(({ worker }) => !dead.has(worker))
    const me = { worker: this.#worker, held, wanted: Math.min(wanted, limit) }
    const { holders, allowed } = shareOut(living, me, limit, now)
    const gap = requestsPerMinute === null ? 0 : 60_000 / requestsPerMinute
    const first = Math.max(row.nextSend, now)
    const ahead = gap > 0 ? Math.max(1, Math.floor(sendsAheadMs / gap)) : 0
    const count = sends === null ? 0 : Math.max(0, ahead - sends)
    const blockedUntil = Math.max(row.blockedUntil, now + askedMs)
    await ctx.sql`
      update endpoint_traffic set holders = ${JSON.stringify(holders)}::text::jsonb,
        next_send_at = to_timestamp(${(count > 0 ? first + count * gap : row.nextSend) / 1000}::float8),
        blocked_until = to_timestamp(${blockedUntil / 1000}::float8)
      where endpoint_id = ${this.#endpointId}`
    return {
      places: allowed,
      requestsPerMinute,
      sends: Array.from({ length: count }, (_, index) => first - now + index * gap),
      blockedMs: Math.max(0, blockedUntil - now),
    }
  }
}
