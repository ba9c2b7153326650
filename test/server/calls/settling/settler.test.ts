import { expect, test } from 'vitest'
import { claimCalls, takeBackLostCalls, type ClaimedCall } from '#server/calls/claims.ts'
import { Settler, type EndedAttempt } from '#server/calls/settling/settler.ts'
import { callsLab } from '../../../support/calls-lab.ts'

const worker = 'a worker'

const answered = (call: ClaimedCall, tokensIn: number): EndedAttempt => ({
  call,
  state: 'answered',
  sentAt: performance.now(),
  latencyMs: 5,
  status: 200,
  errorClass: null,
  message: null,
  waitMs: 0,
  waitAsked: false,
  cost: null,
  altered: [],
  result: {
    status: 200,
    body: '{}',
    latencyMs: 5,
    outcome: {
      kind: 'reply',
      response: 'yes',
      thinking: null,
      finishReason: 'stop',
      refused: false,
      truncated: false,
      repliedModel: null,
      tokensIn,
      tokensOut: null,
      tokensCached: null,
      tokensThinking: null,
    },
  },
})

test('replies that the database refuses end as errors of their own calls, and those written with them are stored', async () => {
  const lab = await callsLab()
  const plan = await lab.plan(await lab.endpoint('http://127.0.0.1:9'), 4)
  const calls = await claimCalls(lab.ctx, plan.id, worker, { wanted: 4, atOnce: 4 })
  const settler = new Settler(lab.ctx, worker, plan.id)
  const beyond = 2 ** 31
  const tokens = [10, beyond, 30, beyond]
  const stood = await Promise.all(calls.map((call, at) => settler.add(answered(call, tokens[at]!))))
  expect(stood).toEqual([true, false, true, false])
  const stored = await lab.ctx.sql`
    select key, state, error_class, response, error_message from calls left join replies on call_id = id
    where plan_id = ${plan.id} order by position`
  const kept = { state: 'answered', error_class: null, error_message: null, response: 'yes' }
  const told = expect.stringMatching(/^What came back could not be stored: .*2147483648/) as string
  const refused = { state: 'error', error_class: 'internal', error_message: told, response: null }
  expect([...stored]).toEqual([
    { key: 'q0', ...kept },
    { key: 'q1', ...refused },
    { key: 'q2', ...kept },
    { key: 'q3', ...refused },
  ])
})

test('what a worker sent before its call was taken back does not count, though it claims the call again', async () => {
  const { ctx, endpoint, plan: newPlan } = await callsLab()
  const plan = await newPlan(await endpoint('http://127.0.0.1:9'), 1)
  const claim = async () => (await claimCalls(ctx, plan.id, worker, { wanted: 1, atOnce: 1 }))[0]!
  const before = await claim()
  await ctx.sql`update calls set claimed_until = now() - interval '1 second'`
  expect(await takeBackLostCalls(ctx, plan.id, 'another worker')).toBe(1)
  const again = await claim()
  const settler = new Settler(ctx, worker, plan.id)
  expect(await settler.add(answered(before, 10))).toBe(false)
  expect(await settler.add(answered(again, 10))).toBe(true)
})
