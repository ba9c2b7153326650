import { expect, test } from 'vitest'
import { costOf, dollars } from '#server/calls/spending/cost.ts'
import { executePlan } from '#server/calls/execute-plan.ts'
import { getPlan, limitCost, resumePlan } from '#server/calls/service.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { ledgerCustomer } from '../../../support/ledger-customer.ts'
import { scriptedEndpoint } from '../../../support/scripted-endpoint.ts'

const price = { in: 2, out: 10, cached: 0.5, source: 'test' }

test.each([
  [{ tokensIn: 1_000_000, tokensOut: 0, tokensCached: null }, 2],
  [{ tokensIn: 1_000_000, tokensOut: 100_000, tokensCached: null }, 3],
  [{ tokensIn: 1_000_000, tokensOut: 0, tokensCached: 400_000 }, 1.4],
  // More from the cache than went in cannot be.
  [{ tokensIn: 1_000_000, tokensOut: 0, tokensCached: 2_000_000 }, 0.5],
  [{ tokensIn: null, tokensOut: 100_000, tokensCached: null }, 1],
  [{ tokensIn: null, tokensOut: null, tokensCached: null }, null],
])('%j cost %j', (tokens, cost) => {
  expect(costOf(price, tokens)).toEqual(cost === null ? null : expect.closeTo(cost, 9))
  expect(costOf(null, tokens)).toBeNull()
})

test('cached tokens cost as any other where no price of their own is known', () => {
  expect(costOf({ ...price, cached: null }, { tokensIn: 1_000_000, tokensOut: 0, tokensCached: 400_000 })).toBe(2)
})

test.each([
  [0, '$0.00'],
  [0.00415, '$0.0042'],
  [1.2, '$1.20'],
  [1204, '$1,204.00'],
])('%j dollars are written %s', (amount, words) => expect(dollars(amount)).toBe(words))

/** Each answer costs a cent. */
const usage: [number, number] = [2_500, 500]

async function priced({ concurrency = 1, known = true } = {}) {
  const lab = await callsLab()
  const server = await scriptedEndpoint(({ text }) => ({ kind: 'answer', text, usage }))
  const endpointId = await lab.endpoint(server.baseUrl, { maxConcurrency: concurrency, price: known ? price : null })
  const work = (planId: string) =>
    executePlan(lab.ctx, planId, [ledgerCustomer], { signal: new AbortController().signal, firstBackoffMs: 5 })
  const spent = async (planId: string) => {
    const [row] = await lab.ctx.sql<{ spent: number }[]>`select spent from plans where id = ${planId}`
    return row!.spent
  }
  return { ...lab, server, endpointId, work, spent }
}

test('a plan knows what it has cost, attempt by attempt', async () => {
  const { ctx, plan, endpointId, work, spent } = await priced()
  const { id } = await plan(endpointId, 3)
  await work(id)
  expect(await spent(id)).toBeCloseTo(0.03, 9)
  const costs = await ctx.sql`select cost from attempts join calls on calls.id = call_id where plan_id = ${id}`
  expect(costs.map(({ cost }) => cost as number)).toEqual([0.01, 0.01, 0.01].map((cent) => expect.closeTo(cent, 9)))
})

test('where no price is known nothing is added up, and nothing stops', async () => {
  const { ctx, plan, endpointId, work, spent } = await priced({ known: false })
  const { id } = await plan(endpointId, 3)
  await limitCost(ctx, id, 0.01)
  expect(await work(id)).toBe('finished')
  expect(await spent(id)).toBe(0)
})

test('a plan stops at its limit in words, and goes on with a higher one, asking nothing twice', async () => {
  const { ctx, server, plan, endpointId, work, spent, states } = await priced()
  const made = await plan(endpointId, 10)
  await limitCost(ctx, made.id, 0.04)
  expect(await work(made.id)).toBe('paused')
  expect((await getPlan(ctx, made.id)).pausedReason).toBe(
    'The cost limit of $0.0400 is reached: $0.0400 spent. Raise it, then resume.',
  )
  expect(server.seen).toHaveLength(4)
  await resumePlan(ctx, made.id)
  expect(await work(made.id)).toBe('paused')
  expect(server.seen).toHaveLength(4)
  await limitCost(ctx, made.id, null)
  await resumePlan(ctx, made.id)
  expect(await work(made.id)).toBe('finished')
  expect(await states(made)).toEqual({ answered: 10 })
  expect(server.seen).toHaveLength(10)
  expect(await spent(made.id)).toBeCloseTo(0.1, 9)
})

test('no more is sent beyond a limit than was under way', async () => {
  const { ctx, server, plan, endpointId, work } = await priced({ concurrency: 8 })
  const made = await plan(endpointId, 60)
  await limitCost(ctx, made.id, 0.1)
  expect(await work(made.id)).toBe('paused')
  expect(server.seen.length).toBeGreaterThanOrEqual(10)
  expect(server.seen.length).toBeLessThanOrEqual(18)
})

test('a limit that the last calls reach stops nothing: the plan is finished', async () => {
  const { ctx, server, plan, endpointId, work, spent } = await priced({ concurrency: 3 })
  server.script = ({ text, number }) => ({ kind: 'answer', text, usage, delayMs: number === 0 ? 0 : 600 })
  const made = await plan(endpointId, 3)
  await limitCost(ctx, made.id, 0.01)
  expect(await work(made.id)).toBe('finished')
  expect(await spent(made.id)).toBeCloseTo(0.03, 9)
  expect((await getPlan(ctx, made.id)).state).toBe('finished')
})

test('the limit of a month over all stops what comes after it, and counts no month before', async () => {
  const { ctx, server, plan, endpointId, work } = await priced()
  const before = await plan(endpointId, 3)
  await work(before.id)
  ctx.config = { ...ctx.config, costLimits: { overall: 0.03, team: null } }
  const made = await plan(endpointId, 3)
  expect(await work(made.id)).toBe('paused')
  expect((await getPlan(ctx, made.id)).pausedReason).toMatch(/^The limit of \$0\.0300 a month over all is reached/)
  expect(server.seen).toHaveLength(3)
  await ctx.sql`update plans set created_at = created_at - interval '32 days' where id = ${before.id}`
  await resumePlan(ctx, made.id)
  expect(await work(made.id)).toBe('finished')
})

test('the limit of a team counts its own endpoints only', async () => {
  const { ctx, endpoint, server, plan, endpointId, work } = await priced()
  const [team] = await ctx.sql<{ id: string }[]>`insert into teams (name) values ('Lab') returning id`
  const other = await endpoint(server.baseUrl, { name: 'theirs', price })
  await ctx.sql`update endpoints set team_id = ${team!.id} where id = ${other}`
  ctx.config = { ...ctx.config, costLimits: { overall: null, team: 0.02 } }
  const earlier = await plan(other, 1)
  await ctx.sql`update plans set spent = 0.02 where id = ${earlier.id}`
  const ours = await plan(endpointId, 5)
  expect(await work(ours.id)).toBe('finished')
  const theirs = await plan(other, 5)
  expect(await work(theirs.id)).toBe('paused')
  expect((await getPlan(ctx, theirs.id)).pausedReason).toMatch(/^The team's limit of \$0\.0200 a month is reached/)
  expect(server.seen).toHaveLength(5)
})
