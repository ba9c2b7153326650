import type { Context } from '#server/core/context.ts'
import type { Customer } from './customer.ts'
import type { PlanProgress } from './schema.ts'

export interface ExecuteOptions {
  signal: AbortSignal
  onProgress?: (progress: PlanProgress) => void
  concurrency?: number
}

/** Carries out the calls of a plan until every one is answered or in error. */
export async function executePlan(
  _ctx: Context,
  _planId: string,
  _customers: Customer[],
  _options: ExecuteOptions,
): Promise<'finished' | 'paused' | 'cancelled' | 'interrupted'> {
  throw new Error('being written')
}
