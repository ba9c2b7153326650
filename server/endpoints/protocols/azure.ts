import type { Secret } from '#server/core/secrets.ts'

/** The newest version of Azure's API by date that is not a preview. */
const datedVersion = '2024-10-21'

/** Whether an address is one of Azure OpenAI's: by its host, a deployment in its path, or a version in its query. */
function isAzure(url: string): boolean {
  const { hostname, pathname, searchParams } = new URL(url)
  const isItsHost = /\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)$/.test(hostname)
  return isItsHost || searchParams.has('api-version') || pathname.includes('/openai/deployments/')
}

/** The key as OpenAI's servers take it, and those that speak like them; Azure takes it in a header of its own. */
export function keyHeader(baseUrl: string, key: Secret | null): Record<string, string> {
  if (!key) return {}
  return isAzure(baseUrl) ? { 'api-key': key.reveal() } : { authorization: `Bearer ${key.reveal()}` }
}

/**
 * The base URL that an address in OpenAI's formats means: what is asked there is taken off, and what everyone leaves out
 * is put in. A server's bare address gets its `/v1`, an Azure resource its `/openai/v1`, and a deployment a version.
 */
export function openAiBase(url: string): string {
  const [place = '', query] = url.split('?')
  const given = place.replace(/(?<!\/)\/+$/, '')
  const base = given.replace(/(\/chat)?\/completions$|\/responses$|\/models$/, '')
  const { pathname } = new URL(base)
  if (query) return `${base}?${query}`
  if (!isAzure(base)) return given === base && pathname === '/' ? `${base}/v1` : base
  if (/\/deployments\/[^/]+$/.test(pathname)) return `${base}?api-version=${datedVersion}`
  return pathname === '/' || pathname === '/openai' ? `${base.replace(/\/openai$/, '')}/openai/v1` : base
}
