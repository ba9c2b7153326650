import { expect, test } from 'vitest'
import { planProgress, planProgresses } from '#server/calls/progress.ts'
import { arena } from '../../support/arena.ts'

/** Two finished plans of eight calls each, of two models. */
async function twoPlans() {
  const { ctx } = await arena({ models: [{ name: 'One' }, { name: 'Two' }], queries: 8 })
  const [mine, other] = await ctx.sql<{ id: string }[]>`select id from plans order by id`
  return { ctx, mine: mine!.id, other: other!.id }
}

test('calls are told apart by what becomes of them, and those of other plans are not counted', async () => {
  const { ctx, mine, other } = await twoPlans()
  await ctx.sql`
    update calls c set run_at = now() - interval '1 hour', state = case
      when position in (1, 2, 3) then 'answered' when position in (4, 5) then 'error' when position = 6 then 'active'
      else 'pending' end::call_state
    where plan_id = ${mine}`
  await ctx.sql`update calls set run_at = now() + interval '90 seconds' where plan_id = ${mine} and position = 8`
  await ctx.sql`update plans set state = 'paused', paused_reason = 'The key was refused' where id = ${mine}`
  const progress = await planProgress(ctx, mine)
  expect(progress).toMatchObject({ state: 'paused', reason: 'The key was refused', total: 8, answered: 3, errors: 2 })
  expect(progress).toMatchObject({ active: 1, waiting: 1, perMinute: 0 })
  expect(Math.abs(Date.parse(progress.nextAttemptAt!) - Date.now() - 90_000)).toBeLessThan(60_000)
  expect(await planProgress(ctx, other)).toMatchObject({ state: 'finished', answered: 8, errors: 0, active: 0 })
})

test('the soonest of the calls that wait is the next attempt; without any there is none', async () => {
  const { ctx, mine } = await twoPlans()
  expect((await planProgress(ctx, mine)).nextAttemptAt).toBeNull()
  await ctx.sql`
    update calls set state = 'pending', run_at = '2100-01-01T00:00:00Z'::timestamptz + make_interval(hours => position)
    where plan_id = ${mine}`
  expect(await planProgress(ctx, mine)).toMatchObject({ waiting: 8, nextAttemptAt: '2100-01-01T01:00:00.000Z' })
})

test('the pace is the replies of the last minute while a plan runs', async () => {
  const { ctx, mine, other } = await twoPlans()
  await ctx.sql`
    insert into replies (call_id, body, sha256, response, received_at)
    select id, '{}', '', 'Four.', now() - make_interval(secs => 25 * (position - 1)) from calls`
  await ctx.sql`update plans set state = 'running' where id = ${mine}`
  const paces = await planProgresses(ctx, [mine, other])
  expect([paces.get(mine)!.perMinute, paces.get(other)!.perMinute]).toEqual([3, 0])
})

test('a plan that does not exist is said to', async () => {
  const { ctx } = await twoPlans()
  await expect(planProgress(ctx, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ status: 404 })
})
