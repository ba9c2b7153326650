import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { openSession } from '#server/accounts/service.ts'
import type { CardBatch } from '#server/battles/schema.ts'
import { readConfig } from '#server/core/config.ts'
import { openProgram } from '#server/core/program.ts'
import { fillStudy } from '../../support/fill-study.ts'
import type { Step, StudyFolder } from './plan.ts'
import { post } from './post.ts'
import { startServer } from './programs.ts'

const clients = 64
const rounds = 5
const cardsHeld = 30
/** So many that those who vote here have seen few of the questions before. */
const ratersBefore = 870
const perLease = 5

/** How many votes a second 64 clients get through when nobody thinks, beside a bare route with one insert, in turns. */
export const voteInClosedLoop: Step = async (folder) => {
  const own = Object.assign(Object.create(folder) as StudyFolder, {
    env: { ...folder.env, ARENA_DATA: join(folder.path, 'closed-loop') },
  })
  rmSync(own.env['ARENA_DATA']!, { recursive: true, force: true })
  const { slug, cookies } = await prepareVoters(own.env)
  const server = await startServer(own)
  const bare = fork(join(import.meta.dirname, 'bare-insert.ts'), { env: { ...process.env, ...own.env } })
  const [bareUrl] = (await once(bare, 'message')) as [string]
  try {
    const seconds = { vote: 0, bare: 0 }
    for (let round = 0; round < rounds; round++) {
      const held = await Promise.all(cookies.map((cookie) => leaseMany(`${server.api}/studies/${slug}`, cookie)))
      seconds.vote += await inTurn(cookies, held, (cookie, battle) =>
        post(`${server.api}/battles/${battle}/vote`, cookie, { verdict: 'tie', dwellMs: 5_000 }),
      )
      seconds.bare += await inTurn(cookies, held, (cookie, battle) =>
        post(`${bareUrl}/insert`, cookie, { battle, verdict: 'tie' }),
      )
    }
    const votes = clients * cardsHeld * rounds
    const ratio = seconds.bare / seconds.vote
    return {
      lines: [
        `${votes} votes of ${clients} clients: ${(votes / seconds.vote).toFixed(0)} a second; a bare route with one insert ${(votes / seconds.bare).toFixed(0)}; ratio ${ratio.toFixed(2)}, wanted 0.5`,
      ],
      holds: ratio >= 0.5,
    }
  } finally {
    bare.disconnect()
    await server.stop()
  }
}

/** A study with votes and room for more, and the sessions of 64 of its raters. */
export async function prepareVoters(env: Record<string, string>): Promise<{ slug: string; cookies: string[] }> {
  const { DATABASE_URL } = process.env
  const program = await openProgram(
    readConfig({ ...env, ...(DATABASE_URL ? { DATABASE_URL } : {}), LOG_LEVEL: 'silent' }),
  )
  try {
    const ctx = program.context
    const plan = { quotaPerPair: 10_000 }
    const { slug } = await fillStudy(ctx, { votes: 25_000, raters: ratersBefore, plan, publishing: 'batched' })
    const people = await ctx.sql<{ personId: string }[]>`
      select r.person_id as "personId" from raters r join enrolments e on e.rater_id = r.id
      join studies s on s.id = e.study_id where s.slug = ${slug}`
    const cookies = await Promise.all(
      people.map(async ({ personId }) => `${loopbackCookieName(ctx.config)}=${await openSession(ctx, personId)}`),
    )
    return { slug, cookies: cookies.slice(0, clients) }
  } finally {
    await program.close()
  }
}

async function leaseMany(study: string, cookie: string): Promise<string[]> {
  const held: string[] = []
  while (held.length < cardsHeld) {
    const { body } = await post(`${study}/battles/lease`, cookie, { count: perLease, holding: held })
    const { cards } = body as CardBatch
    if (cards.length === 0) throw new Error('There are no cards left to vote on')
    held.push(...cards.map(({ battleId }) => battleId))
  }
  return held
}

/** Seconds that all clients take together, each one after the other of its own. */
async function inTurn(
  cookies: string[],
  held: string[][],
  ask: (cookie: string, battle: string) => Promise<unknown>,
): Promise<number> {
  const begun = performance.now()
  await Promise.all(
    cookies.map(async (cookie, client) => {
      for (const battle of held[client]!) await ask(cookie, battle)
    }),
  )
  return (performance.now() - begun) / 1000
}
