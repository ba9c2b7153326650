import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { callsLab, type CallsLab } from '../../../support/calls-lab.ts'
import { ledgerCustomer } from '../../../support/ledger-customer.ts'
import { startProgram } from '../../../support/program.ts'
import { scriptedEndpoint, type Script } from '../../../support/scripted-endpoint.ts'

/** Two processes of their own on two plans of one endpoint. */
async function twoWorkers(lab: CallsLab, script: Script, settings: Parameters<CallsLab['endpoint']>[1], calls: number) {
  const server = await scriptedEndpoint(script)
  const endpointId = await lab.endpoint(server.baseUrl, settings)
  const plans = [await lab.plan(endpointId, calls), await lab.plan(endpointId, calls)]
  const start = (plan: { id: string }) => {
    const args = [lab.database.url, lab.dataDir, server.origin, plan.id]
    const worker = startProgram(process.execPath, ['test/support/plan-worker.ts', 'ledger', ...args])
    onTestFinished(() => void worker.child.kill('SIGKILL'))
    return worker
  }
  return { server, plans, start, endpointId }
}

const holders = async ({ ctx }: CallsLab) => {
  const [row] = await ctx.sql<{ holders: { places: number }[] }[]>`select holders from endpoint_traffic`
  return row!.holders
}

test('two processes on two plans of an endpoint ask no more at once than it allows, and share it evenly', async () => {
  const lab = await callsLab()
  const answer: Script = ({ text }) => ({ kind: 'answer', text, delayMs: 100 })
  const { server, plans, start } = await twoWorkers(lab, answer, { maxConcurrency: 8 }, 150)
  const workers = plans.map(start)
  await expect
    .poll(async () => (await holders(lab).catch(() => [])).map(({ places }) => places), {
      timeout: 30_000,
      interval: 20,
    })
    .toEqual([4, 4])
  await Promise.all(workers.map((worker) => worker.until(/finished/, 120_000)))
  expect(server.seen).toHaveLength(300)
  expect(server.most()).toBe(8)
  expect(await holders(lab)).toEqual([])
}, 150_000)

test('the places of a process that is killed are free at once for another', async () => {
  const lab = await callsLab()
  const answer: Script = ({ text }) => ({ kind: 'answer', text, delayMs: 100 })
  const { server, plans, start } = await twoWorkers(lab, answer, { maxConcurrency: 8 }, 60)
  const killed = start(plans[0]!)
  await expect.poll(() => server.seen.length, { timeout: 30_000, interval: 10 }).toBeGreaterThan(16)
  killed.child.kill('SIGKILL')
  await killed.ended
  const began = performance.now()
  const { signal } = new AbortController()
  expect(await executePlan(lab.ctx, plans[1]!.id, [ledgerCustomer], { signal })).toBe('finished')
  // 60 calls at 8 of them at once take 0.8 s; the dead worker's lease lasts 20.
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(await executePlan(lab.ctx, plans[0]!.id, [ledgerCustomer], { signal })).toBe('finished')
}, 150_000)

test('two processes together keep to the requests a minute of the endpoint', async () => {
  const lab = await callsLab()
  const answer: Script = ({ text }) => ({ kind: 'answer', text })
  const { server, plans, start } = await twoWorkers(lab, answer, { maxConcurrency: 8, requestsPerMinute: 600 }, 40)
  await Promise.all(plans.map(start).map((worker) => worker.until(/finished/, 120_000)))
  const at = server.seen.map((request) => request.at).toSorted((a, b) => a - b)
  expect(at).toHaveLength(80)
  // Ten a second: no window of two seconds holds more than 20, but for how late the timers of three processes may be.
  const most = Math.max(...at.map((from) => at.filter((time) => time >= from && time < from + 2_000).length))
  expect(most).toBeLessThanOrEqual(24)
  expect((at.at(-1)! - at[0]!) / 1_000).toBeGreaterThan(7.5)
}, 150_000)

test('R1: a wait that the endpoint asked of one process is kept by the other', async () => {
  const lab = await callsLab()
  let refusedAt = Infinity
  let early = 0
  const script: Script = ({ at, text, number }) => {
    if (number === 20) {
      refusedAt = at
      return { kind: 'status', status: 429, headers: { 'retry-after': '3' } }
    }
    if (at > refusedAt + 500 && at < refusedAt + 2_950) early++
    return { kind: 'answer', text, delayMs: 50 }
  }
  const { server, plans, start } = await twoWorkers(lab, script, { maxConcurrency: 4 }, 60)
  await Promise.all(plans.map(start).map((worker) => worker.until(/finished/, 120_000)))
  expect(server.seen).toHaveLength(121)
  expect(early).toBe(0)
}, 150_000)

test('limits that are changed while a plan runs hold from then on', async () => {
  const lab = await callsLab()
  const { server, plans, endpointId } = await twoWorkers(
    lab,
    ({ text }) => ({ kind: 'answer', text, delayMs: 100 }),
    { maxConcurrency: 8 },
    120,
  )
  const { signal } = new AbortController()
  const plan = executePlan(lab.ctx, plans[0]!.id, [ledgerCustomer], { signal })
  await expect.poll(() => server.seen.length, { interval: 5 }).toBeGreaterThan(20)
  await lab.ctx.sql`update endpoints set max_concurrency = 2 where id = ${endpointId}`
  await pause(1_200)
  const open = server.open()
  expect(await plan).toBe('finished')
  expect(open).toBeLessThanOrEqual(2)
}, 60_000)
