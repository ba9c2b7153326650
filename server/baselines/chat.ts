import { z } from 'zod'

const TextPart = z.object({ type: z.literal('text'), text: z.string() })
const ImagePart = z.object({
  type: z.literal('image_url'),
  image_url: z
    .union([z.string(), z.object({ url: z.string() })])
    .transform((image) => (typeof image === 'string' ? image : image.url)),
})
const Content = z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, ImagePart])), z.null()])

/** The part of OpenAI's chat completion request that the baselines honour; other members are accepted and ignored. */
export const ChatRequest = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({ role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']), content: Content.optional() }),
    )
    .min(1),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  n: z.literal(1, { error: 'only one answer per request is given' }).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
})
export type ChatRequest = z.infer<typeof ChatRequest>

/** A refusal in OpenAI's error shape. */
export class ChatError extends Error {
  readonly status: number
  readonly code: string
  readonly param: string | null

  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.param = param
  }

  /** The body of the reply. */
  toBody() {
    const type = this.status >= 500 ? 'server_error' : 'invalid_request_error'
    return { error: { message: this.message, type, param: this.param, code: this.code } }
  }
}

/** The text and the image bytes of a conversation: the last question, with earlier pictures where it brings none. */
export function readConversation({ messages }: ChatRequest): { prompt: string; images: Buffer[] } {
  const parts = messages.map(({ role, content }, index) => ({
    role,
    texts:
      typeof content === 'string'
        ? [content]
        : (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])),
    images:
      typeof content === 'string'
        ? []
        : (content ?? []).flatMap((part) => (part.type === 'image_url' ? [imageBytes(part.image_url, index)] : [])),
  }))
  const instructions = parts
    .filter(({ role }) => role === 'system' || role === 'developer')
    .flatMap(({ texts }) => texts)
  const last = parts.findLast(({ role }) => role === 'user')
  const images = parts.findLast((part) => part.images.length > 0)?.images ?? []
  return { prompt: [...(last?.texts ?? []), ...instructions].join('\n'), images }
}

function imageBytes(url: string, index: number): Buffer {
  const param = `messages.${index}.content`
  const data = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)$/.exec(url)
  if (data) return Buffer.from(data[1]!, 'base64')
  const message = /^https?:/.test(url)
    ? 'Images are taken as data URLs only; nothing is fetched.'
    : 'The image is not a base64 data URL.'
  throw new ChatError(400, 'invalid_image_url', message, param)
}

/** Tokens from the start on, without gaps; trailing white space is not one. */
const token = /\s*\S{1,4}/gy

/** Tokens of a text, counted as four characters each: the usual rule of thumb, not a tokeniser. */
export function countTokens(text: string): number {
  return text.match(token)?.length ?? 0
}

/** Cuts an answer at the first stop text and at the token limit, and says which of the two ends it has. */
export function limitAnswer(answer: string, request: ChatRequest): { text: string; finishReason: 'stop' | 'length' } {
  const stops = [request.stop ?? []].flat().filter(Boolean)
  const ends = stops.map((stop) => answer.indexOf(stop)).filter((at) => at >= 0)
  const text = answer.slice(0, Math.min(answer.length, ...ends))
  const tokens = text.match(token) ?? []
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity
  return tokens.length > limit
    ? { text: tokens.slice(0, limit).join(''), finishReason: 'length' }
    : { text, finishReason: 'stop' }
}

/** The pieces in which an answer is streamed: one token each. */
export function piecesOf(text: string): string[] {
  return text.match(token) ?? []
}
