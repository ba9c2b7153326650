import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { CardBatch, Vote } from '#server/battles/schema.ts'
import { readConfig } from '#server/core/config.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { debianPostgres } from '../support/debian-postgres.ts'
import { isKilled, killEmbeddedPostgres } from '../support/kill-postgres.ts'
import { startArena, type StartedProgram } from '../support/program.ts'
import { recount } from '../support/vote-checker.ts'
import { prepareVoters } from './study/closed-loop.ts'
import { post } from './study/post.ts'

const stackTrace = /\n\s+at |"stack"/
const cardsHeld = 5

/**
 * Kills the server while 64 raters vote who send again whatever was not acknowledged, then its PostgreSQL: every vote that
 * was acknowledged must be stored once and counted, and nothing else. Exit code 1 when that does not hold. `--postgres
 * debian` does it on a PostgreSQL of Debian's packages; with DATABASE_URL, which should be an empty database, only the
 * server is killed.
 */
export async function run(options: string[]): Promise<number> {
  const { values } = parseArgs({
    args: options,
    options: {
      votes: { type: 'string', default: '10000' },
      kills: { type: 'string', default: '50' },
      'postgres-kills': { type: 'string', default: '5' },
      postgres: { type: 'string', default: 'embedded' },
    },
  })
  const debian = values.postgres === 'debian' ? await debianPostgres() : undefined
  if (debian) process.env.DATABASE_URL = debian.url
  const { DATABASE_URL } = process.env
  const dataDir = mkdtempSync(join(tmpdir(), 'arena-kills-'))
  const env = { ARENA_DATA: dataDir, ARENA_SAMPLES: 'off', LOG_LEVEL: 'warn' }
  try {
    const { slug, cookies } = await prepareVoters(env)
    const before = await stored(dataDir)
    const server = new MortalServer(env)
    await server.start()
    const sitting = new Sitting(server, slug, Number(values.votes))
    const voting = Promise.all(cookies.map((cookie) => sitting.rate(cookie)))
    const kills = Number(values.kills)
    const killPostgres = debian?.kill ?? (() => killEmbeddedPostgres(dataDir))
    const ofPostgres = DATABASE_URL && !debian ? 0 : Number(values['postgres-kills'])
    let [killed, killedPostgres] = [0, 0]
    for (let turn = 1; turn <= kills + ofPostgres && !sitting.over; turn++) {
      await sitting.reaches((turn * sitting.wanted) / (kills + ofPostgres + 1))
      await pause(Math.random() * 50)
      if (killedPostgres * (kills + ofPostgres) < (turn - 1) * ofPostgres && isKilled(killPostgres)) killedPostgres++
      else {
        await server.killAndStart()
        killed++
      }
    }
    await voting
    await server.stop()
    return report({ before, after: await stored(dataDir), sitting, server, killed, killedPostgres })
  } finally {
    await debian?.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** A server at one address that may be killed and started again. */
class MortalServer {
  readonly #env: Record<string, string>
  readonly #programs: StartedProgram[] = []
  #port = '0'

  constructor(env: Record<string, string>) {
    this.#env = env
  }

  get api(): string {
    return `http://127.0.0.1:${this.#port}/api/v1`
  }

  get printed(): string {
    return this.#programs.map((program) => program.output()).join('\n')
  }

  async start(): Promise<void> {
    const program = startArena(['serve'], { ...this.#env, PORT: this.#port })
    this.#programs.push(program)
    const [, port] = await program.until(/http:\/\/127\.0\.0\.1:(\d+)/, 120_000)
    this.#port = port!
  }

  async killAndStart(): Promise<void> {
    const { child, ended } = this.#programs.at(-1)!
    child.kill('SIGKILL')
    await ended
    await this.start()
  }

  async stop(): Promise<void> {
    const { child, ended } = this.#programs.at(-1)!
    child.kill('SIGTERM')
    await ended
  }
}

/** Raters who do not think, until so many votes were acknowledged. */
class Sitting {
  readonly wanted: number
  readonly acknowledged: number[] = []
  /** Requests that had to be sent again. */
  again = 0
  readonly #server: MortalServer
  readonly #slug: string

  constructor(server: MortalServer, slug: string, wanted: number) {
    this.#server = server
    this.#slug = slug
    this.wanted = wanted
  }

  get over(): boolean {
    return this.acknowledged.length >= this.wanted
  }

  async reaches(votes: number): Promise<void> {
    while (this.acknowledged.length < votes && !this.over) await pause(5)
  }

  async rate(cookie: string): Promise<void> {
    let held: string[] = []
    while (!this.over) {
      if (held.length === 0) {
        const { cards } = await this.#insist<CardBatch>(`/studies/${this.#slug}/battles/lease`, cookie, {
          count: cardsHeld,
        })
        held = cards.map(({ battleId }) => battleId)
        if (held.length === 0) throw new Error('There are no cards left to vote on')
      }
      const vote = await this.#insist<Vote>(`/battles/${held.shift()}/vote`, cookie, { verdict: 'tie', dwellMs: 5_000 })
      this.acknowledged.push(vote.id)
    }
  }

  async #insist<Body>(path: string, cookie: string, content: object): Promise<Body> {
    for (;;) {
      try {
        return (await post(`${this.#server.api}${path}`, cookie, content)).body as Body
      } catch (error) {
        if (/answers 4/.test(String(error))) throw error
        this.again++
        await pause(20 + Math.random() * 80)
      }
    }
  }
}

interface Stored extends Awaited<ReturnType<typeof recount>> {
  ids: Set<number>
}

async function stored(dataDir: string): Promise<Stored> {
  const { databaseUrl } = readConfig()
  const { sql, close } = await openDatabase({ databaseUrl, dataDir, migrate: false })
  try {
    const ids = await sql<{ id: number }[]>`select id::int as id from votes`
    return { ...(await recount({ sql })), ids: new Set(ids.map(({ id }) => id)) }
  } finally {
    await close()
  }
}

interface Outcome {
  before: Stored
  after: Stored
  sitting: Sitting
  server: MortalServer
  killed: number
  killedPostgres: number
}

function report({ before, after, sitting, server, killed, killedPostgres }: Outcome): number {
  const { acknowledged } = sitting
  const lost = acknowledged.filter((id) => !after.ids.has(id)).length
  const twice = acknowledged.length - new Set(acknowledged).size
  const added = after.ids.size - before.ids.size
  const wrong = after.differences.length + after.strange.length
  const traces = stackTrace.test(server.printed)
  const holds = lost + twice + wrong === 0 && added === acknowledged.length && !traces
  const lines = [
    `${acknowledged.length} votes acknowledged, ${added} stored, ${lost} lost, ${twice} twice`,
    `${after.counted - before.counted} counted; ${wrong} kept counts differ from the votes`,
    `${sitting.again} requests sent again`,
    traces ? 'a stack trace was printed' : 'no stack trace',
  ]
  console.log(
    `${holds ? '✓' : '✗'} ${killed} SIGKILLs of the server, ${killedPostgres} of its PostgreSQL: ${lines.join('; ')}`,
  )
  return holds ? 0 : 1
}
