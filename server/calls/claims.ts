import { calls, plans } from '#drizzle/schema/calls.ts'
import type { Context } from '../core/context.ts'
import { flag, fraction, orNull, present, rowsOf, whole, type RowOf } from '../core/postgres/rows.ts'
import { deadWorkers } from './worker-name.ts'

/** How long a claim holds without being renewed, by the database's clock. */
export const leaseSeconds = 60

const claimedCall = {
  id: calls.id,
  key: calls.key,
  position: calls.position,
  /** Attempts made so far. */
  attempts: calls.attempts,
  fence: calls.fence,
  /** Those of them that failed, by kind: see PastFailures. */
  transient: whole,
  protocol: whole,
  waits: whole,
}

/** A call that this worker, and nobody else, may carry out. */
export type ClaimedCall = RowOf<typeof claimedCall>

/**
 * Claims up to `wanted` due calls of a plan for `worker`, the longest due first. What other workers hold counts
 * against `atOnce`, so that two workers on one plan do not ask the endpoint twice as fast.
 */
export async function claimCalls(
  ctx: Context,
  planId: string,
  worker: string,
  { wanted, atOnce }: { wanted: number; atOnce: number },
): Promise<ClaimedCall[]> {
  const rows = await rowsOf(ctx, claimedCall)`
    with picked as (
      select id from calls where plan_id = ${planId} and state = 'pending' and run_at <= now()
      order by run_at, position
      limit greatest(0, least(${wanted}::int, ${atOnce}::int - (
        select count(*)::int from calls where plan_id = ${planId} and state = 'active' and claimed_by <> ${worker})))
      for update skip locked
    )
    update calls set state = 'active', claimed_by = ${worker}, fence = fence + 1,
      claimed_until = now() + ${leaseSeconds}::int * interval '1 second'
    from picked where calls.id = picked.id
    returning calls.id, key, position, attempts, fence,
      ${countOf(ctx, ['connection', 'timeout', 'server'])} as transient,
      ${countOf(ctx, ['protocol'])} as protocol, ${countOf(ctx, ['rate_limit', 'overloaded'])} as waits`
  return rows.sort((a, b) => a.position - b.position)
}

/** Attempts of these classes since errors were last tried again; the table is not read for a call's first attempt. */
function countOf({ sql }: Context, classes: string[]) {
  return sql`case when attempts > budget_from then (
    select count(*)::int from attempts a
    where a.call_id = calls.id and a.number > calls.budget_from and a.error_class = any(${classes}::text[])) else 0 end`
}

/** Makes this worker's claims, and its reading, last another minute. */
export async function renewClaims({ sql }: Context, planId: string, worker: string): Promise<void> {
  await sql`update calls set claimed_until = now() + ${leaseSeconds}::int * interval '1 second'
    where plan_id = ${planId} and state = 'active' and claimed_by = ${worker}`
  await sql`update plans set read_until = now() + ${leaseSeconds}::int * interval '1 second'
    where id = ${planId} and read_by = ${worker}`
}

/** Whether this worker, and nobody else, may now have the customer of a growing plan read. */
export async function claimReading(ctx: Context, planId: string, worker: string): Promise<boolean> {
  const [plan] = await rowsOf(ctx, { readBy: plans.readBy })`
    select read_by as "readBy" from plans where id = ${planId} and growing and state = 'running'`
  if (!plan) return false
  const dead = plan.readBy === null ? [] : deadWorkers([plan.readBy])
  const claimed = await ctx.sql`
    update plans set read_by = ${worker}, read_until = now() + ${leaseSeconds}::int * interval '1 second'
    where id = ${planId} and growing and state = 'running'
      and (read_by is null or read_until < now() or read_by = ${worker} or read_by = any(${dead}::text[]))`
  return claimed.count > 0
}

/** Lets another worker read what this one has not. */
export async function releaseReading({ sql }: Context, planId: string, worker: string): Promise<void> {
  await sql`update plans set read_by = null, read_until = null where id = ${planId} and read_by = ${worker}`
}

/** Whether more than so many calls of a plan wait to be claimed. */
export async function hasMoreWaiting({ sql }: Context, planId: string, than: number): Promise<boolean> {
  const rows = await sql`select from calls where plan_id = ${planId} and state = 'pending' offset ${than} limit 1`
  return rows.length > 0
}

/** Gives back what this worker holds and has not sent, but for the calls of these ids. */
export async function releaseClaims(
  { sql }: Context,
  planId: string,
  worker: string,
  keep: number[] = [],
): Promise<void> {
  await sql`update calls set state = 'pending', claimed_by = null, claimed_until = null
    where plan_id = ${planId} and state = 'active' and claimed_by = ${worker} and id <> all(${keep}::bigint[])`
}

/**
 * Takes back calls whose lease ran out, and at once those of processes of this machine that are gone. Each gets an
 * attempt that says so, since a request may have gone out. Returns how many.
 */
export async function takeBackLostCalls(ctx: Context, planId: string, worker: string): Promise<number> {
  const holders = await rowsOf(ctx, { name: present(calls.claimedBy) })`
    select distinct claimed_by as name from calls
    where plan_id = ${planId} and state = 'active' and claimed_by <> ${worker}`
  if (holders.length === 0) return 0
  const dead = deadWorkers(holders.map(({ name }) => name))
  const [result] = await rowsOf(ctx, { lost: whole })`
    with lost as (
      update calls set state = 'pending', claimed_by = null, claimed_until = null, fence = fence + 1,
        attempts = attempts + 1
      where plan_id = ${planId} and state = 'active' and claimed_by <> ${worker}
        and (claimed_until < now() or claimed_by = any(${dead}::text[]))
      returning id, attempts
    ), noted as (
      insert into attempts (call_id, number, started_at, latency_ms, error_class, message)
      select id, attempts, now(), 0, 'internal', 'The worker that held this call is gone; a request may have gone out'
      from lost
      on conflict do nothing
    )
    select count(*)::int as lost from lost`
  return result!.lost
}

/** What is left to do of a plan: anything at all, or more to come, and in how many milliseconds the next pending call is due. */
export async function workLeft(ctx: Context, planId: string) {
  const [row] = await rowsOf(ctx, { growing: plans.growing, left: flag, dueInMs: orNull(fraction) })`
    select growing,
      growing or exists (select 1 from calls where plan_id = ${planId} and state in ('pending', 'active')) as left,
      (select extract(epoch from run_at - now()) * 1000 from calls
        where plan_id = ${planId} and state = 'pending' order by run_at limit 1)::float8 as "dueInMs"
    from plans where id = ${planId}`
  return row ?? { growing: false, left: false, dueInMs: null }
}
