import type { ServerResponse } from 'node:http'
import { asSystem, type Context } from '../core/context.ts'
import { busy } from '../core/problem.ts'
import { getRunForAll } from './read-runs.ts'
import type { Sees } from './showing/hide-addresses.ts'
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
  followers: Map<ServerResponse, Sees>
  /** The newest events, by what their readers may see, for whoever comes. */
  last: Map<string, string>
}

const keyOf = ({ model, judge }: Sees) => `${model} ${judge}`

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

  /** Sends what `sees` allows of the run to this reply now and whenever it changes, until it is settled, the reply is closed or time is up. */
  follow(runId: number, sees: Sees, response: ServerResponse): void {
    response.write(`retry: ${retryMs}\n\n`)
    const known = this.#followed.get(runId)
    const followed = known ?? { followers: new Map<ServerResponse, Sees>(), last: new Map<string, string>() }
    followed.followers.set(response, sees)
    const last = followed.last.get(keyOf(sees))
    if (last !== undefined) response.write(last)
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
    for (const response of followed.followers.keys()) response.end()
  }

  async #send(runId: number, followed: Followed): Promise<boolean> {
    try {
      const seenBy = await getRunForAll(this.#ctx, runId)
      for (const sees of [...new Map([...followed.followers.values()].map((sees) => [keyOf(sees), sees])).values()])
        sendChange(followed, sees, `event: run\ndata: ${JSON.stringify(seenBy(sees))}\n\n`)
      return isGoing(seenBy({ model: false, judge: false }).status)
    } catch (error) {
      this.#ctx.log.warn({ err: error, runId }, 'a run that pages follow cannot be read')
      return false
    }
  }

  /** Ends every stream, as when the server stops. */
  close(): void {
    for (const { followers } of this.#followed.values()) for (const response of followers.keys()) response.end()
  }
}

function sendChange({ followers, last }: Followed, sees: Sees, event: string) {
  const key = keyOf(sees)
  if (last.get(key) === event) return
  for (const [response, theirs] of followers) if (keyOf(theirs) === key) response.write(event)
  last.set(key, event)
}
