import { and, asc, eq, isNull, or } from 'drizzle-orm'
import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { Context } from '../core/context.ts'
import { callFaultOf } from '../endpoints/reach.ts'
import { CallResources } from './call-resources.ts'
import type { Customer } from './customer.ts'
import { executePlan } from './execute-plan.ts'
import { planChannel } from './service.ts'
import { thisPlace } from './worker-name.ts'

const pollMs = 2_000
/** How long a plan that failed for a reason of ours is left alone. */
const restMs = 30_000

/**
 * Carries out every running plan until the signal is aborted, all at once: a slow endpoint holds up no other, and the
 * plans of one endpoint share its limits. Is notified of new work at once, and polls every two seconds besides.
 */
export async function workOnPlans(
  ctx: Context,
  customers: Customer[],
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const resources = new CallResources()
  const underWay = new Map<string, Promise<void>>()
  const resting = new Map<string, number>()
  let wake = () => {}
  const listening = await ctx.sql.listen?.(planChannel, () => wake()).catch(() => null)
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)

  async function carryOut(planId: string) {
    try {
      if (await reachable(ctx, planId)) await executePlan(ctx, planId, customers, { signal, resources })
      else resting.set(planId, ctx.now() + restMs)
    } catch (error) {
      ctx.log.error({ err: error, planId }, 'a plan stopped and will be tried again')
      resting.set(planId, ctx.now() + restMs)
    } finally {
      underWay.delete(planId)
      wake()
    }
  }

  while (!signal.aborted) {
    const woken = new Promise<void>((resolve) => (wake = resolve))
    for (const planId of await runningPlans(ctx)) {
      if (underWay.has(planId) || (resting.get(planId) ?? 0) > ctx.now()) continue
      underWay.set(planId, carryOut(planId))
    }
    await wakenOr(woken, pollMs)
  }
  await Promise.all(underWay.values())
  signal.removeEventListener('abort', onAbort)
  await listening?.unlisten().catch(() => {})
}

async function wakenOr(woken: Promise<void>, ms: number) {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([woken, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}

async function runningPlans(ctx: Context): Promise<string[]> {
  try {
    const rows = await ctx.db
      .select({ id: plans.id })
      .from(plans)
      .where(and(eq(plans.state, 'running'), or(isNull(plans.place), eq(plans.place, thisPlace()))))
      .orderBy(asc(plans.rank))
    return rows.map(({ id }) => id)
  } catch (error) {
    ctx.log.warn({ err: error }, 'the plans cannot be read just now')
    return []
  }
}

/**
 * Whether this process may call the plan's endpoint: one that was opened at another process's shell is called by that
 * process only.
 */
async function reachable(ctx: Context, planId: string): Promise<boolean> {
  const [plan] = await ctx.db
    .select({ endpoint: endpoints })
    .from(plans)
    .innerJoin(endpoints, eq(endpoints.id, plans.endpointId))
    .where(eq(plans.id, planId))
  return plan !== undefined && (await callFaultOf(ctx, plan.endpoint)) === null
}
