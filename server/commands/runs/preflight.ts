import type { Context } from '#server/core/context.ts'
import { EgressError, type IncomingReply } from '#server/core/egress.ts'
import { StartError } from '#server/core/problem.ts'
import { scrub } from '#server/core/secrets.ts'
import { callEndpoint, openEndpoint, urlOf, type CallableEndpoint } from '#server/endpoints/call-endpoint.ts'
import { mergeSettings, nothingSet } from '#server/endpoints/sampling.ts'

/** Longer than a connection may take: who connects and says nothing is slow, not gone. */
const listingMs = 12_000
const questionMs = 10_000
const namesShown = 8

/**
 * Throws a StartError in words when an endpoint can never answer: nobody there, an unknown host, a certificate that does
 * not fit, a key that is refused, a model that is not known. One request for the list of models; a question follows only
 * where that list does not have the model, or is refused. What may pass by itself is left to the run.
 */
export async function preflight(ctx: Context, endpointId: string, signal?: AbortSignal): Promise<void> {
  const endpoint = await openEndpoint(ctx, endpointId)
  if (endpoint.status === 'off') return
  const listing = await ask(ctx, endpoint, signal)
  if (!listing) return
  const offered = endpoint.protocol.readListing(listing.body.toString('utf8'))
  const refused = listing.status === 401 || listing.status === 403
  if (!refused && (offered.length === 0 || offered.some((name) => isSame(name, endpoint)))) return
  const outcome = await question(ctx, endpoint, signal)
  if (outcome?.kind !== 'failure') return
  if (outcome.errorClass === 'auth') throw cannot(endpoint, `it refuses the key (${outcome.message})`)
  if (outcome.errorClass !== 'not_found') return
  const names = offered.slice(0, namesShown).join(', ')
  const choice = names && `. It offers: ${scrub(names, endpoint.key ? [endpoint.key] : [])}`
  throw cannot(endpoint, `it does not know ${endpoint.settings.remoteModel} (${outcome.message})${choice}`)
}

/** The reply to the listing; null when none came in time over a connection that was made. */
async function ask(
  ctx: Context,
  endpoint: CallableEndpoint,
  signal: AbortSignal | undefined,
): Promise<IncomingReply | null> {
  const { path, headers } = endpoint.protocol.buildListing(endpoint.settings, endpoint.key)
  const { id: pool, reach } = endpoint
  const request = { method: 'GET', headers, timeoutMs: listingMs, pool, reach, ...(signal && { signal }) } as const
  try {
    return await ctx.egress.request({ url: urlOf(endpoint.baseUrl, path), ...request })
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    if (error.kind === 'refused' || error.kind === 'connection') throw cannot(endpoint, error.message)
    if (error.kind === 'timeout' && error.message.startsWith('No connection')) throw cannot(endpoint, error.message)
    return null
  }
}

/** The names of some places have a folder before them: models/gemini-2.5-pro. */
function isSame(offered: string, { settings }: CallableEndpoint): boolean {
  return offered === settings.remoteModel || offered.endsWith(`/${settings.remoteModel}`)
}

/** What is said to a short question; null where the asking was given up. */
async function question(ctx: Context, endpoint: CallableEndpoint, signal: AbortSignal | undefined) {
  const definition = { maxTokens: 16, temperature: 0 }
  const merged = mergeSettings({ definition, endpoint: endpoint.settings, run: nothingSet })
  const settings = { ...endpoint.settings, ...merged }
  const parts = [{ kind: 'text', text: 'Reply with the one word: ready' } as const]
  try {
    const { outcome } = await callEndpoint(
      ctx,
      endpoint,
      settings,
      { parts },
      { timeoutMs: questionMs, ...(signal && { signal }) },
    )
    return outcome
  } catch (error) {
    if (error instanceof EgressError && error.kind === 'aborted') return null
    throw error
  }
}

function cannot({ name, baseUrl }: CallableEndpoint, why: string): StartError {
  return new StartError(`${name} at ${baseUrl} cannot be asked: ${why}. Nothing was started.`)
}
