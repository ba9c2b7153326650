import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { openSession } from '#server/accounts/service.ts'
import { CardBatch } from '#server/battles/schema.ts'
import { readConfig } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { openProgram } from '#server/core/program.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { fillStudy } from '../support/fill-study.ts'
import { startProgram } from '../support/program.ts'

const votes = 100_000
const raters = 400
/** Mean of the exponential pauses between a rater's votes. */
const thinkMs = 15_000
const lastsMs = 60_000
const floorEveryMs = 40
const verdicts = ['model_a', 'model_b', 'tie', 'both_bad'] as const

/** Milliseconds from a request to the last byte of its reply. */
interface Times {
  vote: number[]
  lease: number[]
  bare: number[]
}

/**
 * What a rater waits for in a study of 27 models and 100,000 votes, while 400 raters think 15 s on average, vote and lease
 * the next card over loopback, its board batched as by default: beside the bare route, asked in the same minute. Exit code 1 when a target is missed.
 */
export async function run(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'arena-bench-'))
  try {
    const program = await openProgram(readConfig({ ARENA_DATA: dataDir, LOG_LEVEL: 'silent' }))
    try {
      const { slug } = await fillStudy(program.context, { votes, raters, publishing: 'batched' })
      return report(await rate(dataDir, slug, await sessions(program.context)))
    } finally {
      await program.close()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function sessions(ctx: Context): Promise<string[]> {
  const people = await ctx.sql<{ personId: string }[]>`select person_id as "personId" from raters`
  return Promise.all(
    people.map(async ({ personId }) => `${loopbackCookieName(ctx.config)}=${await openSession(ctx, personId)}`),
  )
}

async function rate(dataDir: string, slug: string, cookies: string[]): Promise<Times> {
  const server = startProgram('npm', ['start'], { ARENA_DATA: dataDir, PORT: '0', ARENA_SAMPLES: 'off' })
  try {
    const [, origin] = await server.until(/(http:\/\/127\.0\.0\.1:\d+)/, 300_000)
    const api = `${origin}/api/v1`
    const lease = async (cookie: string, count: number, holding: string[] = []) => {
      const { ms, body } = await asked(`${api}/studies/${slug}/battles/lease`, cookie, { count, holding })
      return { ms, battleIds: CardBatch.parse(body).cards.map(({ battleId }) => battleId) }
    }
    const times: Times = { vote: [], lease: [], bare: [] }
    const held: string[][] = []
    for (const cookie of cookies) held.push((await lease(cookie, 3)).battleIds)
    const until = performance.now() + lastsMs
    const goOn = async (cookie: string, number: number) => {
      const random = new Random(2, number)
      let cards = held[number]!
      for (;;) {
        const thinks = -thinkMs * Math.log(1 - random.unit())
        if (performance.now() + thinks > until) return
        await pause(thinks)
        const [card, ...rest] = cards
        const verdict = verdicts[random.below(verdicts.length)]
        times.vote.push((await asked(`${api}/battles/${card}/vote`, cookie, { verdict, dwellMs: thinks | 0 })).ms)
        const next = await lease(cookie, 1, rest)
        times.lease.push(next.ms)
        cards = [...rest, ...next.battleIds]
      }
    }
    const askBare = async () => {
      for (; performance.now() < until; await pause(floorEveryMs))
        times.bare.push((await asked(`${origin}/healthz`)).ms)
    }
    await Promise.all([askBare(), ...cookies.map(goOn)])
    return times
  } finally {
    server.child.kill('SIGTERM')
    await server.ended
  }
}

/** Throws when the reply is no success: a figure over refusals would say nothing. */
async function asked(url: string, cookie = '', body?: object): Promise<{ ms: number; body: unknown }> {
  const begun = performance.now()
  const headers = { 'content-type': 'application/json', cookie }
  const reply = await fetch(url, body ? { method: 'POST', headers, body: JSON.stringify(body) } : {})
  const text = await reply.text()
  const ms = performance.now() - begun
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}: ${text}`)
  return { ms, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

function report({ vote, lease, bare }: Times): number {
  console.log(`  ${raters} raters, ${vote.length} votes in ${lastsMs / 1000} s; p50 / p95 / p99 in ms`)
  print('bare route', bare)
  const holds = [print('vote', vote, { p50: 5, p99: 25 }), print('lease of the next card', lease, { p50: 5 })]
  return holds.every(Boolean) ? 0 : 1
}

function print(what: string, times: number[], target: { p50?: number; p99?: number } = {}): boolean {
  const sorted = times.toSorted((a, b) => a - b)
  const share = (part: number) => sorted[Math.ceil(part * sorted.length) - 1]!
  const shown = [0.5, 0.95, 0.99].map((part) => share(part).toFixed(1)).join(' / ')
  const wanted = Object.entries(target).map(([name, ms]) => `${name} ≤ ${ms} ms`)
  console.log(`  ${what.padEnd(28)} ${shown.padStart(22)}${wanted.length > 0 ? `   target ${wanted.join(', ')}` : ''}`)
  return share(0.5) <= (target.p50 ?? Infinity) && share(0.99) <= (target.p99 ?? Infinity)
}
