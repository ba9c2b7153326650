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

test('the pace is that of the replies of the last minute while a plan runs, or since the first of them', async () => {
  const { ctx, mine, other } = await twoPlans()
  await ctx.sql`
    insert into replies (call_id, body, sha256, response, received_at)
    select id, '{}', '', 'Four.', now() - make_interval(secs => 25 * (position - 1)) from calls`
  await ctx.sql`update plans set state = 'running' where id = ${mine}`
  const paces = await planProgresses(ctx, [mine, other])
  expect(paces.get(mine)!.perMinute).toBeGreaterThan(3)
  expect(paces.get(mine)!.perMinute).toBeLessThan(3.7)
  expect(paces.get(other)!.perMinute).toBe(0)
  await ctx.sql`update replies set received_at = now() - interval '10 seconds'`
  // Eight in ten seconds, as of a run that has just begun.
  expect((await planProgress(ctx, mine)).perMinute).toBeGreaterThan(40)
})

test('what calls wait for is told by class, with the words of the endpoint made printable, and so are errors', async () => {
  const { ctx, mine } = await twoPlans()
  await ctx.sql`update plans set state = 'running' where id = ${mine}`
  await ctx.sql`
    update calls set state = 'pending', attempts = 1, run_at = '2100-01-01T00:00:00Z' where plan_id = ${mine} and position < 4`
  await ctx.sql`
    insert into attempts (call_id, number, started_at, latency_ms, error_class, message, wait_asked)
    select id, 1, now(), 5, case position when 1 then 'server' else 'rate_limit' end,
      case position when 1 then '503' else E'429: slow\u202E down\u0007' end, position <> 1
    from calls where plan_id = ${mine} and position < 4`
  await ctx.sql`update calls set state = 'error', error_class = 'context' where plan_id = ${mine} and position = 4`
  await ctx.sql`
    insert into endpoint_traffic (endpoint_id, blocked_until)
    select endpoint_id, '2100-01-01T00:00:00Z' from plans where id = ${mine}`
  expect(await planProgress(ctx, mine)).toMatchObject({
    waits: [
      { class: 'rate_limit', count: 2, until: '2100-01-01T00:00:00.000Z', asked: true, said: '429: slow  down ' },
      { class: 'server', count: 1, asked: false, said: '503' },
    ],
    silentUntil: '2100-01-01T00:00:00.000Z',
    errorClasses: { context: 1 },
  })
})

test('a plan that does not exist is said to', async () => {
  const { ctx } = await twoPlans()
  await expect(planProgress(ctx, '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ status: 404 })
})
