import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { pools, queries } from '#drizzle/schema/queries.ts'
import { categoryAskings } from '#drizzle/schema/responses.ts'
import { recordAudit } from '#server/accounts/service.ts'
import { deleteCalls, hasCallsUnderWay } from '#server/calls/delete-calls.ts'
import { addCalls, cancelPlan, openPlan, releasePlan, resumePlan, retryErrors } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole, type RowOf } from '#server/core/postgres/rows.ts'
import { defineProblem, InputError, notFound } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { usableEndpoint } from '#server/endpoints/service.ts'
import { requirePoolId } from '#server/queries/list-pools.ts'
import { chosenBy } from '#server/queries/read-queries.ts'
import type { CategoryAsking, NewCategoryAsking } from './schema.ts'

export const askingState = defineProblem('asking-state', 409, 'This asking is not at that point')

const askingRow = {
  id: categoryAskings.id,
  pool: pools.slug,
  planId: plans.id,
  endpointId: endpoints.id,
  name: endpoints.name,
  state: plans.state,
  paused: plans.pausedReason,
  asked: whole,
  proposed: whole,
  same: whole,
  unreadable: whole,
  errors: whole,
  spent: plans.spent,
  createdAt: categoryAskings.createdAt,
}

const columns = ({ sql }: Context) => sql`
  g.id, o.slug as pool, p.id as "planId", e.id as "endpointId", e.name, p.state, p.paused_reason as paused,
  n.asked, n.proposed, n.same, n.unreadable,
  (select count(*)::int from calls c where c.plan_id = p.id and c.state = 'error') as errors,
  p.spent, g.created_at as "createdAt"
  from category_askings g join pools o on o.id = g.pool_id join plans p on p.id = g.plan_id
  join endpoints e on e.id = p.endpoint_id
  cross join lateral (
    select count(*)::int as asked, count(*) filter (where outcome = 'proposed')::int as proposed,
      count(*) filter (where outcome = 'same')::int as same, count(*) filter (where outcome = 'unreadable')::int as unreadable
    from category_asked a where a.asking_id = g.id
  ) n`

/** The askings of a pool, the newest first, at most 50. Throws not-found. */
export async function listAskings(ctx: Context, slug: string): Promise<CategoryAsking[]> {
  const poolId = await requirePoolId(ctx, slug)
  const rows = await rowsOf(ctx, askingRow)`
    select ${columns(ctx)} where g.pool_id = ${poolId} order by g.created_at desc limit 50`
  return rows.map(shown)
}

/** One asking. Throws not-found. */
export async function getAsking(ctx: Context, id: string): Promise<CategoryAsking> {
  return shown(await readAsking(ctx, id))
}

async function readAsking(ctx: Context, id: string) {
  const [row] = await rowsOf(ctx, askingRow)`select ${columns(ctx)} where g.id = ${id}`
  if (!row) throw notFound('There is no such asking')
  return row
}

function shown({ planId: _, endpointId, name, createdAt, ...row }: RowOf<typeof askingRow>): CategoryAsking {
  return { ...row, endpoint: { id: endpointId, name }, createdAt: createdAt.toISOString() }
}

/**
 * Has a model asked which category queries of a pool have; what it names is proposed as its replies come. Throws
 * not-found, and InputError where no query is like that.
 */
export async function askForCategories(
  ctx: Context,
  slug: string,
  { endpoint, which, costLimit }: NewCategoryAsking,
): Promise<CategoryAsking> {
  await usableEndpoint(ctx, endpoint)
  const { id, planId } = await inTransaction(ctx, async (ctx) => {
    const poolId = await requirePoolId(ctx, slug)
    const plan = await openPlan(ctx, { endpointId: endpoint, customer: 'categories', costLimit: costLimit ?? null })
    const [made] = await rowsOf(ctx, { id: categoryAskings.id })`
      insert into category_askings (pool_id, plan_id) values (${poolId}, ${plan.id}) returning id`
    const asked = await rowsOf(ctx, { key: queries.id })`
      with asked as (
        insert into category_asked (asking_id, query_id)
        select ${made!.id}, q.id from queries q where ${chosenBy(ctx, poolId, which)} returning query_id
      )
      select q.id as key from asked a join queries q on q.id = a.query_id order by q.position`
    if (asked.length === 0) throw new InputError('No query is like that, so there is nothing to ask.')
    await addCalls(
      ctx,
      plan.id,
      asked.map(({ key }, position) => ({ key, position })),
    )
    await recordAudit(ctx, 'categories.asked', `pool:${slug}`, { endpoint, queries: asked.length })
    return { id: made!.id, planId: plan.id }
  })
  await releasePlan(ctx, planId)
  return getAsking(ctx, id)
}

/** Lets a paused asking go on and asks once more what ended in an error. Throws not-found, asking-state. */
export async function resumeAsking(ctx: Context, id: string): Promise<void> {
  const { planId, state, errors } = await readAsking(ctx, id)
  if (state === 'cancelled' || (state !== 'paused' && errors === 0))
    throw askingState(`Its state is ${state}; there is nothing to go on with`)
  await retryErrors(ctx, planId)
  if ((await readAsking(ctx, id)).state === 'paused') await resumePlan(ctx, planId)
}

/** Ends an asking for good; what it proposed stays. Throws not-found, asking-state. */
export async function stopAsking(ctx: Context, id: string): Promise<void> {
  const { planId, state } = await readAsking(ctx, id)
  if (!goesOn.has(state)) throw askingState(`Its state is ${state}; there is nothing to stop`)
  await cancelPlan(ctx, planId)
}

/** Forgets an asking with its requests and replies; what it proposed stays. Throws not-found, asking-state while it goes on. */
export async function forgetAsking(ctx: Context, id: string): Promise<void> {
  const { planId, state } = await readAsking(ctx, id)
  if (goesOn.has(state) || (await hasCallsUnderWay(ctx, [planId])))
    throw askingState(`Its state is ${state}; stop it first, and wait for the replies that are under way`)
  await ctx.sql`delete from category_askings where id = ${id}`
  await deleteCalls(ctx, [planId])
}

const goesOn = new Set(['preparing', 'running', 'paused'])
