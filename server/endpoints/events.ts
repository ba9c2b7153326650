import { and, desc, eq, lte } from 'drizzle-orm'
import { endpointEvents, type SeenProbe } from '#drizzle/schema/endpoints.ts'
import type { Context } from '../core/context.ts'
import type { StoredEndpoint } from './call-endpoint.ts'
import type { EndpointEvent } from './schema.ts'

/** How many events of an endpoint are kept. */
const mostKept = 200

/** Writes down what happened to an endpoint, with the state it is in after it; the oldest beyond 200 go. */
export async function recordEvent(
  ctx: Context,
  { id: endpointId, status }: Pick<StoredEndpoint, 'id' | 'status'>,
  { kind, words, probes = null }: { kind: EndpointEvent['kind']; words: string; probes?: SeenProbe[] | null },
): Promise<void> {
  const of = eq(endpointEvents.endpointId, endpointId)
  await ctx.db.insert(endpointEvents).values({ endpointId, kind, status, words, probes })
  const [oldest] = await ctx.db
    .select({ id: endpointEvents.id })
    .from(endpointEvents)
    .where(of)
    .orderBy(desc(endpointEvents.id))
    .offset(mostKept)
    .limit(1)
  if (oldest) await ctx.db.delete(endpointEvents).where(and(of, lte(endpointEvents.id, oldest.id)))
}

/** What happened to an endpoint, newest first. The caller has asked whether the actor may see it. */
export async function listEvents(ctx: Context, endpointId: string): Promise<EndpointEvent[]> {
  const rows = await ctx.db
    .select()
    .from(endpointEvents)
    .where(eq(endpointEvents.endpointId, endpointId))
    .orderBy(desc(endpointEvents.id))
  return rows.map(({ endpointId: _, at, ...event }) => ({ ...event, at: at.toISOString() }))
}
