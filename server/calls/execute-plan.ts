import type { Context } from '../core/context.ts'
import { patient } from '../core/postgres/patience.ts'
import { SealBroken } from '../core/secrets.ts'
import { openEndpoint, type CallableEndpoint } from '../endpoints/call-endpoint.ts'
import { CallResources } from './call-resources.ts'
import { limitReached } from './spending/cost.ts'
import { releaseClaims, workLeft } from './claims.ts'
import type { Customer, Plan } from './customer.ts'
import { PlanExecution, type ExecuteOptions, type PlanEnd } from './plan-execution.ts'
import { receiveMissed } from './replies/receiver.ts'
import { getPlan, pauseBecause, planNotReleased } from './service.ts'

/**
 * Carries out the calls of a released plan until each is answered or in error (`finished`), the plan is paused or
 * cancelled by a person or by what the endpoint said, or the signal is aborted (`interrupted`). Any number of processes
 * may do so at once, and be killed at any moment: each call's reply is stored once and handed to the customer. Outages
 * of the database are waited for.
 */
export async function executePlan(
  context: Context,
  planId: string,
  customers: Customer[],
  options: ExecuteOptions,
): Promise<PlanEnd> {
  const ctx = patient(context, options.signal)
  const plan = await getPlan(ctx, planId)
  if (plan.state === 'preparing') throw planNotReleased()
  if (plan.state !== 'running') return plan.state
  const customer = customers.find(({ name }) => name === plan.customer)
  if (!customer) throw new Error(`Nobody here takes the replies of plans of ${plan.customer}`)
  const endpoint = await openEndpointOrPause(ctx, plan)
  if (!endpoint) return 'paused'
  if (endpoint.status === 'off' || endpoint.status === 'failing') {
    await pauseBecause(ctx, plan, `${endpoint.name} is ${endpoint.status}: ${endpoint.statusReason}`)
    return 'paused'
  }
  const limit = endpoint.price && (await workLeft(ctx, planId)).left ? await limitReached(ctx, planId) : null
  if (limit) {
    await pauseBecause(ctx, plan, limit)
    return 'paused'
  }
  await receiveMissed(ctx, customer, plan)
  const settings = { ...endpoint.settings, ...(await customer.settings(ctx, plan, endpoint.settings)) }
  const execution = new PlanExecution(ctx, plan, customer, endpoint, settings, {
    ...options,
    resources: options.resources ?? new CallResources(),
  })
  const end = await execution.run()
  if (end === 'finished') return finish(ctx, customer, plan)
  await putDown(ctx, plan, execution.worker)
  return end
}

/** Null when the stored key cannot be opened any more; the plan then says so. */
async function openEndpointOrPause(ctx: Context, plan: Plan): Promise<CallableEndpoint | null> {
  try {
    return await openEndpoint(ctx, plan.endpointId)
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    await pauseBecause(
      ctx,
      plan,
      `${error.message}: store the endpoint's key again, on its page or by \`npx arena models set\`, then resume`,
    )
    return null
  }
}

/** The replies of workers that died are handed over too; only then is the customer told that everything is settled. */
async function finish(ctx: Context, customer: Customer, plan: Plan): Promise<PlanEnd> {
  await receiveMissed(ctx, customer, plan)
  await customer.settled(ctx, plan)
  await ctx.sql`
    update plans set state = 'finished' where id = ${plan.id} and state = 'running' and not growing
      and not exists (select 1 from calls where plan_id = ${plan.id} and state in ('pending', 'active'))`
  // Cancelling leaves nothing to do either.
  return (await getPlan(ctx, plan.id)).state === 'cancelled' ? 'cancelled' : 'finished'
}

/** Gives claims back; in a plan that was cancelled meanwhile they are skipped like the others. */
async function putDown(ctx: Context, plan: Plan, worker: string) {
  await releaseClaims(ctx, plan.id, worker)
  await ctx.sql`
    update calls set state = 'skipped'
    where plan_id = ${plan.id} and state = 'pending'
      and exists (select 1 from plans where id = ${plan.id} and state = 'cancelled')`
}
