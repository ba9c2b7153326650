import { isDeepStrictEqual } from 'node:util'
import { and, eq, inArray, isNotNull, ne } from 'drizzle-orm'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import { reuseReplies } from '#server/calls/replies/reuse-replies.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import type { StoredRun } from '../stored-run.ts'

/** The runs that sent the very same request beside their prompts: to the same model there, with every setting the same. */
export async function runsLike(ctx: Context, run: StoredRun): Promise<number[]> {
  if (!run.request) return []
  const others = await ctx.db
    .select()
    .from(runs)
    .where(and(eq(runs.benchmark, run.benchmark), ne(runs.id, run.id), isNotNull(runs.request)))
  return others.filter((other) => sameRequest(run, other)).map(({ id }) => id)
}

function sameRequest(one: StoredRun, other: StoredRun): boolean {
  return isDeepStrictEqual(sentBy(one), sentBy(other))
}

function sentBy({ request, endpointSettings, settings }: StoredRun) {
  const members = (request?.members ?? []).map(({ name, value }): [string, unknown] => [name, value ?? null])
  return {
    path: request?.path,
    members: new Map(members),
    // The style tag stands in the prompt itself.
    endpoint: { ...endpointSettings, sendsStyleTag: null },
    pictures: settings.pictures ?? {},
  }
}

/**
 * Takes for these calls of a run what was replied to the same prompt by the runs that sent the same request, the newest
 * first, and notes from which. What nobody asked before is left to be asked.
 */
export async function takeEarlierReplies(
  ctx: Context,
  run: StoredRun,
  like: number[],
  callIds: number[],
): Promise<void> {
  if (like.length === 0 || callIds.length === 0) return
  const found = await rowsOf(ctx, {
    callId: predictions.callId,
    earlierId: predictions.callId,
    runId: predictions.runId,
  })`
    select distinct on (mine.call_id) mine.call_id as "callId", theirs.call_id as "earlierId", theirs.run_id as "runId"
    from predictions mine
    join predictions theirs on theirs.example_id = mine.example_id and theirs.prompt = mine.prompt
      and theirs.run_id = any(${like}::int[])
    join replies r on r.call_id = theirs.call_id
    where mine.run_id = ${run.id} and mine.call_id = any(${callIds}::bigint[])
    order by mine.call_id, r.received_at desc`
  const answered = new Set(await reuseReplies(ctx, found))
  for (const runId of new Set(found.map((pair) => pair.runId))) {
    const ids = found.filter((pair) => pair.runId === runId && answered.has(pair.callId)).map(({ callId }) => callId)
    if (ids.length > 0) {
      await ctx.db.update(predictions).set({ reusedFrom: runId }).where(inArray(predictions.callId, ids))
    }
  }
}
