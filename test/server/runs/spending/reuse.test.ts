import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { getPrediction, listPredictions } from '#server/runs/read-predictions.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

async function lab() {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint()
  const endpointId = await endpoint(server.baseUrl)
  const run = async (settings: Partial<RunSettings> = {}) => {
    const before = server.seen.length
    const task = await getTask('chartqa', 'sample')
    const { id, planId } = await createRun(ctx, { endpointId, task, limit: 4, ...settings })
    await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
    return { run: await getRun(ctx, id), asked: server.seen.length - before }
  }
  return { ctx, server, endpointId, run }
}

test('a run takes what an earlier one was told, asks the rest, and says so of the run and of each prediction', async () => {
  const { ctx, run } = await lab()
  const first = await run()
  expect(first).toMatchObject({ asked: 4, run: { reused: 0, reuse: false, status: 'complete' } })
  const second = await run({ limit: 6, reuse: true })
  expect(second).toMatchObject({ asked: 2, run: { reused: 4, reuse: true, status: 'complete', examples: 6 } })
  expect(second.run.remarks.map(({ words }) => words)).toContain('4 of 6 replies were taken from earlier runs')
  expect(second.run.command).toContain(' --reuse')
  const { predictions } = await listPredictions(ctx, second.run.id, { filter: 'all', after: -1, limit: 10 })
  const from = await Promise.all(predictions.map(({ exampleId }) => getPrediction(ctx, second.run.id, exampleId)))
  expect(from.filter(({ reusedFrom }) => reusedFrom === first.run.id)).toHaveLength(4)
  for (const { reusedFrom, attempts } of from) expect(attempts).toHaveLength(reusedFrom === null ? 1 : 0)
})

test('nothing is reused unless it is asked for', async () => {
  const { run } = await lab()
  await run()
  expect(await run()).toMatchObject({ asked: 4, run: { reused: 0 } })
})

test('never across another setting, prompt, address or treatment of pictures', async () => {
  const { ctx, endpointId, run } = await lab()
  await run()
  expect((await run({ reuse: true, sampling: { temperature: 0.5 } })).asked).toBe(4)
  expect((await run({ reuse: true, promptProfile: 'molmo' })).asked).toBe(4)
  await changeEndpoint(ctx, endpointId, { pictures: { longestSide: 64 } }, findUses)
  expect((await run({ reuse: true })).asked).toBe(4)
  await changeEndpoint(ctx, endpointId, { pictures: {}, remoteModel: 'other-model' }, findUses)
  expect((await run({ reuse: true })).asked).toBe(4)
  await changeEndpoint(ctx, endpointId, { remoteModel: 'test-model' }, findUses)
  expect((await run({ reuse: true })).asked).toBe(0)
})

test('scores of reused replies are those of the first run, and a call that ended in an error is asked', async () => {
  const { server, run } = await lab()
  const answers = server.script
  server.script = (request) => (request.number === 2 ? { kind: 'status', status: 400 } : answers(request))
  const first = await run()
  expect(first.run.counts.error).toBe(1)
  const second = await run({ reuse: true })
  expect(second).toMatchObject({ asked: 1, run: { reused: 3, status: 'complete' } })
  const third = await run({ reuse: true })
  expect(third.asked).toBe(0)
  expect(third.run.metrics).toEqual(second.run.metrics)
})
