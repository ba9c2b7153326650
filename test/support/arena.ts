import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import { expect } from 'vitest'
import { createAdminLink, createRaterLink } from '#server/links/service.ts'
import { buildApp } from '#server/app.ts'
import type { Card, CardBatch, Verdict, Vote } from '#server/battles/schema.ts'
import { readConfig } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { asSystem } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { undeclaredProblem } from '#server/core/http/render-error.ts'
import type { Jobs } from '#server/core/jobs.ts'
import type { StoredStudy } from '#server/studies/service.ts'
import { atEnd } from './at-end.ts'
import { testDatabase, type TestDatabase } from './database.ts'
import { makeStudy, type ArenaOptions } from './make-study.ts'

/** Somebody with a session, who asks the API as a browser does. */
export interface Visitor {
  cookie: string
  /** Headers and body of every reply so far. */
  received: string[]
  get(url: string): Promise<LightMyRequestResponse>
  post(url: string, body?: object): Promise<LightMyRequestResponse>
  /** The next cards; fails when the reply is not 200. */
  lease(count?: number, holding?: string[], holder?: string): Promise<CardBatch>
  /** Gives a card back unseen, for one page where `holder` names it. */
  release(card: Pick<Card, 'battleId'>, holder?: string): Promise<void>
  /** Votes and returns the raw reply. */
  vote(card: Pick<Card, 'battleId'>, verdict: Verdict): Promise<LightMyRequestResponse>
  /** Votes, fails when it is not taken. */
  cast(card: Pick<Card, 'battleId'>, verdict: Verdict): Promise<Vote>
}

export interface Arena {
  app: FastifyInstance
  ctx: Context
  database: TestDatabase
  study: StoredStudy
  modelIds: string[]
  asRater: Visitor
  asAdmin: Visitor
  anonymous: Visitor
  /** A further rater of the study. */
  newRater(): Promise<Visitor>
  /** Jobs that were queued, newest last. */
  queued: { name: string; data: object }[]
}

/** The app on a database of its own, with an open study of 4 models × 12 queries (by default) that are all answered. */
export async function arena(options: ArenaOptions = {}): Promise<Arena> {
  const database = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'arena-'))
  const { ctx, queued } = contextOn(database, dataDir)
  const { study, modelIds } = await makeStudy(ctx, options)
  const app = await buildApp(ctx)
  atEnd(async () => {
    await app.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const slug = study.slug
  const anonymous = visitor(app, '', slug)
  const admin = await createAdminLink(ctx, 'http://localhost')
  const invitation = await createRaterLink(
    ctx,
    study.id,
    { maxUses: 1000, days: 1, cohort: 'test' },
    'http://localhost',
  )
  const newRater = async () => visitor(app, await openLink(anonymous, invitation.url), slug)
  const asAdmin = visitor(app, await openLink(anonymous, admin.url), slug)
  return { app, ctx, database, study, modelIds, asRater: await newRater(), asAdmin, anonymous, newRater, queued }
}

/** A context of the program itself, with jobs that are noted instead of done. */
export function contextOn(database: TestDatabase, dataDir: string) {
  const queued: { name: string; data: object }[] = []
  const jobs: Jobs = {
    define() {},
    async enqueue(name, data) {
      queued.push({ name, data })
    },
    async work() {},
    async stop() {},
  }
  const config = readConfig({ ARENA_DATA: dataDir, LOG_LEVEL: 'silent' })
  const log = pino({ level: 'error' }, failOnUndeclared())
  const { db, sql } = database
  const ctx = asSystem({ config, db, sql, jobs, egress: createEgress(config), log, now: Date.now, random: Math.random })
  return { ctx, queued }
}

/** A log that is dropped, but fails its test when a route sends a problem that it does not declare. */
function failOnUndeclared() {
  const undeclared: string[] = []
  atEnd(async () => expect(undeclared, undeclaredProblem).toEqual([]))
  return {
    write(line: string) {
      if (line.includes(undeclaredProblem)) undeclared.push(line)
    },
  }
}

export async function openLink(anonymous: Visitor, url: string): Promise<string> {
  const code = url.split('/').at(-1)!
  const reply = await anonymous.post(`/api/v1/links/${code}`, { consent: true })
  if (reply.statusCode !== 200) throw new Error(`the link was refused: ${reply.body}`)
  const [cookie] = reply.cookies
  return `${cookie!.name}=${cookie!.value}`
}

/** Asks again for as long as the app says that it is busy, as it does on a machine under load; ten seconds at most. */
async function askPatiently(app: FastifyInstance, request: InjectOptions): Promise<LightMyRequestResponse> {
  for (let attempt = 0; ; attempt++) {
    const reply = await app.inject(request)
    const isBusy = reply.statusCode === 503 && reply.body.includes('"/problems/busy"')
    if (!isBusy || attempt === 200) return reply
    await pause(50)
  }
}

/** Whoever holds the cookie (empty: nobody), asking about one study. */
export function visitor(app: FastifyInstance, cookie: string, slug: string): Visitor {
  const headers = cookie ? { cookie } : {}
  const received: string[] = []
  const ask = async (request: InjectOptions) => {
    const reply = await askPatiently(app, { ...request, headers })
    received.push(JSON.stringify(reply.headers), reply.body)
    return reply
  }
  const get = (url: string) => ask({ method: 'GET', url })
  const post = (url: string, payload?: object) => ask({ method: 'POST', url, ...(payload ? { payload } : {}) })
  const vote: Visitor['vote'] = ({ battleId }, verdict) => post(`/api/v1/battles/${battleId}/vote`, { verdict })
  return {
    cookie,
    received,
    get,
    post,
    vote,
    async lease(count = 1, holding = [], holder) {
      const reply = await post(`/api/v1/studies/${slug}/battles/lease`, { count, holding, holder })
      if (reply.statusCode !== 200) throw new Error(`no lease: ${reply.body}`)
      return reply.json<CardBatch>()
    },
    async release({ battleId }, holder) {
      const reply = await post(`/api/v1/battles/${battleId}/release`, holder === undefined ? undefined : { holder })
      if (reply.statusCode !== 204) throw new Error(`not given back: ${reply.body}`)
    },
    async cast(card, verdict) {
      const reply = await vote(card, verdict)
      if (reply.statusCode !== 201) throw new Error(`the vote was refused: ${reply.body}`)
      return reply.json<Vote>()
    },
  }
}

/** Waits until the check holds, asking every 20 ms. */
export async function until(check: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('it never came true')
    await pause(20)
  }
}
