import { afterEach, expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { takeKeyFromEnvironment } from '#server/commands/runs/environment-key.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { changeEndpoint, removeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { registerEndpoint } from '#server/endpoints/service.ts'
import { acceptChanges } from '#server/runs/changes/accept-changes.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { createRun } from '#server/runs/create-run.ts'
import { readRun } from '#server/runs/reading/read-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { resumeRun } from '#server/runs/service.ts'
import { reopenRun } from '#server/runs/reopen-run.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { getStoredRun } from '#server/runs/stored-run.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { scriptedEndpoint, type Script } from '../../../support/scripted-endpoint.ts'

const goodKey: Script = ({ headers, text }) =>
  headers.authorization === 'Bearer sk-good' ? { kind: 'answer', text } : { kind: 'status', status: 401 }
const goodName: Script = ({ body, text }) =>
  body!.model === 'right'
    ? { kind: 'answer', text }
    : { kind: 'status', status: 404, body: '{"error":"no such model"}' }

/** A run of four examples over an endpoint, carried out as far as the endpoint lets it. */
async function lab(script: Script, described: Partial<NewEndpoint> = {}, keyVariable: string | null = null) {
  const { ctx } = await callsLab()
  const server = await scriptedEndpoint(script)
  const endpoint = NewEndpoint.parse({
    model: 'M',
    remoteModel: 'right',
    baseUrl: server.baseUrl,
    name: 'mine',
    ...described,
  })
  const { id: endpointId } = await registerEndpoint(ctx, endpoint, { keyVariable })
  const { id } = await createRun(ctx, { endpointId, task: await getTask('chartqa', 'sample'), limit: 4 })
  await readRun(ctx, id)
  const carryOut = async () => {
    const { planId } = await getStoredRun(ctx, id)
    await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
    return getRun(ctx, id)
  }
  const change = (changes: Parameters<typeof changeEndpoint>[2]) => changeEndpoint(ctx, endpointId, changes, findUses)
  return { ctx, server, endpointId, id, carryOut, change, before: await carryOut() }
}

afterEach(() => delete process.env['SOME_KEY'])

test('a refused key is replaced, and the run goes on where it stopped', async () => {
  const { ctx, id, before, change, carryOut } = await lab(goodKey, { key: 'sk-bad' })
  expect(before).toMatchObject({ status: 'paused' })
  expect(before.reason).toMatch(/^mine refuses the key .*`npx arena models set mine --key-stdin`, then resume\./)
  await change({ key: 'sk-good', maxConcurrency: 2, timeoutMs: 50_000, maxRetries: 1, name: 'mine too' })
  await resumeRun(ctx, id)
  expect(await carryOut()).toMatchObject({ status: 'complete', acceptedChanges: [], endpoint: 'mine too' })
})

test('the key that the environment holds is taken where the endpoint reads it from there, and nowhere else', async () => {
  const { ctx, id, endpointId, carryOut, before } = await lab(goodKey, { key: 'sk-bad' }, 'SOME_KEY')
  process.env['SOME_KEY'] = 'sk-good'
  await takeKeyFromEnvironment(ctx, endpointId)
  await reopenRun(ctx, await getStoredRun(ctx, before.id))
  expect(await carryOut()).toMatchObject({ id, status: 'complete' })

  const typed = await lab(goodKey, { key: 'sk-bad' })
  await takeKeyFromEnvironment(typed.ctx, typed.endpointId)
  await reopenRun(typed.ctx, await getStoredRun(typed.ctx, typed.id))
  expect(await typed.carryOut()).toMatchObject({ status: 'paused' })
})

test('before the first answer a corrected model name is taken over; the run shows and sends it', async () => {
  const { ctx, id, before, change, carryOut, server } = await lab(goodName, { remoteModel: 'wrong' })
  expect(before.reason).toMatch(/does not know wrong .*`npx arena models set mine`/)
  await change({ remoteModel: 'right' })
  await resumeRun(ctx, id)
  const after = await carryOut()
  expect(after).toMatchObject({ status: 'complete', endpointSettings: { remoteModel: 'right' }, acceptedChanges: [] })
  expect(after.request!.members.find(({ name }) => name === 'model')!.value).toBe('right')
  expect(after.fingerprint).not.toBe(before.fingerprint)
  expect(server.seen.at(-1)!.body!.model).toBe('right')
})

test('R27: after an answer another model name is refused in words, and set back it goes on', async () => {
  let asked = 0
  const half: Script = ({ text }) => (++asked > 2 ? { kind: 'status', status: 401 } : { kind: 'answer', text })
  const { ctx, id, change } = await lab(half, { maxConcurrency: 1 })
  await change({ remoteModel: 'other' })
  await expect(resumeRun(ctx, id, { acceptAddress: true })).rejects.toMatchObject({
    type: '/problems/run-changed',
    detail: expect.stringMatching(/^remoteModel was "right", now "other"\. 2 answers .*start a new run$/) as string,
  })
  await change({ remoteModel: 'right' })
  await resumeRun(ctx, id)
})

test('after an answer a new address needs consent, which is noted on the run', async () => {
  let asked = 0
  const half: Script = ({ text }) => (++asked > 2 ? { kind: 'status', status: 401 } : { kind: 'answer', text })
  const { ctx, id, change, carryOut, before } = await lab(half, { maxConcurrency: 1 })
  const elsewhere = await scriptedEndpoint()
  await change({ baseUrl: elsewhere.baseUrl })
  await expect(resumeRun(ctx, id)).rejects.toMatchObject({
    type: '/problems/address-changed',
    detail: expect.stringContaining(`npx arena resume ${id} --accept-address`) as string,
  })
  expect((await getRun(ctx, id)).fingerprint).toBe(before.fingerprint)
  await resumeRun(ctx, id, { acceptAddress: true })
  const after = await carryOut()
  expect(after.status).toBe('complete')
  expect(after.acceptedChanges.map(({ change }) => change)).toEqual([
    `baseUrl was ${JSON.stringify(before.endpointSettings.baseUrl)}, now ${JSON.stringify(elsewhere.baseUrl)}`,
  ])
  expect(elsewhere.seen).toHaveLength(2)
  expect(await acceptChanges(ctx, await getStoredRun(ctx, id), { acceptAddress: false })).toMatchObject({ id })
})

test('an endpoint that is off, taken out or not to be called is said at once', async () => {
  const { ctx, id, change, endpointId } = await lab(goodKey, { key: 'sk-bad' })
  await change({ off: true })
  await expect(resumeRun(ctx, id)).rejects.toMatchObject({ type: '/problems/endpoint-off' })
  await change({ off: false })
  await ctx.sql`update endpoints set base_url = 'http://127.0.0.1:9/v1'`
  await expect(resumeRun(ctx, id)).rejects.toMatchObject({
    type: '/problems/address-not-allowed',
    detail: expect.stringContaining('mine: 127.0.0.1:9 is not a public address') as string,
  })
  expect(await removeEndpoint(ctx, endpointId, findUses)).toEqual({ name: 'mine', kept: 1 })
  expect(await getRun(ctx, id)).toMatchObject({ endpoint: 'mine (taken out)', counts: { pending: 4 } })
  await expect(reopenRun(ctx, await getStoredRun(ctx, id))).rejects.toThrow(/mine was taken out/)
})

test('what goes on keeps an endpoint from being taken out, and a study that collects does too', async () => {
  const { ctx, endpointId, id } = await lab(goodKey, { key: 'sk-bad' })
  expect(await findUses(ctx, endpointId)).toEqual({ going: [], kept: 1 })
  await ctx.sql`update plans set state = 'running'`
  expect(await findUses(ctx, endpointId)).toEqual({ going: [`run ${id}`], kept: 1 })
  await ctx.sql`insert into plans (endpoint_id, customer, state) values (${endpointId}, 'collection', 'running')`
  expect((await findUses(ctx, endpointId)).going.toSorted()).toEqual(['a study that collects answers', `run ${id}`])
  await ctx.sql`update plans set state = 'paused'`
})
