import { expect, onTestFinished, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { planProgress } from '#server/calls/progress.ts'
import { resumePlan } from '#server/calls/service.ts'
import { workOnPlans } from '#server/calls/work-on-plans.ts'
import type { Context } from '#server/core/context.ts'
import { createEgress } from '#server/core/egress.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { ledgerCustomer } from '../../support/ledger-customer.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

/** A worker that is stopped, and waited for, at the end of the test. */
function startWorker(ctx: Context) {
  const stop = new AbortController()
  const working = workOnPlans(ctx, [ledgerCustomer], { signal: stop.signal })
  const end = async () => {
    stop.abort()
    await working
  }
  onTestFinished(end)
  return end
}

test('R26: a plan is taken up as soon as it is released, also when another hangs', async () => {
  const { ctx, plan, endpoint } = await callsLab()
  const hanging = await scriptedEndpoint(() => ({ kind: 'hang' }))
  const quick = await scriptedEndpoint()
  const stuck = await plan(await endpoint(hanging.baseUrl, { name: 'hangs', timeoutMs: 2_000, maxRetries: 0 }), 3)
  startWorker(ctx)
  await expect.poll(() => hanging.seen.length).toBe(3)
  const made = await plan(await endpoint(quick.baseUrl, { name: 'quick' }), 40)
  await expect.poll(async () => (await planProgress(ctx, made.id)).state, { timeout: 1_900 }).toBe('finished')
  expect((await planProgress(ctx, stuck.id)).state).toBe('running')
})

test('the plans of one endpoint share its places', async () => {
  const { ctx, plan, endpoint } = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text, delayMs: 10 }))
  const endpointId = await endpoint(server.baseUrl, { maxConcurrency: 3 })
  const plans = [await plan(endpointId, 30), await plan(endpointId, 30), await plan(endpointId, 30)]
  startWorker(ctx)
  const states = () => Promise.all(plans.map(async ({ id }) => (await planProgress(ctx, id)).state))
  await expect.poll(states, { timeout: 10_000 }).toEqual(['finished', 'finished', 'finished'])
  expect(server.most()).toBe(3)
})

test('an address that was opened at another shell is left to the process of that shell', async () => {
  const { ctx, plan, endpoint } = await callsLab()
  const server = await scriptedEndpoint()
  const made = await plan(await endpoint(server.baseUrl), 5)
  const elsewhere = { ...ctx, egress: createEgress({ egressAllow: [] }) }
  const end = startWorker(elsewhere)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await end()
  expect(server.seen).toHaveLength(0)
  expect((await planProgress(ctx, made.id)).state).toBe('running')
  expect(await executePlan(ctx, made.id, [ledgerCustomer], { signal: new AbortController().signal })).toBe('finished')
})

test('a key that was sealed with another master key pauses the plan with what to do', async () => {
  const { ctx, plan, endpoint } = await callsLab()
  const server = await scriptedEndpoint()
  const made = await plan(await endpoint(server.baseUrl, { key: 'sk-of-another-master-key' }), 5)
  const config = { ...ctx.config, masterKeyHex: '00'.repeat(32) }
  startWorker({ ...ctx, config })
  await expect.poll(async () => (await planProgress(ctx, made.id)).state).toBe('paused')
  expect((await planProgress(ctx, made.id)).reason).toMatch(/another master key: store the endpoint's key again/)
  expect(server.seen).toHaveLength(0)
})

test('R25: a worker that is told to stop finishes what is under way and another goes on', async () => {
  const { ctx, plan, endpoint, taken } = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text, delayMs: 20 }))
  const made = await plan(await endpoint(server.baseUrl, { maxConcurrency: 2 }), 60)
  const end = startWorker(ctx)
  await expect.poll(() => server.seen.length).toBeGreaterThan(5)
  await end()
  expect((await planProgress(ctx, made.id)).active).toBe(0)
  startWorker(ctx)
  await expect.poll(async () => (await planProgress(ctx, made.id)).state, { timeout: 10_000 }).toBe('finished')
  expect(server.seen).toHaveLength(60)
  expect((await taken(made)).size).toBe(60)
})

test('a resumed plan is taken up again', async () => {
  let good = false
  const { ctx, plan, endpoint } = await callsLab()
  const server = await scriptedEndpoint(({ text }) =>
    good ? { kind: 'answer', text } : { kind: 'status', status: 401 },
  )
  const made = await plan(await endpoint(server.baseUrl), 5)
  startWorker(ctx)
  const state = async () => (await planProgress(ctx, made.id)).state
  await expect.poll(state, { timeout: 5_000 }).toBe('paused')
  good = true
  await resumePlan(ctx, made.id)
  await expect.poll(state, { timeout: 5_000 }).toBe('finished')
})
