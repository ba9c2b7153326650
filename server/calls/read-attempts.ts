import { asc, eq } from 'drizzle-orm'
import { attempts } from '#drizzle/schema/calls.ts'
import type { Context } from '../core/context.ts'
import { orNull, rowsOf, whole, words } from '../core/postgres/rows.ts'
import { printable } from '../core/printable.ts'
import type { ErrorClass } from '../endpoints/schema.ts'
import type { Attempt, FailedAttempts } from './schema.ts'

/** Every request that went out for one call, in order. */
export async function attemptsOf(ctx: Context, callId: number): Promise<Attempt[]> {
  const rows = await ctx.db.select().from(attempts).where(eq(attempts.callId, callId)).orderBy(asc(attempts.number))
  return rows.map(
    ({
      number,
      startedAt,
      latencyMs,
      status,
      errorClass,
      message,
      waitedMs,
      waitAsked,
      tokensIn,
      tokensOut,
      cost,
      pictures,
    }) => ({
      number,
      startedAt: startedAt.toISOString(),
      latencyMs,
      status,
      errorClass: errorClass as ErrorClass | null,
      message,
      waitedMs,
      waitAsked,
      tokensIn,
      tokensOut,
      cost,
      pictures,
    }),
  )
}

/** Attempts of these plans that brought no reply, by class, the most frequent first. */
export async function failedAttempts(ctx: Context, planIds: string[]): Promise<FailedAttempts[]> {
  const rows = await rowsOf(ctx, { class: words, count: whole, waitedMs: whole, said: orNull(words) })`
    select a.error_class as class, count(*)::int as count, sum(a.waited_ms) as "waitedMs",
      (array_agg(a.message order by a.started_at desc))[1] as said
    from attempts a join calls c on c.id = a.call_id
    where c.plan_id = any(${planIds}::uuid[]) and a.error_class is not null group by 1 order by 2 desc`
  return rows.map((row) => ({ ...row, class: row.class as ErrorClass, said: printable(row.said ?? '') }))
}
