import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { beforeAll, expect, test } from 'vitest'
import { buildApp } from '#server/app.ts'
import { readConfig } from '#server/core/config.ts'
import { asSystem } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { createJobs } from '#server/core/jobs.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import type { Endpoint } from '#server/endpoints/schema.ts'
import { createAdminLink } from '#server/links/service.ts'
import type { Run, RunSummary } from '#server/runs/schema.ts'
import { work } from '#server/worker.ts'
import { openLink, until, visitor } from '../../support/arena.ts'
import { atEnd } from '../../support/at-end.ts'
import { testDatabase } from '../../support/database.ts'
import { fourServers } from '../../support/model-servers/four-servers.ts'

// Holds the letters and numbers of other answers: read as one, it would score nothing.
const thoughts = 'The answer could be A, B or 17. No: wait, is it yes? "Answer: 3"'
const servers = await fourServers(thoughts)
const samples = [...(await loadBenchmarks()).values()].filter(({ splits, variantOf }) => splits.sample && !variantOf)
const tasks = samples.map(({ id }) => id)

test('there are eleven samples', () => expect(tasks).toHaveLength(11))

/** The server with its pages' API and its worker, in this process, as an admin uses it. */
async function startServer() {
  const database = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'arena-four-'))
  const config = readConfig({ ARENA_DATA: dataDir, LOG_LEVEL: 'silent' })
  const log = pino({ level: 'error' })
  const egress = createEgress(config)
  const jobs = createJobs(database.bossConnection, log)
  const { db, sql } = database
  const ctx = asSystem({ config, db, sql, jobs, egress, log, now: Date.now, random: Math.random })
  const app = await buildApp(ctx)
  const stopping = new AbortController()
  const working = work(ctx, stopping.signal)
  atEnd(async () => {
    stopping.abort()
    await Promise.all([working, jobs.stop()])
    await app.close()
    await egress.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { url } = await createAdminLink(ctx, 'http://localhost')
  return { ctx, admin: visitor(app, await openLink(visitor(app, '', ''), url), '') }
}

let place: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  place = await startServer()
})

test.each(servers)('$what: every sample scores 100.0 from the page', async ({ protocol, model, key, serve }) => {
  const { ctx, admin } = place
  const server = await serve()
  ctx.egress.allow(server.origin)
  const made = await admin.post('/api/v1/endpoints', {
    protocol,
    baseUrl: server.origin,
    key,
    remoteModel: model,
    model,
    extraBody: protocol === 'gemini' ? { generationConfig: { thinkingConfig: { includeThoughts: true } } } : {},
  })
  expect(made.statusCode, made.body).toBe(201)
  const { id } = made.json<Endpoint>()
  await admin.post(`/api/v1/endpoints/${id}/check`)
  const seen = async () => (await admin.get(`/api/v1/endpoints/${id}`)).json<Endpoint>()
  await until(async () => (await seen()).status !== 'unchecked', 60_000)
  expect(await seen()).toMatchObject({ status: 'ready', statusReason: 'Every probe passed' })

  const runs: number[] = []
  for (const benchmark of tasks) {
    const started = await admin.post('/api/v1/runs', { endpointId: id, benchmark, split: 'sample' })
    expect(started.statusCode, started.body).toBe(201)
    runs.push(started.json<RunSummary>().id)
  }
  const statusOf = async (run: number) => (await admin.get(`/api/v1/runs/${run}`)).json<Run>()
  await until(async () => (await Promise.all(runs.map(statusOf))).every(({ status }) => status === 'complete'), 110_000)
  for (const run of await Promise.all(runs.map(statusOf))) {
    expect([run.benchmark.id, run.headline.value]).toEqual([run.benchmark.id, 1])
    expect(run.counts).toMatchObject({ error: 0, pending: 0, skipped: 0 })
  }
  const thought = await ctx.sql`select thinking, count(*)::int as n from replies where thinking is not null group by 1`
  expect(thought.map(({ thinking }) => String(thinking).trim())).toEqual([thoughts])
})
