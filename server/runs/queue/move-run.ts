import { movePlan } from '#server/calls/turns.ts'
import type { Context } from '#server/core/context.ts'
import { getUsableRun } from '../read-runs.ts'
import { planUnderWay } from '../service.ts'
import type { MovedRun } from './schema.ts'

/** Moves a run among all that its endpoint is still to be asked; a judge's reading moves where that is what goes on. Throws plan-is-over. */
export async function moveRun(ctx: Context, id: number, { to }: MovedRun): Promise<void> {
  await movePlan(ctx, await planUnderWay(ctx, await getUsableRun(ctx, id)), to)
}
