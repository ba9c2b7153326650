import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, notFound } from '../core/problem.ts'

/** A run as its row has it; `Run` of the schema is what people are shown. */
export type StoredRun = typeof runs.$inferSelect

export const runChanged = defineProblem('run-changed', 409, 'The run cannot go on as it began')

/** The stored run, whoever asks. Throws not-found. */
export async function getStoredRun(ctx: Context, id: number): Promise<StoredRun> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.id, id))
  if (!run) throw notFound(`There is no run ${id}`)
  return run
}
