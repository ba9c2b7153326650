import { z } from 'zod'
import type { Secret } from '#server/core/secrets.ts'
import { httpFailure, saysFiltered } from './http-failure.ts'
import type { Protocol, WireFailure, WirePart, WirePrompt, WireReply, WireSettings } from './protocol.ts'

/** `POST {base}/chat/completions`, as OpenAI, vLLM, SGLang, LMDeploy, llama.cpp, Ollama and routers speak it. */
export const openai: Protocol = {
  baseUrlOf: (url) => url.replace(/(?<!\/)\/+$/, '').replace(/(\/chat)?\/completions$|\/models$/, ''),

  buildListing: (key) => ({ path: '/models', headers: authorization(key) }),

  readListing(body) {
    const listing = Listing.safeParse(parseJson(body))
    return listing.success ? listing.data.data.map(({ id }) => id) : []
  },

  buildRequest(settings, key, prompt) {
    return {
      path: '/chat/completions',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...authorization(key),
      },
      body: bodyOf(settings, prompt),
    }
  },

  readReply(status, headers, body) {
    const parsed = parseJson(body)
    const error = errorWords(parsed)
    if (status >= 300 && status < 400) {
      const place = headers['location'] ? ` to ${headers['location']}` : ''
      return failure('bad_request', `${status}: the address redirects${place}; register the address it leads to`)
    }
    if (status < 200 || status >= 300) {
      const words = error ?? (parsed === undefined ? body.slice(0, 4096) : '')
      if ((status === 400 || status === 403) && saysFiltered(words)) return filtered(parsed)
      return httpFailure(status, headers, words)
    }
    // Routers report an upstream's failure inside a 200.
    if (error !== null) return httpFailure(statusWithin(parsed), headers, error)
    const completion = Completion.safeParse(parsed)
    if (!completion.success) {
      const type = (headers['content-type'] ?? 'no content type').split(';')[0]!
      return failure('protocol', `Bad reply (${status}, ${type}): ${body.slice(0, 2048)}`)
    }
    return replyOf(completion.data)
  },
}

function authorization(key: Secret | null): Record<string, string> {
  return key ? { authorization: `Bearer ${key.reveal()}` } : {}
}

const Listing = z.object({ data: z.array(z.object({ id: z.string() })) })

const newText = new TextEncoder()
const dataUrlEnd = newText.encode('"}}')

function bodyOf({ remoteModel, sampling, maxTokensName, extraBody }: WireSettings, prompt: WirePrompt): Uint8Array[] {
  const members: Record<string, unknown> = {
    model: remoteModel,
    [maxTokensName]: sampling.maxTokens,
    temperature: sampling.temperature,
    ...(sampling.stop?.length && { stop: sampling.stop }),
    ...extraBody,
    messages: undefined,
    stream: false,
  }
  // Newer models take their limit under the other name and refuse the old one.
  if (members['max_completion_tokens'] === true) members['max_completion_tokens'] = sampling.maxTokens
  if (members['max_completion_tokens'] != null) members['max_tokens'] = null
  const kept = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  const head = JSON.stringify(Object.fromEntries(kept)).slice(0, -1)
  const pieces: Uint8Array[] = [newText.encode(`${head},"messages":[{"role":"user","content":`)]
  const [only, ...more] = prompt.parts
  if (only?.kind === 'text' && more.length === 0) {
    pieces.push(newText.encode(`${JSON.stringify(only.text)}}]}`))
    return pieces
  }
  prompt.parts.forEach((part, index) => pieces.push(...partPieces(part, index === 0 ? '[' : ',')))
  pieces.push(newText.encode(']}]}'))
  return pieces
}

function partPieces(part: WirePart, before: string): Uint8Array[] {
  if (part.kind === 'text') return [newText.encode(`${before}{"type":"text","text":${JSON.stringify(part.text)}}`)]
  const start = `${before}{"type":"image_url","image_url":{"url":"data:${part.mediaType};base64,`
  return [newText.encode(start), part.base64, dataUrlEnd]
}

const Tokens = z.number().int().nonnegative().nullish().catch(null)
const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])
const Completion = z.looseObject({
  model: z.string().nullish().catch(null),
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: Content.nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: Tokens, completion_tokens: Tokens }).nullish().catch(null),
})

function replyOf({ choices, model, usage }: z.infer<typeof Completion>): WireReply {
  const { message, finish_reason: finishReason } = choices[0]!
  const text =
    typeof message.content === 'string'
      ? message.content
      : (message.content ?? []).map((part) => part.text ?? '').join('')
  return {
    kind: 'reply',
    response: text || (message.refusal ?? ''),
    thinking: null,
    finishReason: finishReason ?? null,
    refused: Boolean(message.refusal) || finishReason === 'content_filter',
    truncated: finishReason === 'length',
    repliedModel: model ?? null,
    tokensIn: usage?.prompt_tokens ?? null,
    tokensOut: usage?.completion_tokens ?? null,
    tokensCached: null,
    tokensThinking: null,
  }
}

function filtered(parsed: unknown): WireReply {
  const model = z.looseObject({ model: z.string() }).safeParse(parsed)
  return {
    kind: 'reply',
    response: '',
    thinking: null,
    finishReason: 'content_filter',
    refused: true,
    truncated: false,
    repliedModel: model.data?.model ?? null,
    tokensIn: null,
    tokensOut: null,
    tokensCached: null,
    tokensThinking: null,
  }
}

function failure(errorClass: WireFailure['errorClass'], message: string): WireFailure {
  return { kind: 'failure', errorClass, message, waitMs: null }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const ErrorBody = z.union([
  z.looseObject({
    error: z.looseObject({
      message: z.string().optional(),
      code: z.unknown().optional(),
      type: z.unknown().optional(),
    }),
  }),
  z.looseObject({ error: z.string() }),
  z.looseObject({ object: z.literal('error'), message: z.string() }),
  z.looseObject({ detail: z.union([z.string(), z.array(z.unknown()), z.looseObject({})]) }),
])

/** Message, type and code of an error body in one line; null when the body holds no error. */
function errorWords(parsed: unknown): string | null {
  if (typeof parsed !== 'object' || parsed === null || 'choices' in parsed) return null
  const body = ErrorBody.safeParse(parsed).data
  if (!body) return null
  if ('object' in body && typeof body['message'] === 'string') return body['message']
  if ('detail' in body) return typeof body.detail === 'string' ? body.detail : JSON.stringify(body.detail)
  if (typeof body.error === 'string') return body.error
  if (typeof body.error !== 'object' || body.error === null) return null
  const { message, code, type } = body.error as { message?: string; code?: unknown; type?: unknown }
  const marks = [type, code].filter((mark) => typeof mark === 'string' || typeof mark === 'number').join(', ')
  return [message, marks && `(${marks})`].filter(Boolean).join(' ')
}

function statusWithin(parsed: unknown): number {
  const code = z
    .looseObject({ error: z.looseObject({ code: z.coerce.number().int().min(400).max(599) }) })
    .safeParse(parsed)
  return code.data?.error.code ?? 502
}
