import type { ServerResponse } from 'node:http'
import { asSystem, type Context } from '../core/context.ts'
import { busy } from '../core/problem.ts'
import { getRun } from './read-runs.ts'
import { isGoing } from './schema.ts'

/** Bounds of what is followed at once by one process. Beyond them pages ask now and then instead. */
const mostFollowers = 200
const mostOfOneRun = 50
const everyMs = 1_000
/** A comment that keeps proxies and the server's own timeouts from ending a quiet stream. */
const heartbeatMs = 15_000
/** A follower is let go after this and comes back, so that whoever may no longer see the run loses it. */
const longestMs = 5 * 60_000
const retryMs = 2_000

interface Followed {
  followers: Set<ServerResponse>
  /** The newest event, for whoever comes. */
  last: string
}

/** Runs that pages follow: each is read once a second, however many pages show it, and sent where it has changed. */
export class RunStreams {
  readonly #ctx: Context
  readonly #followed = new Map<number, Followed>()

  constructor(ctx: Omit<Context, 'actor'>) {
    this.#ctx = asSystem(ctx)
  }

  /** Throws busy when too many follow runs already. */
  admit(runId: number): void {
    const all = [...this.#followed.values()].reduce((sum, { followers }) => sum + followers.size, 0)
    const here = this.#followed.get(runId)?.followers.size ?? 0
    if (all >= mostFollowers || here >= mostOfOneRun) throw busy('Too many pages follow runs just now')
  }

  /** Sends the run to this reply now and whenever it changes, until it is settled, the reply is closed or time is up. */
  follow(runId: number, response: ServerResponse): void {
    response.write(`retry: ${retryMs}\n\n`)
    const known = this.#followed.get(runId)
    const followed = known ?? { followers: new Set<ServerResponse>(), last: '' }
    followed.followers.add(response)
    if (followed.last) response.write(followed.last)
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs)
    const over = setTimeout(() => response.end(), longestMs)
    response.once('close', () => {
      clearInterval(heartbeat)
      clearTimeout(over)
      followed.followers.delete(response)
    })
    if (known) return
    this.#followed.set(runId, followed)
    void this.#read(runId, followed)
  }

  async #read(runId: number, followed: Followed): Promise<void> {
    while (followed.followers.size > 0) {
      const began = performance.now()
      const going = await this.#send(runId, followed)
      if (!going) break
      // A run of hundreds of thousands takes the database a while to count: it is asked less often.
      const rest = Math.max(everyMs, 10 * (performance.now() - began))
      await new Promise((resolve) => setTimeout(resolve, rest).unref())
    }
    this.#followed.delete(runId)
    for (const response of followed.followers) response.end()
  }

  async #send(runId: number, followed: Followed): Promise<boolean> {
    try {
      const run = await getRun(this.#ctx, runId)
      const event = `event: run\ndata: ${JSON.stringify(run)}\n\n`
      if (event !== followed.last) for (const response of followed.followers) response.write(event)
      followed.last = event
      return isGoing(run.status)
    } catch (error) {
      this.#ctx.log.warn({ err: error, runId }, 'a run that pages follow cannot be read')
      return false
    }
  }

  /** Ends every stream, as when the server stops. */
  close(): void {
    for (const { followers } of this.#followed.values()) for (const response of followers) response.end()
  }
}
