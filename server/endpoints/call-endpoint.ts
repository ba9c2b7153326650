import { eq } from 'drizzle-orm'
import { people } from '#drizzle/schema/accounts.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { masterKey } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { EgressError, type OutgoingRequest } from '../core/egress.ts'
import { notFound } from '../core/problem.ts'
import { openSeal, type Secret } from '../core/secrets.ts'
import { openAllowed } from './addresses/allowed-addresses.ts'
import { protocols } from './protocols.ts'
import type { Protocol, WireFailure, WirePrompt, WireReply, WireSettings } from './protocols/protocol.ts'
import { readReply } from './read-reply.ts'
import type { OwnSettings } from './sampling.ts'
import type { PicturePolicy, Price } from './schema.ts'

export type StoredEndpoint = typeof endpoints.$inferSelect

/** What an endpoint sets of each request. */
export type EndpointSettings = Omit<WireSettings, 'sampling' | 'extraBody'> & OwnSettings & { pictures: PicturePolicy }

/** An endpoint made ready to be called: wire format chosen, key opened, reach decided. */
export interface CallableEndpoint {
  id: string
  name: string
  baseUrl: string
  protocol: Protocol
  settings: EndpointSettings
  price: Price | null
  key: Secret | null
  status: StoredEndpoint['status']
  statusReason: string
  timeoutMs: number
  maxConcurrency: number
  requestsPerMinute: number | null
  maxRetries: number
  reach: OutgoingRequest['reach']
}

/** What became of one request, within the bounds of what can be stored. `body` is there when it is a reply. Messages are scrubbed and short. */
export interface CallResult {
  outcome: WireReply | WireFailure
  status: number | null
  body: string
  latencyMs: number
}

/** Opens the endpoint's key and settings. Throws not-found, and SealBroken when the key was sealed elsewhere. */
export async function openEndpoint(ctx: Context, endpointId: string): Promise<CallableEndpoint> {
  const [row] = await ctx.db
    .select({ endpoint: endpoints, role: people.role })
    .from(endpoints)
    .leftJoin(people, eq(people.id, endpoints.createdBy))
    .where(eq(endpoints.id, endpointId))
  if (!row) throw notFound('No endpoint has this id')
  const { endpoint, role } = row
  await openAllowed(ctx)
  return {
    ...endpoint,
    protocol: protocols[endpoint.protocol],
    settings: endpointSettings(endpoint),
    key: endpoint.sealedKey === null ? null : openSeal(masterKey(ctx.config), endpoint.sealedKey, keyBinding(endpoint)),
    reach: reachOf(endpoint, role),
  }
}

/** A team's endpoint reaches public addresses only, whoever changes it; so does one that a researcher made. */
export function reachOf({ teamId }: Pick<StoredEndpoint, 'teamId'>, creator: string | null): OutgoingRequest['reach'] {
  return teamId === null && (creator === null || creator === 'admin') ? 'listed' : 'public'
}

/** What of a stored endpoint is set in each request. */
export function endpointSettings(endpoint: StoredEndpoint): EndpointSettings {
  const { baseUrl, remoteModel, sampling, extraBody, maxTokensName, thinkingTags, pictures } = endpoint
  return { baseUrl, remoteModel, sampling, extraBody, maxTokensName, thinkingTags, pictures }
}

/** Where an endpoint's key belongs: to its row and to the origin that it may be sent to. */
export function keyBinding({ id, baseUrl }: Pick<StoredEndpoint, 'id' | 'baseUrl'>) {
  return { table: 'endpoints', row: id, field: 'sealed_key', origin: new URL(baseUrl).origin }
}

/** Where a path of a wire format lies under a base URL, whose query stays at the end. */
export function urlOf(baseUrl: string, path: string): string {
  const [place, query] = baseUrl.split('?')
  return !query ? `${place}${path}` : `${place}${path}${path.includes('?') ? '&' : '?'}${query}`
}

/** Sends one prompt, to be answered as the settings say, and reads what came back. Never throws for a fault of the endpoint or of the way to it. */
export async function callEndpoint(
  ctx: Pick<Context, 'egress'>,
  endpoint: CallableEndpoint,
  settings: WireSettings,
  prompt: WirePrompt,
  { signal, timeoutMs = endpoint.timeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<CallResult> {
  const { path, headers, body } = endpoint.protocol.buildRequest(settings, endpoint.key, prompt)
  const started = performance.now()
  const finished = (rest: Omit<CallResult, 'latencyMs'>) => ({
    ...rest,
    latencyMs: Math.round(performance.now() - started),
  })
  try {
    const reply = await ctx.egress.request({
      url: urlOf(endpoint.baseUrl, path),
      method: 'POST',
      headers,
      body,
      timeoutMs,
      pool: endpoint.id,
      reach: endpoint.reach,
      ...(signal && { signal }),
    })
    return finished(readReply(endpoint, reply))
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    if (error.kind === 'aborted') throw error
    return finished({ outcome: egressFailure(endpoint, error), status: null, body: '' })
  }
}

/** A refusal by our own rules reads like a connection fault to those who may only reach public addresses: no port scan. */
function egressFailure(endpoint: CallableEndpoint, error: EgressError): WireFailure {
  const classOf = {
    refused: 'connection',
    connection: 'connection',
    timeout: 'timeout',
    too_large: 'protocol',
    aborted: 'internal',
  } as const
  const plain = endpoint.reach === 'public' && (error.kind === 'refused' || error.kind === 'connection')
  const message = plain ? 'The address could not be reached, or the connection broke' : error.message
  return { kind: 'failure', errorClass: classOf[error.kind], message, waitMs: null }
}
