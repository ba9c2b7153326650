import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { reopenRun } from '#server/runs/reopen-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

async function lab(endpoint: Partial<NewEndpoint> = {}) {
  const { ctx, endpoint: register } = await callsLab()
  const server = await scriptedEndpoint()
  const endpointId = await register(server.baseUrl, endpoint)
  const begin = async (settings: Partial<RunSettings> = {}) =>
    createRun(ctx, { endpointId, task: await getTask('chartqa', 'sample'), limit: 2, ...settings })
  const carryOut = async ({ id, planId }: { id: number; planId: string }) => {
    await readRun(ctx, id)
    await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
    return getRun(ctx, id)
  }
  return { ctx, server, endpointId, begin, carryOut }
}

const thinking = { sampling: { maxTokens: 32_768, temperature: 0.6, topP: 0.95 }, extraBody: { min_p: 0 } }

test('what a run shows is what its endpoint receives, member by member, with who set it', async () => {
  const { server, begin, carryOut } = await lab(thinking)
  const run = await carryOut(await begin({ sampling: { temperature: 1, seed: 7, system: 'Be brief.' } }))
  expect(server.seen).toHaveLength(2)
  for (const { body } of server.seen) {
    const { messages, ...others } = body!
    expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
    const shown = run.request!.members.filter(({ name, value }) => name !== 'messages' && value !== null)
    expect(Object.fromEntries(shown.map(({ name, value }) => [name, value]))).toEqual(others)
  }
  const members = Object.fromEntries(run.request!.members.map((member) => [member.name, member]))
  expect(members['temperature']).toMatchObject({ value: 1, origin: 'run', definition: 0 })
  expect(members['max_tokens']).toMatchObject({ value: 32_768, origin: 'endpoint', definition: 32 })
  expect(members['min_p']).toMatchObject({ value: 0, origin: 'endpoint', definition: null })
})

test('a run says in what it departs from the published protocol, and its command repeats it', async () => {
  const { begin, carryOut } = await lab()
  const plain = await carryOut(await begin())
  expect(plain.departures).toEqual([])
  expect(plain.command).toMatch(/--limit 2 --seed 0$/)
  const sampling = { temperature: 0.7, topK: 20, seed: 3, stop: ["it's\n"], reasoningEffort: 'low' }
  const run = await carryOut(await begin({ sampling, extraBody: { min_p: 0.1 } }))
  expect(run.departures).toEqual([
    'temperature is 0.7, published with 0',
    'top_k is 20, published without',
    'stop is ["it\'s\\n"], published without',
    'reasoning_effort is "low", published without',
    'min_p is 0.1, published without',
  ])
  expect(run.command).toContain(
    ` --temperature 0.7 --top-k 20 --sampling-seed 3 --stop 'it'\\''s\n' --reasoning-effort low --extra-body '{"min_p":0.1}'`,
  )
})

test('another setting is another fingerprint; the same ones, set elsewhere, are the same', async () => {
  const { ctx, server, begin } = await lab()
  const byRun = await begin({ sampling: { temperature: 0.6 } })
  const plain = await begin()
  expect(byRun.fingerprint).not.toBe(plain.fingerprint)
  expect((await begin()).fingerprint).toBe(plain.fingerprint)
  const described = NewEndpoint.parse({ model: 'Test model', remoteModel: 'test-model', baseUrl: server.baseUrl })
  const other = await registerEndpoint(ctx, { ...described, sampling: { temperature: 0.6 } })
  expect((await begin({ endpointId: other.id })).fingerprint).toBe(byRun.fingerprint)
})

test('what is changed at the endpoint while a run is under way is for runs to come', async () => {
  const { ctx, server, endpointId, begin, carryOut } = await lab(thinking)
  const run = await begin()
  await changeEndpoint(ctx, endpointId, { sampling: { temperature: 0 }, extraBody: {} }, findUses)
  const { command } = await carryOut(run)
  expect(server.seen.map(({ body }) => body)).toMatchObject([{ temperature: 0.6 }, { temperature: 0.6 }])
  expect(command).toContain(` --max-tokens 32768 --temperature 0.6 --top-p 0.95 --extra-body '{"min_p":0}'`)
  expect((await getStoredRun(ctx, (await begin()).id)).settings.endpoint).toEqual({
    sampling: { temperature: 0 },
    extraBody: {},
  })
})

test('a run that ends a setting of its endpoint does not send it', async () => {
  const { server, begin, carryOut } = await lab(thinking)
  const run = await carryOut(await begin({ sampling: { temperature: null, topP: null } }))
  expect(server.seen[0]!.body).not.toHaveProperty('temperature')
  expect(run.departures).toContain('temperature is not sent, published with 0')
  expect(run.command).toContain(' --unset temperature,top-p')
})

test('a run that got no answer goes on with what its endpoint sets now; one with an answer keeps what it began with', async () => {
  const { ctx, server, endpointId, begin } = await lab()
  const work = (planId: string) =>
    executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  const { id, planId } = await begin()
  server.script = ({ body, text, number }) =>
    'temperature' in body! || number % 2 === 0 ? { kind: 'status', status: 400 } : { kind: 'answer', text }
  await work(planId)
  await changeEndpoint(ctx, endpointId, { sampling: { temperature: null } }, findUses)
  await reopenRun(ctx, await getStoredRun(ctx, id))
  await work(planId)
  const half = await getRun(ctx, id)
  expect(half.counts).toMatchObject({ error: 1 })
  expect(half.departures).toEqual(['temperature is not sent, published with 0'])
  await changeEndpoint(ctx, endpointId, { sampling: { temperature: 1 } }, findUses)
  server.script = ({ text }) => ({ kind: 'answer', text })
  await reopenRun(ctx, await getStoredRun(ctx, id))
  await work(planId)
  expect(server.seen.at(-1)!.body).not.toHaveProperty('temperature')
  expect(await getRun(ctx, id)).toMatchObject({ status: 'complete', departures: half.departures })
})
