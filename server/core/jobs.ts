import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { ConstructorOptions, PgBoss } from 'pg-boss'

/** Work that may be done later and elsewhere: kept in the database, retried, done by whichever process works on jobs. */
export interface Jobs {
  /** Says how jobs of this name are done. Called by each module that owns some, before `work`. */
  define<Data extends object>(name: string, handle: (data: Data) => Promise<void>): void
  /** Queues a job; with a `key`, at most one waits and at most one is being done at a time. */
  enqueue(name: string, data: object, options?: { key?: string; afterSeconds?: number }): Promise<void>
  /** Begins to work on all defined jobs in this process. */
  work(): Promise<void>
  /** Waits for jobs that are being queued, five seconds at most, and lets running ones finish, ten at most. */
  stop(): Promise<void>
}

const pollSeconds = 0.5
/** How long an end waits for jobs that are being queued. */
const longestQueueingMs = 5_000
const sayEveryMs = 30_000
/** A worker that is killed costs a job one of its tries. */
const retries = 10
const longestRetrySeconds = 60
/** A job whose worker has said nothing for this long is given to another. */
const heartbeatSeconds = 20

/** Jobs over pg-boss on connections of its own (two at most). Nothing is opened before the first job is queued or worked on. */
export function createJobs(connection: ConstructorOptions, log: FastifyBaseLogger): Jobs {
  const handlers = new Map<string, (data: object) => Promise<void>>()
  let starting: Promise<PgBoss> | undefined

  async function start(): Promise<PgBoss> {
    // Most commands queue no job and need not wait for it to be loaded.
    const { PgBoss } = await import('pg-boss')
    const boss = new PgBoss({
      ...connection,
      max: 2,
      schema: 'jobs',
      application_name: 'vlm-arena jobs',
      superviseIntervalSeconds: heartbeatSeconds,
      monitorIntervalSeconds: heartbeatSeconds,
    })
    let saidAt = -Infinity
    boss.on('error', (error) => {
      if (performance.now() - saidAt < sayEveryMs) return // each queue asks twice a second
      saidAt = performance.now()
      log.warn({ err: error }, 'the job queue lost its database for a moment')
    })
    try {
      await boss.start()
    } catch (error) {
      starting = undefined // the next job tries again
      await boss.stop({ graceful: false })
      throw error
    }
    return boss
  }

  async function queue(boss: PgBoss, name: string) {
    await boss.createQueue(name, { policy: 'stately', retryLimit: retries, retryBackoff: true, expireInSeconds: 3600 })
  }

  const known = new Set<string>()
  /** Jobs that are being queued: whoever asked may not wait for it, and a command ends soon after. */
  const underWay = new Set<Promise<unknown>>()
  async function ready(name: string): Promise<PgBoss> {
    starting ??= start()
    const boss = await starting
    if (!known.has(name)) await queue(boss, name)
    known.add(name)
    return boss
  }

  return {
    define(name, handle) {
      handlers.set(name, handle as (data: object) => Promise<void>)
    },
    async enqueue(name, data, { key, afterSeconds } = {}) {
      const sending = ready(name).then((boss) =>
        boss.send(name, data, {
          singletonKey: key ?? crypto.randomUUID(),
          startAfter: afterSeconds ?? 0,
          heartbeatSeconds,
          retryLimit: retries,
          retryBackoff: true,
          retryDelayMax: longestRetrySeconds,
        }),
      )
      underWay.add(sending)
      try {
        await sending
      } finally {
        underWay.delete(sending)
      }
    },
    async work() {
      for (const [name, handle] of handlers) {
        const boss = await ready(name)
        await boss.work<object>(name, { pollingIntervalSeconds: pollSeconds }, async (jobs) => {
          for (const job of jobs) {
            try {
              await handle(job.data)
            } catch (error) {
              log.error({ err: error, job: name }, 'a job failed and will be tried again')
              throw error
            }
          }
        })
      }
    },
    async stop() {
      await Promise.race([Promise.allSettled(underWay), sleep(longestQueueingMs, undefined, { ref: false })])
      const boss = await starting?.catch(() => undefined)
      await boss?.stop({ graceful: true, timeout: 10_000 })
    },
  }
}
