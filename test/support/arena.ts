import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import sharp from 'sharp'
import { afterAll, onTestFinished, TestRunner } from 'vitest'
import { createAdminLink, createRaterLink } from '#server/accounts/service.ts'
import { buildApp } from '#server/app.ts'
import type { Card, CardBatch, Verdict, Vote } from '#server/battles/schema.ts'
import { readConfig } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { asSystem } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import type { Jobs } from '#server/core/jobs.ts'
import type { QueryCategory } from '#server/queries/schema.ts'
import { importPool } from '#server/queries/service.ts'
import type { NewStudy } from '#server/studies/schema.ts'
import { createStudy, findStudy, type StoredStudy, type StudyExtras } from '#server/studies/service.ts'
import { testDatabase, type TestDatabase } from './database.ts'

export interface ArenaOptions {
  models?: { name: string; organisation?: string }[]
  queries?: number
  study?: Partial<NewStudy>
  extras?: StudyExtras
  /** What model `m` says to query `q`, both counted from 0. */
  response?: (m: number, q: number) => string
}

/** Somebody with a session, who asks the API as a browser does. */
export interface Visitor {
  cookie: string
  /** Headers and body of every reply so far. */
  received: string[]
  get(url: string): Promise<LightMyRequestResponse>
  post(url: string, body?: object): Promise<LightMyRequestResponse>
  /** The next cards; fails when the reply is not 200. */
  lease(count?: number, holding?: string[]): Promise<CardBatch>
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

const categories: QueryCategory[] = ['counting', 'charts', 'general', 'documents']

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
  const log = pino({ level: 'silent' })
  const { db, sql } = database
  const ctx = asSystem({ config, db, sql, jobs, egress: createEgress(config), log, now: Date.now, random: Math.random })
  return { ctx, queued }
}

async function makeStudy(ctx: Context, options: ArenaOptions) {
  const {
    models = ['Ada', 'Bo', 'Cy', 'Di'].map((name) => ({ name: `${name}-${randomUUID().slice(0, 8)}` })),
    queries = 12,
  } = options
  const pool = await makePool(ctx, queries)
  const made: { modelId: string; endpointId: string }[] = []
  for (const model of models) made.push(await makeModel(ctx, model))
  const plan: NewStudy = {
    name: 'Test study',
    pool,
    endpoints: made.map(({ endpointId }) => endpointId),
    publishing: 'live',
    pointsShown: true,
    quotaPerPair: 450,
    sessionGoal: 100,
    leaseSeconds: 600,
    licence: 'CC BY 4.0',
    ...options.study,
  }
  const { slug } = await createStudy(ctx, plan, options.extras)
  await ctx.sql`update studies set status = 'open' where slug = ${slug}`
  const study = await findStudy(ctx, slug)
  for (const [m, member] of made.entries())
    await answerAll(ctx, study, member, (q) => options.response?.(m, q) ?? `Answer to question ${q}.`)
  return { study, modelIds: made.map(({ modelId }) => modelId) }
}

async function makePool(ctx: Context, queries: number): Promise<string> {
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#7aa' } })
    .png()
    .toBuffer()
  const image = { bytes, source: 'drawn', licence: 'CC0' }
  const pool = Array.from({ length: queries }, (_, q) => {
    const key = `q${String(q).padStart(5, '0')}`
    return { key, category: categories[q % categories.length]!, language: 'en', question: `Question ${q}?`, image }
  })
  await importPool(ctx, { slug: 'pool', name: 'Pool', licence: 'CC0' }, pool)
  return 'pool'
}

async function makeModel(ctx: Context, { name, organisation = '' }: { name: string; organisation?: string }) {
  const slug = name.toLowerCase()
  const [row] = await ctx.sql<{ modelId: string; endpointId: string }[]>`
    with model as (
      insert into models (slug, name, organisation, released_at) values (${slug}, ${name}, ${organisation}, now()) returning id
    )
    insert into endpoints (model_id, name, base_url, remote_model, status)
    select id, ${`${slug}@test`}, 'http://127.0.0.1:9', ${`remote-${slug}`}, 'ready' from model
    returning model_id as "modelId", id as "endpointId"`
  return row!
}

/** Puts the answers where the engine and the collection would have put them. */
async function answerAll(
  ctx: Context,
  study: StoredStudy,
  { modelId, endpointId }: { modelId: string; endpointId: string },
  textOf: (q: number) => string,
) {
  const rows = await ctx.sql<{ id: string }[]>`select id from queries where pool_id = ${study.poolId} order by key`
  const ids = rows.map(({ id }) => id)
  const texts = ids.map((_, q) => textOf(q))
  await ctx.sql`
    with plan as (
      insert into plans (endpoint_id, customer, state, calls) values (${endpointId}, 'collection', 'finished', ${ids.length})
      returning id
    ), collection as (
      insert into collections (study_id, model_id, endpoint_id, plan_id, max_tokens)
      select ${study.id}, ${modelId}, ${endpointId}, id, 768 from plan returning id
    ), call as (
      insert into calls (plan_id, position, key, state)
      select plan.id, t.position, t.id, 'answered'
      from plan, unnest(${ids}::text[]) with ordinality as t (id, position) returning id, key
    )
    insert into responses (collection_id, study_id, query_id, model_id, call_id, status, text, ready_at)
    select collection.id, ${study.id}, call.key::uuid, ${modelId}, call.id, 'ready', t.text, now()
    from collection, call join unnest(${ids}::text[], ${texts}::text[]) as t (id, text) on t.id = call.key`
}

async function openLink(anonymous: Visitor, url: string): Promise<string> {
  const code = url.split('/').at(-1)!
  const redeem = () => anonymous.post(`/api/v1/links/${code}`, { consent: true })
  let reply = await redeem()
  // A machine under load makes the server ask for a moment.
  for (let attempt = 0; reply.statusCode === 503 && attempt < 100; attempt++) {
    await pause(50)
    reply = await redeem()
  }
  if (reply.statusCode !== 200) throw new Error(`the link was refused: ${reply.body}`)
  const [cookie] = reply.cookies
  return `${cookie!.name}=${cookie!.value}`
}

function visitor(app: FastifyInstance, cookie: string, slug: string): Visitor {
  const headers = cookie ? { cookie } : {}
  const received: string[] = []
  const ask = async (request: InjectOptions) => {
    const reply = await app.inject({ ...request, headers })
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
    async lease(count = 1, holding = []) {
      const reply = await post(`/api/v1/studies/${slug}/battles/lease`, { count, holding })
      if (reply.statusCode !== 200) throw new Error(`no lease: ${reply.body}`)
      return reply.json<CardBatch>()
    },
    async cast(card, verdict) {
      const reply = await vote(card, verdict)
      if (reply.statusCode !== 201) throw new Error(`the vote was refused: ${reply.body}`)
      return reply.json<Vote>()
    },
  }
}

function atEnd(work: () => Promise<void>) {
  if (TestRunner.getCurrentTest()) onTestFinished(work)
  else afterAll(work)
}

/** Waits until the check holds, asking every 20 ms. */
export async function until(check: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('it never came true')
    await pause(20)
  }
}
