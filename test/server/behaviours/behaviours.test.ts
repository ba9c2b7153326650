import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { carryOut } from '#server/commands/runs/carry-out-run.ts'
import { report } from '#server/commands/runs/telling/report-runs.ts'
import type { Context } from '#server/core/context.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { createRun } from '#server/runs/create-run.ts'
import { testDatabase } from '../../support/database.ts'
import { pngOf } from '../../support/png.ts'
import { contextOn } from '../../support/arena.ts'
import { atEnd } from '../../support/at-end.ts'
import type { Behaviour, Serving } from './behaviour.ts'
import { bodies } from './bodies.ts'
import { classes } from './classes.ts'
import { failures } from './failures.ts'
import { thinking } from './thinking.ts'

/** The one mock server, and what it says now. */
const server = createServer((request, response) => void answer(request, response))
let script: Serving[] = []
let calls = 0
let ctx: Context
let data: string
const task = await getTask('chartqa', 'test')
const gold = '42'

async function answer(request: IncomingMessage, response: ServerResponse) {
  request.resume()
  await once(request, 'end')
  const next = script[Math.min(calls++, script.length - 1)]!
  const said = typeof next === 'function' ? next() : next
  const { status = 200, headers = {}, body } = typeof said === 'string' ? { body: said } : said
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const dataDir = await mkdtemp(join(tmpdir(), 'behaviours-'))
  atEnd(() => rm(dataDir, { recursive: true, force: true }))
  data = join(dataDir, 'chartqa')
  await mkdir(join(data, 'png'), { recursive: true })
  await writeFile(join(data, 'png/a.png'), pngOf(10, 10))
  await writeFile(
    join(data, 'test_human.json'),
    JSON.stringify([{ imgname: 'a.png', query: 'How many?', label: gold }]),
  )
  // Waits of our own making are drawn between nothing and their longest: these are nothing.
  ctx = { ...contextOn(await testDatabase(), dataDir).ctx, random: () => 0 }
})
afterAll(() => void server.close())
afterEach(() => vi.restoreAllMocks())

/** Carries out `arena run` over one example, from its start to its table. */
async function runOne({ says, thinkingTags, expected }: Behaviour) {
  const run = await createRun(ctx, { endpointId: await endpoint(thinkingTags), task, dataPath: data })
  const output: string[] = []
  for (const name of ['log', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((...words) => void output.push(words.join(' ')))
  }
  script = [says(gold)].flat()
  calls = 0
  const stop = new AbortController()
  const over = expected.waitMs === undefined ? undefined : untilItWaits(run.planId).then(() => stop.abort())
  const shown = await carryOut(ctx, run, stop.signal)
  await over
  await report([shown], { json: false })
  const exit = process.exitCode ?? 0
  process.exitCode = undefined
  const { value } = shown.headline
  const score = value === null ? null : 100 * value
  return { ...(await becameOf(run.id)), calls, score, exit, output: output.join(' ') }
}

let endpoints = 0
async function endpoint(thinkingTags?: string[]): Promise<string> {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const described = { model: 'm', remoteModel: 'm', name: `m ${endpoints++}`, baseUrl, maxRetries: 2 }
  const { id } = await registerEndpoint(ctx, NewEndpoint.parse({ ...described, ...(thinkingTags && { thinkingTags }) }))
  return id
}

async function untilItWaits(planId: string) {
  const waiting = () => ctx.sql`select 1 from attempts a join calls c on c.id = call_id
    where plan_id = ${planId} and c.state = 'pending' and waited_ms > 0`
  await expect.poll(async () => (await waiting()).length, { interval: 10, timeout: 10_000 }).toBe(1)
}

/** The outcome with what is counted beside it, or the class of the error with what became of the call; and the wait. */
async function becameOf(runId: number) {
  const [row] = await ctx.sql<Record<string, string | boolean | null>[]>`
    select p.outcome, p.empty, p.truncated as cut, p.thought, p.other_model is not null as other, c.state as call,
      plans.state as plan, a.error_class as class, case c.state when 'pending' then a.waited_ms else 0 end as waited
    from predictions p join calls c on c.id = p.call_id join plans on plans.id = c.plan_id
    left join attempts a on a.call_id = c.id and a.number = c.attempts where p.run_id = ${runId}`
  const { outcome, call, plan, waited } = row!
  const beside = ['empty', 'cut', 'thought', 'other'].filter((name) => row![name])
  const state = call === 'error' ? [] : [plan === 'paused' ? 'paused' : 'waits']
  const words = outcome ? [outcome, ...beside] : [...state, row!['class']]
  return { class: words.join(' '), waitedMs: Number(waited) }
}

describe.each(Object.entries({ thinking, failures, bodies, classes }))('%s', (_group, behaviours) => {
  test.each(behaviours)('$name', async (behaviour) => {
    const { waitMs = 0, slackMs = 0, words = /./, ...expected } = behaviour.expected
    const { output, waitedMs, ...seen } = await runOne(behaviour)
    expect(seen).toEqual(expected)
    expect(waitedMs).toBeGreaterThanOrEqual(waitMs - slackMs)
    expect(waitedMs).toBeLessThanOrEqual(waitMs)
    expect(output.replaceAll('\n', ' ')).toMatch(words)
  })
})
