import { z } from 'zod'
import { InputError } from '#server/core/problem.ts'
import { NewEndpoint, type Protocol } from '../schema.ts'

/** What FastChat's `register_api_endpoint_file` says of one model; members that it has besides are of its own pages. */
const Entry = z.looseObject({
  model_name: z.string(),
  api_base: z.string().nullish(),
  api_type: z.string().default('openai'),
  api_key: z.string().nullish(),
  recommended_config: z.object({ temperature: z.number().optional(), top_p: z.number().optional() }).nullish(),
})

/** Its types of API, as far as they name a wire format that is spoken here, and where each answers by default. */
const types: Record<string, { protocol: Protocol; baseUrl: string | null }> = {
  openai: { protocol: 'openai', baseUrl: 'https://api.openai.com/v1' },
  anthropic: { protocol: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
  anthropic_message: { protocol: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
  gemini: { protocol: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta' },
}

const mostEntries = 500

/** The endpoints that such a file describes, and why the others cannot be taken, by name. */
interface FastChatFile {
  endpoints: NewEndpoint[]
  faults: { name: string; reason: string }[]
}

/**
 * Reads the JSON of FastChat's `api_endpoint.json`: an object of names, each with `model_name`, `api_base`, `api_type` and
 * `api_key`. Throws InputError when it is no such file.
 */
export function readFastChat(text: string): FastChatFile {
  const entries = Object.entries(parsed(text))
  if (entries.length === 0 || entries.length > mostEntries)
    throw new InputError(`The file describes ${entries.length} endpoints; it takes from 1 to ${mostEntries}`)
  const read = entries.map(([name, value]) => ({ name, ...readEntry(name, value) }))
  return {
    endpoints: read.flatMap(({ endpoint }) => endpoint ?? []),
    faults: read.flatMap(({ name, reason }) => (reason === undefined ? [] : { name, reason })),
  }
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Falls through to the sentence below, which says all there is to say.
  }
  throw new InputError('It is no FastChat file: a JSON object with a member for each model is wanted')
}

function readEntry(name: string, value: unknown): { endpoint?: NewEndpoint; reason?: string } {
  const entry = Entry.safeParse(value)
  if (!entry.success) return { reason: firstFault(entry.error) }
  const {
    model_name: remoteModel,
    api_type: type,
    api_base: base,
    api_key: key,
    recommended_config: config,
  } = entry.data
  const known = types[type]
  if (!known)
    return { reason: `api_type ${JSON.stringify(type)} is not spoken here; known are ${Object.keys(types).join(', ')}` }
  const baseUrl = base ?? known.baseUrl
  const sampling = {
    ...(config?.temperature !== undefined && { temperature: config.temperature }),
    ...(config?.top_p !== undefined && { topP: config.top_p }),
  }
  const given = { name, model: name, remoteModel, protocol: known.protocol, baseUrl, sampling, key: key || undefined }
  const endpoint = NewEndpoint.safeParse(given)
  return endpoint.success ? { endpoint: endpoint.data } : { reason: firstFault(endpoint.error) }
}

function firstFault({ issues }: z.ZodError): string {
  return `${issues[0]?.path.join('.')}: ${issues[0]?.message}`
}
