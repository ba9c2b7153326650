import { asc, eq } from 'drizzle-orm'
import { attempts } from '#drizzle/schema/calls.ts'
import type { Context } from '../core/context.ts'
import type { ErrorClass } from '../endpoints/schema.ts'
import type { Attempt } from './schema.ts'

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
