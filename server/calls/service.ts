import { calls, plans } from '#drizzle/schema/calls.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { defineProblem, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { forgiveFailing } from '#server/endpoints/service.ts'
import type { Customer, Plan } from './customer.ts'
import { thisPlace } from './worker-name.ts'

/** The channel on which workers hear that a plan has work. */
export const planChannel = 'arena_plans'

export const planNotReleased = defineProblem('plan-not-released', 409, 'This is still being prepared')
export const planNotPausable = defineProblem('plan-not-pausable', 409, 'Only what is running can be paused')
export const planNotResumable = defineProblem('plan-not-resumable', 409, 'Only what is paused can be resumed')
export const planIsOver = defineProblem('plan-is-over', 409, 'This has ended already')

/** Begins a plan; it takes calls until `releasePlan` hands it to the workers. */
export async function openPlan(
  ctx: Context,
  {
    endpointId,
    customer,
    costLimit = null,
  }: Pick<Plan, 'endpointId'> & { customer: Customer['name']; costLimit?: number | null },
): Promise<Plan> {
  const [plan] = await rowsOf(ctx, planRow)`
    insert into plans (endpoint_id, customer, cost_limit)
    values (${endpointId}, ${customer}, ${costLimit}) returning ${planColumns(ctx)}`
  return plan!
}

/**
 * Begins a plan whose calls are read while they are carried out: workers take it up at once, and have the customer read.
 * With `here`, only processes of this place do, because files of this machine belong to it.
 */
export async function openGrowingPlan(
  ctx: Context,
  {
    endpointId,
    customer,
    here,
    costLimit = null,
  }: Pick<Plan, 'endpointId'> & { customer: Customer['name']; here: boolean; costLimit?: number | null },
): Promise<Plan> {
  const [plan] = await rowsOf(ctx, planRow)`
    insert into plans (endpoint_id, customer, state, growing, place, cost_limit)
    values (${endpointId}, ${customer}, 'running', true, ${here ? thisPlace() : null}, ${costLimit}) returning ${planColumns(ctx)}`
  await announcePlan(ctx, plan!.id)
  return plan!
}

/** A plan that files of one machine belong to is from now on worked on here; `bound`: and so is any other. */
export async function workHere(ctx: Context, planId: string, { bound = false } = {}): Promise<void> {
  await ctx.sql`update plans set place = ${thisPlace()} where id = ${planId} and (${bound} or place is not null)`
}

/** No further call is added to the plan. */
export async function endGrowth(ctx: Context, planId: string): Promise<void> {
  await ctx.sql`update plans set growing = false, read_by = null, read_until = null where id = ${planId}`
}

/** The plan, or a `not-found` problem. */
export async function getPlan(ctx: Context, planId: string): Promise<Plan> {
  const [plan] = await rowsOf(ctx, planRow)`select ${planColumns(ctx)} from plans where id = ${planId}`
  if (!plan) throw notFound('No such plan')
  return plan
}

const planRow = {
  id: plans.id,
  endpointId: plans.endpointId,
  customer: plans.customer,
  state: plans.state,
  pausedReason: plans.pausedReason,
  calls: plans.calls,
  growing: plans.growing,
  place: plans.place,
  costLimit: plans.costLimit,
  rank: plans.rank,
}

/** The columns of `planRow`. */
function planColumns(ctx: Context) {
  return ctx.sql`id, endpoint_id as "endpointId", customer, state, paused_reason as "pausedReason", calls,
    cost_limit as "costLimit", growing, place, rank`
}

/**
 * Adds calls to a plan in one statement and returns the ids of all the named calls by key. A key that the plan has
 * already is left as it is, so a repeat is harmless. A finished plan that gets a new call waits to be released again;
 * in a cancelled one it is skipped.
 */
export async function addCalls(
  ctx: Context,
  planId: string,
  keys: { key: string; position: number }[],
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const names = keys.map(({ key }) => key)
  const added = await rowsOf(ctx, { key: calls.key, id: calls.id })`
    with added as (
      insert into calls (plan_id, key, position, state)
      select plans.id, key, position, (case plans.state when 'cancelled' then 'skipped' else 'pending' end)::call_state
      from plans, unnest(${names}::text[], ${keys.map(({ position }) => position)}::int[]) as t (key, position)
      where plans.id = ${planId}
      on conflict (plan_id, key) do nothing
      returning id, key
    ), counted as (
      update plans set calls = calls + n, state = case when state = 'finished' and n > 0 then 'preparing' else state end
      from (select count(*) as n from added) as counted where plans.id = ${planId} and n > 0
    )
    select key, id from added`
  if (added.length === keys.length) return new Map(added.map(({ key, id }) => [key, id]))
  const rows = await rowsOf(ctx, { key: calls.key, id: calls.id })`
    select key, id from calls where plan_id = ${planId} and key = any(${names})`
  return new Map(rows.map(({ key, id }) => [key, id]))
}

/** Hands a prepared plan, or a finished one that got further calls, to the workers. Does nothing to any other. */
export async function releasePlan(ctx: Context, planId: string): Promise<void> {
  const [released] = await ctx.sql`
    update plans set state = 'running' where id = ${planId}
      and (state = 'preparing'
        or (state = 'finished' and exists (select 1 from calls where plan_id = plans.id and state = 'pending')))
    returning id`
  if (released) await announcePlan(ctx, planId)
}

/** Deletes a plan that was never released and that nothing refers to. */
export async function discardPlan(ctx: Context, planId: string): Promise<void> {
  await ctx.sql`delete from plans where id = ${planId} and state = 'preparing'`
}

/** Makes a finished plan wait for its release again: replies that its customer has not taken are handed over once more. */
export async function reopenFinished(ctx: Context, planId: string): Promise<void> {
  await ctx.sql`update plans set state = 'preparing' where id = ${planId} and state = 'finished'`
}

/** Stops new calls of a running plan within a second; what is under way is still taken. `reason` is for people. */
export async function pausePlan(ctx: Context, planId: string, reason: string): Promise<void> {
  const [paused] = await ctx.sql`
    update plans set state = 'paused', paused_reason = ${reason}
    where id = ${planId} and state in ('preparing', 'running') returning id`
  if (!paused) await refuse(ctx, planId, planNotPausable)
}

/** Pauses a running plan for a reason in words. */
export async function pauseBecause(ctx: Context, plan: Plan, reason: string): Promise<void> {
  await ctx.sql`
    update plans set state = 'paused', paused_reason = ${reason} where id = ${plan.id} and state = 'running'`
}

/**
 * Lets a paused plan go on with the calls that have no reply. An endpoint that failed is given another try: resuming
 * says that the fault is mended, and the first refusal pauses the plan again.
 */
export async function resumePlan(ctx: Context, planId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const [resumed] = await rowsOf(ctx, { endpointId: plans.endpointId })`
      update plans set state = 'running', paused_reason = null where id = ${planId} and state = 'paused'
      returning endpoint_id as "endpointId"`
    if (!resumed) return refuse(ctx, planId, planNotResumable)
    await forgiveFailing(ctx, resumed.endpointId, 'Tried again after a resume')
  })
  await announcePlan(ctx, planId)
}

/** Ends a plan for good: calls without a reply are skipped, replies are kept. */
export async function cancelPlan(ctx: Context, planId: string): Promise<void> {
  const [cancelled] = await ctx.sql`
    with cancelled as (
      update plans set state = 'cancelled', paused_reason = null
      where id = ${planId} and state in ('preparing', 'running', 'paused') returning id
    ), skipped as (
      update calls set state = 'skipped' from cancelled where plan_id = cancelled.id and calls.state = 'pending'
    )
    select id from cancelled`
  if (!cancelled) await refuse(ctx, planId, planIsOver)
}

/** Puts the calls that ended in an error back to work, with a fresh budget of retries. Returns how many. */
export async function retryErrors(ctx: Context, planId: string): Promise<number> {
  const [result] = await rowsOf(ctx, { retried: whole })`
    with retried as (
      update calls set state = 'pending', run_at = now(), budget_from = attempts, error_class = null, error_message = null
      where plan_id = ${planId} and state = 'error'
        and exists (select 1 from plans where id = ${planId} and state <> 'cancelled')
      returning 1
    ), reopened as (
      update plans set state = 'running', paused_reason = null
      where id = ${planId} and state in ('paused', 'finished') and exists (select 1 from retried)
    )
    select count(*)::int as retried from retried`
  if (result!.retried > 0) await announcePlan(ctx, planId)
  return result!.retried
}

async function announcePlan(ctx: Context, planId: string) {
  await ctx.sql`select pg_notify(${planChannel}, ${planId})`
}

async function refuse(ctx: Context, planId: string, problem: typeof planIsOver): Promise<never> {
  const plan = await getPlan(ctx, planId)
  throw problem(`It is ${plan.state}`)
}

/** Changes where a plan is to stop for its cost, in US dollars; null: nowhere. Workers see it within half a second. */
export async function limitCost(ctx: Context, planId: string, costLimit: number | null): Promise<void> {
  await ctx.sql`update plans set cost_limit = ${costLimit} where id = ${planId}`
}
