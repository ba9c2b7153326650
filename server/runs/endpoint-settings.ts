import { eq } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import type { StoredJudge } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import type { StoredEndpoint } from '../endpoints/call-endpoint.ts'

/** The stored endpoint, whoever owns it. Throws not-found. */
export async function endpointOf(ctx: Context, endpointId: string): Promise<StoredEndpoint> {
  const [endpoint] = await ctx.db.select().from(endpoints).where(eq(endpoints.id, endpointId))
  if (!endpoint) throw notFound('No endpoint has this id')
  return endpoint
}

/** What of a model's endpoint could move a score, apart from what it sets in the request itself. */
export function settingsOf(endpoint: StoredEndpoint): Record<string, unknown> {
  const { protocol, remoteModel, sendsStyleTag } = endpoint
  return { protocol, baseUrl: addressOf(endpoint), remoteModel, sendsStyleTag }
}

/** What of a judge's endpoint could move a score, with its name and that of its prompt. */
export function judgeSettingsOf(endpoint: StoredEndpoint, prompt: string): StoredJudge {
  const { name, protocol, remoteModel, extraBody, sampling } = endpoint
  const generation = Object.keys(sampling).length > 0 ? { sampling } : {}
  return { name, prompt, protocol, baseUrl: addressOf(endpoint), remoteModel, extraBody, ...generation }
}

/** A built-in endpoint gets another port at each start; its address says nothing of the answers. */
function addressOf({ builtIn, baseUrl }: StoredEndpoint): string {
  return builtIn ? 'built in' : baseUrl
}
