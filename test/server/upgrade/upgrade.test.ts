import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildApp } from '#server/app.ts'
import { openDatabase } from '#server/core/postgres/database.ts'
import { openEndpoint } from '#server/endpoints/call-endpoint.ts'
import type { Run, RunMetric, RunSummary } from '#server/runs/schema.ts'
import { scoreStored } from '#server/runs/reopen-run.ts'
import { forgetScores } from '#server/runs/scoring/rescore-run.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { contextOn, visitor, type Visitor } from '../../support/arena.ts'
import { atEnd } from '../../support/at-end.ts'
import { emptyDatabase } from '../../support/database.ts'
import { checkInvariants } from '../../support/invariants.ts'
import { recount } from '../../support/vote-checker.ts'

/** What the program of migration 0004 replied from this database, by address; runs as id, benchmark, model, status, score, bounds, n. */
const before = JSON.parse(readFileSync(join(import.meta.dirname, 'replies.json'), 'utf8')) as {
  replies: Record<string, object>
  runs: [number, string, string, string, number, number, number, number][]
}
/** As its own programs left it: 44 sample runs, 332 answers, 94 votes of four raters, a report, a sealed key. */
const dump = gunzipSync(readFileSync(join(import.meta.dirname, 'database.sql.gz'))).toString('utf8')
const itsMasterKey = 'b61045e2581ebd2ae5a47667f34775d882be8f704180018ccc453cf5dca86b73'
/** Somebody of role `team`, as only SQL could make them then, with an endpoint of their own. */
const lonelyTeam = `
  insert into public.people (id, role, name) values ('7ea70000-0000-4000-8000-000000000001', 'team', 'Vision lab');
  insert into public.models (id, slug, name) values ('7ea70000-0000-4000-8000-000000000002', 'vision-1', 'Vision 1');
  insert into public.endpoints (model_id, name, base_url, remote_model, created_by) values
    ('7ea70000-0000-4000-8000-000000000002', 'vision@lab', 'https://lab.example/v1', 'vision',
      '7ea70000-0000-4000-8000-000000000001')`
const itsRaterLink = 'lmeyUvr-9jFQsVEEryJ0bQ'

let ctx: ReturnType<typeof contextOn>['ctx']
let app: Awaited<ReturnType<typeof buildApp>>
let anonymous: Visitor

beforeAll(async () => {
  const url = await emptyDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'arena-'))
  const empty = await openDatabase({ databaseUrl: url, dataDir, migrate: false })
  await empty.sql.unsafe(dump)
  await empty.sql.unsafe(lonelyTeam)
  await empty.close()
  const database = { ...(await openDatabase({ databaseUrl: url, dataDir })), url }
  ctx = contextOn(database, dataDir).ctx
  ctx.config = { ...ctx.config, masterKeyHex: itsMasterKey }
  app = await buildApp(ctx)
  anonymous = visitor(app, '', 'sample')
  atEnd(async () => {
    await app.close()
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  })
})

test.each(Object.keys(before.replies))('%s replies as it did', async (address) => {
  expect((await anonymous.get(address)).json()).toMatchObject(before.replies[address]!)
})

test('every run stands with its score, digit by digit', async () => {
  const runs = (await anonymous.get('/api/v1/runs')).json<RunSummary[]>()
  const told = runs.map(({ id, benchmark, model, status, headline: score }) => {
    return [id, benchmark.id, model.slug, status, score?.value, score?.low, score?.high, score?.n]
  })
  expect(told).toEqual(before.runs)
})

test('the counts still hold the same votes, and no run breaks a rule', async () => {
  expect(await recount(ctx)).toMatchObject({ votes: 93, differences: [], strange: [] })
  await checkInvariants(ctx.sql)
})

test('ratings of unchanged counts are fitted anew by the rule of today, once, and the old ones keep theirs', async () => {
  const [study] = await ctx.sql<{ id: string }[]>`select id from studies where slug = 'sample'`
  const rules = async () =>
    (await ctx.sql<{ rule: string }[]>`select parameters ->> 'interval' as rule from snapshots`).map(({ rule }) => rule)
  const before = await rules()
  expect(new Set(before)).toEqual(new Set(['sandwich']))
  const boards = await refreshRatings(ctx, study!.id, { force: true })
  expect(boards).toBeGreaterThan(0)
  expect((await rules()).toSorted()).toEqual([...Array<string>(boards).fill('clustered'), ...before])
  expect(await refreshRatings(ctx, study!.id, { force: true })).toBe(0)
})

test('scoring the stored replies again gives each benchmark the score it had, and once more the same digits', async () => {
  const ids = before.runs.filter(([, , model]) => model === 'baseline-ocr').map(([id]) => id)
  expect(ids).toHaveLength(11)
  for (const id of ids) {
    const stored = await metricsOf(id)
    const first = await scoreAgain(id)
    const known = new Set(stored.map(({ name }) => name))
    const asBefore = first.filter(({ name }) => known.has(name)) // a version since may tell more
    expect(asBefore.map(rounded)).toEqual(stored.map(rounded))
    expect(await scoreAgain(id)).toEqual(first)
  }
})

const metricsOf = async (id: number) => (await anonymous.get(`/api/v1/runs/${id}`)).json<Run>().metrics

async function scoreAgain(id: number) {
  await forgetScores(ctx, await getStoredRun(ctx, id), {})
  await scoreStored(ctx, await getStoredRun(ctx, id))
  return metricsOf(id)
}

/** It added up in the order in which replies came, so its last digit may differ. */
const rounded = ({ name, n, ...numbers }: RunMetric) => {
  const digits = ({ value, low, high }: typeof numbers) => [value, low, high].map((one) => one?.toFixed(12))
  return [name, n, ...digits(numbers)]
}

test('a sealed key opens', async () => {
  const [kept] = await ctx.sql<{ id: string }[]>`select id from endpoints where name = 'kept-key'`
  const { key } = await openEndpoint(ctx, kept!.id)
  expect(key!.reveal()).toBe('sk-a-key-of-the-old-house')
})

test('an invite link still lets a rater in, who votes', async () => {
  const joined = await anonymous.post(`/api/v1/links/${itsRaterLink}`, { consent: true })
  const [cookie] = joined.cookies
  const rater = visitor(app, `${cookie!.name}=${cookie!.value}`, 'sample')
  const { cards } = await rater.lease()
  expect(await rater.cast(cards[0]!, 'tie')).toMatchObject({ verdict: 'tie' })
})

test('whoever was of role team is alone in a team of their name, which owns what they made', async () => {
  const [team] = await ctx.sql`
    select t.name, e.name as endpoint, m.slug as model from people p join teams t on t.id = p.team_id
    join endpoints e on e.team_id = t.id join models m on m.team_id = t.id where p.name = 'Vision lab'`
  expect(team).toEqual({ name: 'Vision lab (7ea70000)', endpoint: 'vision@lab', model: 'vision-1' })
  expect(await ctx.sql`select 1 from endpoint_events e join endpoints on endpoints.id = e.endpoint_id`).toHaveLength(
    (await ctx.sql`select 1 from endpoints`).length,
  )
})
