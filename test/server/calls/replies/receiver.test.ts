import { expect, test } from 'vitest'
import type { Customer, Reply } from '#server/calls/customer.ts'
import { receiveMissed } from '#server/calls/replies/receiver.ts'
import { callsLab } from '../../../support/calls-lab.ts'

test('a customer is handed the replies that it missed, and no other', async () => {
  const { ctx, endpoint, plan: newPlan } = await callsLab()
  const endpointId = await endpoint('http://127.0.0.1:9')
  const plan = await newPlan(endpointId, 3)
  await newPlan(endpointId, 2)
  await ctx.sql`
    with answered as (
      update calls set state = 'answered', attempts = 1 returning id, key
    ), tried as (
      insert into attempts (call_id, number, started_at, latency_ms) select id, 1, now(), 5 from answered
    )
    insert into replies (call_id, body, sha256, response) select id, '{}', encode(sha256('{}'), 'hex'), 'to ' || key from answered`
  const missed = await ctx.sql`select id from calls where plan_id = ${plan.id} and key <> 'q1' order by id`
  const handed: Reply[] = []
  const customer: Pick<Customer, 'unreceived' | 'receive'> = {
    unreceived: async () => missed.map(({ id }) => Number(id)),
    receive: async (_ctx, _plan, replies) => void handed.push(...replies),
  }
  await receiveMissed(ctx, customer as Customer, plan)
  expect(handed.map(({ callId, response }) => [callId, response]).toSorted()).toEqual([
    [Number(missed[0]!.id), 'to q0'],
    [Number(missed[1]!.id), 'to q2'],
  ])
})
