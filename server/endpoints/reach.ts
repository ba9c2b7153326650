import { eq } from 'drizzle-orm'
import { people } from '#drizzle/schema/accounts.ts'
import type { Context } from '../core/context.ts'
import type { OutgoingRequest } from '../core/egress.ts'
import { defineProblem } from '../core/problem.ts'
import { openAllowed } from './addresses/allowed-addresses.ts'
import { reachOf, type StoredEndpoint } from './call-endpoint.ts'
import { addressNotAllowed, addressWords, usableEndpoint } from './service.ts'

export const endpointOff = defineProblem('endpoint-off', 409, 'The endpoint is switched off')

/** What calls of a stored endpoint may reach. */
export async function storedReach(ctx: Context, endpoint: StoredEndpoint): Promise<OutgoingRequest['reach']> {
  const { createdBy } = endpoint
  if (createdBy === null) return reachOf(endpoint, null)
  const [creator] = await ctx.db.select({ role: people.role }).from(people).where(eq(people.id, createdBy))
  return reachOf(endpoint, creator?.role ?? null)
}

/** Why this process may not call a stored endpoint, in words; null when it may. */
export async function callFaultOf(ctx: Context, endpoint: StoredEndpoint): Promise<string | null> {
  await openAllowed(ctx)
  const reach = await storedReach(ctx, endpoint)
  const fault = ctx.egress.faultOf(endpoint.baseUrl, reach)
  return fault && addressWords(ctx, fault, reach)
}

/**
 * Refuses at once what could never go on: an endpoint that is not the actor's to use, is switched off, or has an address
 * that this server may not call. Where other processes make the calls, they know what they may.
 */
export async function requireReach(ctx: Context, endpointId: string): Promise<void> {
  const endpoint = await usableEndpoint(ctx, endpointId)
  const { name, status } = endpoint
  if (status === 'off') throw endpointOff(`Switch ${name} on first, on its page or by \`npx arena models set\``)
  if (!ctx.config.worker) return
  const fault = await callFaultOf(ctx, endpoint)
  if (fault) throw addressNotAllowed(`${name}: ${fault}`)
}
