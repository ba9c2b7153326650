import { eq } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { runs } from '#drizzle/schema/runs.ts'
import { loopbackCookieName } from '#server/accounts/session-cookie.ts'
import { createTeam } from '#server/accounts/teams/teams.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { createTeamLink } from '#server/links/service.ts'
import { redeemLink } from '#server/raters/service.ts'
import { createRun } from '#server/runs/create-run.ts'
import { judgeCustomer } from '#server/runs/judge/judge-customer.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { arena, visitor, type Arena, type Visitor } from '../../../support/arena.ts'
import { chatty } from '../../../support/judged-run.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

let house: Arena
let runId = 0
let examples: string[] = []
/** Host and port of the model and of the judge, and what else only their owner is to read. */
let secrets: string[] = []
const readers: Record<'anonymous' | 'rater' | 'foreign' | 'own', Visitor> = {} as never

/**
 * A released team's model whose judge is the operator's: every sentence that an endpoint says names its address, one
 * example of the model and one of the judge end in an error, the run is paused, and went on at another address before.
 */
beforeAll(async () => {
  house = await arena()
  const { ctx, app } = house
  const [own, foreign] = [await createTeam(ctx, 'Own'), await createTeam(ctx, 'Foreign')]
  const enter = async (teamId: string) => {
    const { url } = await createTeamLink(ctx, teamId, { days: 1, maxUses: 1 }, 'http://localhost')
    const { token } = await redeemLink(ctx, url.split('/').at(-1)!, { consent: false })
    return visitor(app, `${loopbackCookieName(house.ctx.config)}=${token}`, house.study.slug)
  }
  Object.assign(readers, { anonymous: house.anonymous, rater: house.asRater })
  Object.assign(readers, { own: await enter(own.id), foreign: await enter(foreign.id) })
  const fault = (origin: string) => ({
    kind: 'status' as const,
    status: 400,
    body: JSON.stringify({ error: { message: `upstream ${origin} says no` } }),
  })
  const model = await scriptedEndpoint(
    ({ number }) => (number === 0 ? fault(model.origin) : { kind: 'answer', text: chatty }),
    { wholeFile: true },
  )
  const judge = await scriptedEndpoint(
    ({ number }) => (number === 0 ? fault(judge.origin) : { kind: 'answer', text: 'B' }),
    { wholeFile: true },
  )
  const at = (baseUrl: string, remoteModel: string) =>
    registerEndpoint(ctx, NewEndpoint.parse({ model: remoteModel, remoteModel, baseUrl, maxConcurrency: 1 }))
  const tested = await at(model.baseUrl, 'tested')
  const judging = await at(judge.baseUrl, 'judging')
  await ctx.sql`update models set released_at = now() where id = ${tested.modelId}`
  const task = await getTask('mathvista', 'sample')
  const run = await createRun(ctx, { endpointId: tested.id, judgeEndpointId: judging.id, task, limit: 4 })
  runId = run.id
  await readRun(ctx, runId)
  const { signal } = new AbortController()
  await executePlan(ctx, run.planId, [runCustomer, judgeCustomer], { signal, firstBackoffMs: 5 })
  await executePlan(ctx, run.judgePlanId!, [runCustomer, judgeCustomer], { signal, firstBackoffMs: 5 })
  const { judge: named } = await getStoredRun(ctx, runId)
  const moved = [model.baseUrl, judge.baseUrl].map((now, index) => ({
    change: `baseUrl${index ? ' of the judge' : ''} was "http://old.example.org/v1", now "${now}"`,
    at: new Date().toISOString(),
  }))
  const former = {
    ...{ profile: 'official', benchmarkVersion: 1, codeVersion: 'x', judge: named },
    ...{ metrics: [], until: new Date().toISOString() },
  }
  await ctx.db
    .update(runs)
    .set({ acceptedChanges: moved, formerScorings: [former], status: 'running' })
    .where(eq(runs.id, runId))
  await ctx.sql`update plans set state = 'paused', paused_reason = ${`tested@${model.origin} is away`} where id = ${run.planId}`
  await ctx.sql`update plans set state = 'paused', paused_reason = ${`judging@${judge.origin} is away`} where id = ${run.judgePlanId}`
  // Waits for the model and for the judge, each with what was said.
  await ctx.sql`update calls set state = 'pending', run_at = now() + interval '1 hour' where state = 'error'`
  await ctx.sql`update endpoints set team_id = ${own.id} where id = ${tested.id}`
  examples = (await ctx.sql<{ id: string }[]>`select example_id as id from predictions where run_id = ${runId}`).map(
    ({ id }) => id,
  )
  // Before that the rater is told of no run at all.
  await ctx.sql`update studies set status = 'closed'`
  secrets = [new URL(model.origin).host, new URL(judge.origin).host, 'old.example.org']
})

/** Everything that is said of the run, by address. */
async function read(reader: Visitor): Promise<Record<string, string>> {
  const addresses = [
    '/runs',
    `/runs/${runId}`,
    `/runs/${runId}/predictions`,
    ...examples.map((example) => `/runs/${runId}/predictions/${encodeURIComponent(example)}`),
    ...['mathvista', 'chartqa'].flatMap((id) => [`/benchmarks/${id}`, `/benchmarks/${id}/scores`]),
    ...['', '/export?format=json', '/export?format=csv', '/snapshots'].map(
      (rest) => `/boards/${house.study.slug}${rest}`,
    ),
  ]
  const said: Record<string, string> = {}
  for (const address of addresses) said[address] = (await reader.get(`/api/v1${address}`)).body
  const headers = reader.cookie ? { cookie: reader.cookie } : {}
  const url = `/api/v1/runs/${runId}/events`
  const stream = await house.app.inject({ method: 'GET', url, headers, payloadAsStream: true })
  for await (const chunk of stream.stream()) {
    said[url] = `${said[url] ?? ''}${String(chunk)}`
    if (/event: run\ndata: .*\n\n/.test(said[url])) break
  }
  stream.raw.res.destroy()
  return said
}

const holding = (said: Record<string, string>, secret: string) =>
  Object.entries(said)
    .filter(([, text]) => text.includes(secret))
    .map(([address]) => address)

test('the operator reads each of the addresses somewhere, so that there is something to hide', async () => {
  const said = await read(house.asAdmin)
  for (const secret of secrets) expect(holding(said, secret).length).toBeGreaterThan(0)
  expect(JSON.stringify(said)).toContain('says no')
})

test.each(['anonymous', 'rater', 'foreign'] as const)(
  'nobody else (%s) reads the address or host of an endpoint, at any door',
  async (who) => {
    const said = await read(readers[who])
    expect(said[`/runs/${runId}`]).toContain('"judging"')
    expect(said[`/runs/${runId}`]).toContain('YOUR-ENDPOINT')
    expect(Object.values(said).every((text) => text.length > 2)).toBe(true)
    for (const secret of [...secrets, 'says no', 'is away']) expect(holding(said, secret)).toEqual([])
  },
)

test('a team reads what its own endpoint says, and nothing of where the operator’s judge answers', async () => {
  const said = await read(readers.own)
  const [model, judge] = secrets as [string, string]
  expect(holding(said, model)).toContain(`/runs/${runId}`)
  expect(said[`/runs/${runId}`]).toContain(`tested@http://${model} is away`)
  expect(holding(said, judge)).toEqual([])
})

test('a team is not told where inside the machine a built-in model answers', async () => {
  await house.ctx.sql`update endpoints set built_in = true, base_url = 'http://127.0.0.1:45671' where id in
    (select id from endpoints where team_id is null limit 1)`
  expect((await readers.foreign.get('/api/v1/endpoints')).body).toContain('"built in"')
  expect((await readers.foreign.get('/api/v1/endpoints')).body).not.toContain('45671')
  expect((await house.asAdmin.get('/api/v1/endpoints')).body).toContain('45671')
})
