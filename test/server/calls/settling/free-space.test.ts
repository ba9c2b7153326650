import { expect, test } from 'vitest'
import { executePlan } from '#server/calls/execute-plan.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { ledgerCustomer } from '../../../support/ledger-customer.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

test('the calls of a plan take little more room than their last versions do', async () => {
  const { ctx, plan, endpoint } = await callsLab()
  const server = await scriptedEndpoint()
  const made = await plan(await endpoint(server.baseUrl, { maxConcurrency: 32 }), 2_000)
  const size = async () => {
    const [row] = await ctx.sql<{ size: number }[]>`select pg_relation_size('calls')::int as size`
    return row!.size
  }
  const planned = await size()
  const signal = new AbortController().signal
  expect(await executePlan(ctx, made.id, [ledgerCustomer], { signal, firstBackoffMs: 5 })).toBe('finished')
  // Each is written twice more. Without looking for space the table would be three times as large.
  expect((await size()) / planned).toBeLessThan(1.7)
})
