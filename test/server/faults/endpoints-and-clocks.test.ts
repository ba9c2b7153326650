import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { ledgerCustomer } from '../../support/ledger-customer.ts'
import { scriptedEndpoint } from '../../support/scripted-endpoint.ts'

const customers = [ledgerCustomer]
const go = () => ({ signal: new AbortController().signal, firstBackoffMs: 10 })

test('R6, R26: an endpoint that gives a byte now and then is timed out, and holds up no other one', async () => {
  const { ctx, endpoint, plan, states } = await callsLab()
  const loris = await scriptedEndpoint(() => ({ kind: 'drip', everyMs: 100 }))
  const good = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text, delayMs: 20 }))
  const slow = await endpoint(loris.baseUrl, { name: 'slow', timeoutMs: 8_000, maxRetries: 0, maxConcurrency: 16 })
  const fast = await endpoint(good.baseUrl, { name: 'fast', maxConcurrency: 8 })
  const dripping = await plan(slow, 16)
  const answering = await plan(fast, 100)
  const began = performance.now()
  const held = executePlan(ctx, dripping.id, customers, go())
  expect(await executePlan(ctx, answering.id, customers, go())).toBe('finished')
  expect(await states(dripping)).toEqual({ active: 16 })
  expect(await held).toBe('finished')
  // Eight seconds for an answer, whatever drips in: one round of them.
  expect(performance.now() - began).toBeLessThan(16_000)
  expect(await states(dripping)).toEqual({ error: 16 })
  expect(loris.open()).toBe(0)
})

for (const hours of [-1, 1]) {
  test(`R21: a clock that is ${hours} h off moves no lease, no order and no duration`, async () => {
    const { ctx, endpoint, plan, states } = await callsLab()
    const { baseUrl, seen } = await scriptedEndpoint(({ number, text }) =>
      number === 3 ? { kind: 'status', status: 429, headers: { 'retry-after': '1' } } : { kind: 'answer', text },
    )
    const made = await plan(await endpoint(baseUrl), 20)
    const skewed = { ...ctx, now: () => Date.now() + hours * 3_600_000 }
    expect(await executePlan(skewed, made.id, customers, go())).toBe('finished')
    expect(await states(made)).toEqual({ answered: 20 })
    expect(seen).toHaveLength(21)
    const [row] = await ctx.sql`
      select count(*)::int as off from attempts
      where abs(extract(epoch from now() - started_at)) > 600 or latency_ms < 0 or waited_ms < 0`
    expect(row).toEqual({ off: 0 })
  })
}
