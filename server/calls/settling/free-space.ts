import type { Context } from '#server/core/context.ts'
import type { Customer } from '../customer.ts'

/** So many calls end before space is looked for; more, the more there are, so that a large plan is not read for ever. */
const fewestCalls = 512
const shareOfCalls = 0.1

/**
 * Frees what earlier versions of a plan's rows take, so that the next rows are written there: each call is written three
 * times and each prediction twice, and by itself the database looks for such space once a minute.
 */
export class SpaceFreer {
  readonly #ctx: Context
  readonly #tables: string[]
  #ended = 0
  #sinceLast = 0
  #freeing: Promise<void> | undefined

  constructor(ctx: Context, { rewrites }: Customer) {
    this.#ctx = ctx
    this.#tables = ['calls', ...(rewrites ? [rewrites] : [])]
  }

  /** Another call has ended. */
  count(): void {
    this.#ended++
    if (++this.#sinceLast < Math.max(fewestCalls, shareOfCalls * this.#ended) || this.#freeing) return
    this.#sinceLast = 0
    this.#freeing = this.#free().finally(() => (this.#freeing = undefined))
  }

  async end(): Promise<void> {
    await this.#freeing
  }

  /** A database that is away, or a role that may not, changes nothing but the space that is taken. */
  async #free() {
    try {
      await this.#ctx.sql`vacuum (skip_locked, truncate false) ${this.#ctx.sql(this.#tables)}`
    } catch (error) {
      this.#ctx.log.debug({ err: error }, 'no space was freed')
    }
  }
}
