import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { createRun, type RunSettings } from '#server/runs/create-run.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { runCustomer } from '#server/runs/run-customer.ts'
import { estimateCost } from '#server/runs/spending/estimate-cost.ts'
import { listCosts } from '#server/runs/spending/cost-table.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

const price = { in: 2, out: 10, cached: null, source: 'a test' }

async function lab(priced = true) {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text, usage: [1_000, 10] }))
  const endpointId = await endpoint(server.baseUrl, { price: priced ? price : null, maxConcurrency: 1 })
  const settings = async (more: Partial<RunSettings> = {}): Promise<RunSettings> => {
    return { endpointId, task: await getTask('chartqa', 'sample'), ...more }
  }
  const run = async (more: Partial<RunSettings> = {}) => {
    const { id, planId } = await createRun(ctx, await settings(more))
    await executePlan(ctx, planId, [runCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
    return getRun(ctx, id)
  }
  return { ctx, settings, run }
}

test('a run tells what it cost, and the table adds up by model and benchmark', async () => {
  const { ctx, run } = await lab()
  const each = (1_000 * 2 + 10 * 10) / 1_000_000
  expect((await run({ limit: 3 })).cost).toEqual({ spent: expect.closeTo(3 * each, 9), limit: null, price })
  await run({ limit: 2 })
  expect(await listCosts(ctx)).toEqual([
    {
      model: 'Test model',
      benchmark: 'chartqa',
      runs: 2,
      spent: expect.closeTo(5 * each, 9),
      tokensIn: 5_000,
      tokensOut: 50,
      tokensCached: 0,
      tokensThinking: 0,
    },
  ])
})

test('a run stops at its limit and says so', async () => {
  const { run } = await lab()
  const { status, reason, counts, cost } = await run({ limit: 10, costLimit: 0.006 })
  expect({ status, limit: cost.limit }).toEqual({ status: 'paused', limit: 0.006 })
  expect(reason).toMatch(/^The cost limit of \$0\.0060 is reached: \$0\.0063 spent\./)
  expect(counts.pending).toBe(7)
})

test('where no price is known no cost is made up', async () => {
  const { ctx, settings, run } = await lab(false)
  expect((await run({ limit: 2 })).cost).toEqual({ spent: null, limit: null, price: null })
  expect((await estimateCost(ctx, await settings())).cost).toEqual({ low: null, high: null })
})

test('an estimate rests on the sizes of examples, then on what the endpoint counted before', async () => {
  const { ctx, settings, run } = await lab()
  const guessed = await estimateCost(ctx, await settings({ limit: 12 }))
  expect(guessed).toMatchObject({ calls: 12, from: 'the sizes of 24 examples', tokensOut: { low: 60, high: 12 * 32 } })
  expect(guessed.tokensIn / 12).toBeGreaterThan(50)
  expect(guessed.tokensIn / 12).toBeLessThan(1_700)
  expect(guessed.cost.low).toBeLessThan(guessed.cost.high!)
  const roomy = await estimateCost(ctx, await settings({ limit: 12, sampling: { maxTokens: 32_768 } }))
  expect(roomy.tokensOut.high).toBe(12 * 32_768)
  await run({ limit: 20 })
  const known = await estimateCost(ctx, await settings({ limit: 12 }))
  expect(known).toMatchObject({
    tokensIn: 12_000,
    tokensOut: { low: 120, high: 120 },
    from: expect.stringMatching(/^20 earlier/),
  })
})
