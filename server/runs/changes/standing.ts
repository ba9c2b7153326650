import { and, eq, isNotNull, isNull, type SQL } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { recordAudit } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { defineProblem } from '#server/core/problem.ts'
import { inTransaction } from '#server/core/transaction.ts'
import { getUsableRun } from '../read-runs.ts'
import type { WithdrawnRun } from '../schema.ts'

export const runStands = defineProblem('run-stands-otherwise', 409, 'The run cannot be changed so')

type Columns = Partial<typeof runs.$inferInsert>

/**
 * Accepts an incomplete run as it is: its score, over the examples that were answered, stands on boards. Throws
 * run-stands-otherwise for any other run.
 */
export async function finaliseRun(ctx: Context, id: number): Promise<void> {
  await change(ctx, id, {
    action: 'run.finalised',
    set: { status: 'finalised' },
    where: eq(runs.status, 'incomplete'),
    refusal: (status) => `it is ${status}, and only an incomplete run is accepted as it is`,
  })
}

/**
 * Takes a settled run off every board for a reason that its page gives; nothing of it is lost. Throws
 * run-stands-otherwise when it is off already.
 */
export async function withdrawRun(ctx: Context, id: number, { reason }: WithdrawnRun): Promise<void> {
  await change(ctx, id, {
    action: 'run.withdrawn',
    set: { withdrawnAt: new Date(ctx.now()), withdrawnReason: reason },
    where: isNull(runs.withdrawnAt),
    detail: { reason },
    refusal: () => 'it is off the boards already',
  })
}

/** Puts a run back that was taken off. Throws run-stands-otherwise for one that was not. */
export async function restoreRun(ctx: Context, id: number): Promise<void> {
  await change(ctx, id, {
    action: 'run.restored',
    set: { withdrawnAt: null, withdrawnReason: null },
    where: isNotNull(runs.withdrawnAt),
    refusal: () => 'it was never taken off the boards',
  })
}

interface Change {
  action: string
  set: Columns
  /** Under which it may happen. */
  where: SQL
  detail?: Record<string, string>
  refusal(status: string): string
}

async function change(ctx: Context, id: number, { action, set, where, detail, refusal }: Change): Promise<void> {
  const { status } = await getUsableRun(ctx, id)
  await inTransaction(ctx, async (ctx) => {
    const changed = await ctx.db
      .update(runs)
      .set(set)
      .where(and(eq(runs.id, id), where))
      .returning({ id: runs.id })
    if (changed.length === 0) throw runStands(refusal(status))
    await recordAudit(ctx, action, `run:${id}`, detail)
  })
}
