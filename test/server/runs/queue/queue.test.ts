import { expect, test } from 'vitest'
import { z } from 'zod'
import { workOnPlans } from '#server/calls/work-on-plans.ts'
import { RunSummary } from '#server/runs/schema.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { EndpointQueue } from '#server/runs/queue/schema.ts'
import { arena, until } from '../../../support/arena.ts'
import { startArena } from '../../../support/program.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

/** An arena with an admin's endpoint that answers after a while, and three runs on it. */
async function threeRuns() {
  const house = await arena({ models: [{ name: 'Ann' }], queries: 1 })
  const { ctx, asAdmin } = house
  const server = await scriptedEndpoint(() => ({ kind: 'answer', text: '4', delayMs: 100 }))
  ctx.egress.allow(server.baseUrl)
  const described = { model: 'M', remoteModel: 'test-model', baseUrl: server.baseUrl, maxConcurrency: 2 }
  const made = await asAdmin.post('/api/v1/endpoints', described)
  const endpoint = made.json<{ id: string }>().id
  const tasks = ['chartqa', 'docvqa', 'textvqa'].map((benchmark) => ({ benchmark, split: 'sample' }))
  const started = await asAdmin.post(`/api/v1/endpoints/${endpoint}/runs`, { tasks })
  const runs = z.array(RunSummary).parse(started.json())
  const queue = async () => {
    const read = z.array(EndpointQueue).parse((await asAdmin.get('/api/v1/queue')).json())
    return read.find((one) => one.endpoint.id === endpoint)?.entries ?? []
  }
  return { ...house, runs: runs.map(({ id }) => id), queue }
}

test('runs have their turns in the order in which they were made, or in which they are put', async () => {
  const { asAdmin, runs, queue, ctx } = await threeRuns()
  const order = async () => (await queue()).map(({ run }) => run)
  const [one, two, three] = runs as [number, number, number]
  expect(await order()).toEqual([one, two, three])
  const move = (run: number, to: string) => asAdmin.post(`/api/v1/runs/${run}/move`, { to })
  expect((await move(three, 'up')).statusCode).toBe(200)
  expect(await order()).toEqual([one, three, two])
  await move(two, 'first')
  await move(two, 'up')
  expect(await order()).toEqual([two, one, three])
  await move(two, 'down')
  expect(await order()).toEqual([one, two, three])
  await move(three, 'first')
  expect((await move(three, 'sideways')).statusCode).toBe(400)

  await asAdmin.post(`/api/v1/runs/${one}/pause`)
  expect(await queue()).toMatchObject([
    { run: three, state: 'waiting' },
    { run: one, state: 'paused', why: 'paused by hand' },
    { run: two, state: 'waiting', why: `run ${three} is before it, and has the places first` },
  ])

  const stop = new AbortController()
  const working = workOnPlans(ctx, [runCustomer], { signal: stop.signal })
  await until(async () => (await queue()).length === 1, 60_000)
  stop.abort()
  await working
  expect((await move(three, 'up')).json()).toMatchObject({ type: '/problems/plan-is-over' })
  const middle = await ctx.sql<{ id: number }[]>`
    select id from (select r.id, rank() over (order by p.received_at) as place from runs r
      join calls c on c.plan_id = r.plan_id join replies p on p.call_id = c.id) asked
    group by id order by avg(place)`
  expect(middle.map(({ id }) => id)).toEqual([three, two])
})

test('the queue is shown and changed by command', async () => {
  const { database, runs, ctx, queue } = await threeRuns()
  const run = async (...args: string[]) => {
    const program = startArena(['runs', ...args], { DATABASE_URL: database.url, ARENA_DATA: ctx.config.dataDir })
    return { code: await program.ended, said: program.output().trim() }
  }
  const [one, two, three] = runs as [number, number, number]
  const shown = await run('queue')
  expect(shown.code).toBe(0)
  expect(shown.said).toMatch(new RegExp(`2 at once\\n.*\\n *1 +${one} +M +ChartQA, sample +waiting .*\\n *2 +${two} `))
  expect((await run('move', String(three), '--to', 'first')).said).toMatch(new RegExp(`\\n *1 +${three} `))
  expect((await queue()).map((entry) => entry.run)).toEqual([three, one, two])
  expect(await run('move', String(three))).toMatchObject({ code: 2 })
  expect(JSON.parse((await run('queue', '--json')).said)).toMatchObject([{ entries: [{ run: three }, {}, {}] }])
})
