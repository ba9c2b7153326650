import { and, desc, eq, inArray, ne } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import type { Task } from '../datasets/catalogue.ts'

/** A run as its row has it; `Run` of the schema is what people are shown. */
export type StoredRun = typeof runs.$inferSelect

export const runChanged = defineProblem('run-changed', 409, 'The run cannot go on as it began')

/** The stored run, whoever asks. Throws not-found. */
export async function getStoredRun(ctx: Context, id: number): Promise<StoredRun> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.id, id))
  if (!run) throw notFound(`There is no run ${id}`)
  return run
}

/** The number of the newest run that is neither complete nor ended by a person; undefined when there is none. */
export async function findUnfinishedRun(ctx: Context): Promise<number | undefined> {
  const [run] = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(inArray(runs.status, ['preparing', 'running', 'paused', 'incomplete']))
    .orderBy(desc(runs.id))
    .limit(1)
  return run?.id
}

/** Ids of the endpoints that have a run, not cancelled, over this split of the benchmark as it is now. */
export async function endpointsWithRun(ctx: Context, { benchmark, split }: Task): Promise<string[]> {
  const ofTask = [eq(runs.benchmark, benchmark.id), eq(runs.benchmarkVersion, benchmark.version), eq(runs.split, split)]
  const rows = await ctx.db
    .selectDistinct({ id: runs.endpointId })
    .from(runs)
    .where(and(...ofTask, ne(runs.status, 'cancelled')))
  return rows.map(({ id }) => id)
}
