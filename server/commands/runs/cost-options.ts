import { InvalidArgumentError } from 'commander'
import { dollars } from '#server/calls/spending/cost.ts'
import type { Context } from '#server/core/context.ts'
import type { RunSettings } from '#server/runs/create-run.ts'
import { estimateCost } from '#server/runs/spending/estimate-cost.ts'

/** Says on standard error what a run will cost, about, and what that rests on. */
export async function tellEstimate(ctx: Context, settings: RunSettings): Promise<void> {
  const { calls, cost, from, price } = await estimateCost(ctx, settings)
  if (cost.low === null || cost.high === null) return
  const range = cost.low === cost.high ? dollars(cost.low) : `${dollars(cost.low)} to ${dollars(cost.high)}`
  console.error(`${settings.task.benchmark.id}: about ${range} for ${calls} calls, from ${from} (${price?.source}).`)
}

/** An amount of US dollars as people type it: 5, 5.00 or $5. */
export function readDollars(text: string): number {
  const value = Number(text.replace(/^\$/, ''))
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It takes US dollars, such as 5.')
  return value
}
