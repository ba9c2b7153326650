import { z } from 'zod'
import { canBeSeen, isOfType } from './see-picture.ts'
import {
  Refusal,
  serveModel,
  takeBody,
  type Asked,
  type Format,
  type ModelServer,
  type ServiceRequest,
} from './serve-model.ts'

interface AnthropicServer {
  key?: string
  model?: string
  /** Tokens of thought among those put out, which newer models tell. */
  tellsThinkingTokens?: boolean
}

const stopReasons = { 'by itself': 'end_turn', 'at the limit': 'max_tokens', 'by refusing': 'refusal' } as const
const mostImageBytes = 5 * 1024 * 1024

const TextBlock = z.strictObject({
  type: z.literal('text'),
  text: z.string().regex(/\S/, 'text content blocks must contain non-whitespace text'),
})
const ImageBlock = z.strictObject({
  type: z.literal('image'),
  source: z.strictObject({
    type: z.literal('base64'),
    media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
    data: z.base64(),
  }),
})
const display = z.enum(['summarized', 'omitted']).optional()
const Thinking = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), display }),
  z.strictObject({ type: z.literal('adaptive'), display }),
  z.strictObject({ type: z.literal('disabled') }),
])
const Body = z.strictObject({
  model: z.string(),
  max_tokens: z.int().positive(),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        content: z.union([z.string().min(1), z.array(z.union([TextBlock, ImageBlock])).min(1)]),
      }),
    )
    .min(1),
  system: z.string().min(1).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().positive().optional(),
  stop_sequences: z.array(z.string().regex(/\S/, 'each stop sequence must contain non-whitespace')).optional(),
  thinking: Thinking.optional(),
  output_config: z.strictObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']) }).optional(),
  stream: z.boolean().optional(),
})

/** The Messages API of Anthropic: its headers, its members and no others, its words for what it refuses. */
export function serveAnthropic(options: AnthropicServer, says: ModelServer['says']): Promise<ModelServer> {
  return serveModel(anthropicMessages(options), says)
}

function anthropicMessages({
  key = 'sk-ant-test-key-0001',
  model = 'claude-sonnet-4-5',
  tellsThinkingTokens = false,
}: AnthropicServer): Format {
  const admit = ({ headers, path, query }: ServiceRequest, wanted: string) => {
    if (path !== wanted || [...query.keys()].some((name) => name !== 'limit'))
      throw refusal(404, 'not_found_error', 'Not found')
    if (headers['anthropic-version'] === undefined)
      throw refusal(400, 'invalid_request_error', 'anthropic-version: header is required')
    if (headers['anthropic-version'] !== '2023-06-01')
      throw refusal(400, 'invalid_request_error', 'anthropic-version: is not a valid version')
    if (headers.authorization !== undefined) throw refusal(401, 'authentication_error', 'invalid bearer token')
    if (headers['x-api-key'] === undefined) throw refusal(401, 'authentication_error', 'x-api-key header is required')
    if (headers['x-api-key'] !== key) throw refusal(401, 'authentication_error', 'invalid x-api-key')
  }
  return {
    list(request) {
      admit(request, '/v1/models')
      const entry = { type: 'model', id: model, display_name: model, created_at: '2025-09-29T00:00:00Z' }
      return { data: [entry], has_more: false, first_id: model, last_id: model }
    },

    async read(request) {
      admit(request, '/v1/messages')
      const body = takeBody(Body, request.text, (where, what) =>
        refusal(
          400,
          'invalid_request_error',
          `${where}: ${what === 'unknown' ? 'Extra inputs are not permitted' : what}`,
        ),
      )
      if (body.model !== model) throw refusal(404, 'not_found_error', `model: ${body.model}`)
      const wrong = faultOfSampling(body)
      if (wrong) throw refusal(400, 'invalid_request_error', wrong)
      const parts = partsOf(body)
      for (const [index, part] of parts.entries()) {
        if (typeof part === 'string') continue
        const fault = await faultOfPicture(part)
        if (fault)
          throw refusal(400, 'invalid_request_error', `messages.0.content.${index}.image.source.base64${fault}`)
      }
      return { model, system: body.system ?? null, parts, body }
    },

    write({ answer, thinking, ended = 'by itself' }) {
      const thought =
        thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h' }]
      const told = tellsThinkingTokens
        ? { output_tokens_details: { thinking_tokens: thinking === undefined ? 0 : 60 } }
        : {}
      return {
        id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
        type: 'message',
        role: 'assistant',
        model,
        content: [...thought, ...(answer === '' ? [] : [{ type: 'text', text: answer }])],
        stop_reason: stopReasons[ended],
        stop_sequence: null,
        usage: {
          input_tokens: 700,
          cache_creation_input_tokens: 72,
          cache_read_input_tokens: 128,
          output_tokens: 64,
          service_tier: 'standard',
          ...told,
        },
      }
    },

    stream({ content, stop_reason, usage, ...message }: Message) {
      const blocks = content.flatMap((block, index) => {
        const kind = block.text === undefined ? 'thinking' : 'text'
        return [
          { type: 'content_block_start', index, content_block: { ...block, [kind]: '' } },
          { type: 'content_block_delta', index, delta: { type: `${kind}_delta`, [kind]: block[kind] } },
          { type: 'content_block_stop', index },
        ]
      })
      return [
        { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
        ...blocks,
        { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: usage.output_tokens } },
        { type: 'message_stop' },
      ]
    },
  }
}

interface Message {
  content: { type: string; text?: string; thinking?: string }[]
  stop_reason: string
  usage: { output_tokens: number }
}

function refusal(status: number, type: string, message: string): Refusal {
  return new Refusal({
    status,
    body: { type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
  })
}

/** What the models of each generation refuse: budgets of thought up to 4.5, effort from 4.6 on, sampling from 4.7 on. */
function faultOfSampling(body: z.infer<typeof Body>): string | null {
  const { model, thinking, temperature, top_k: topK, top_p: topP, max_tokens: maxTokens } = body
  const isOld = /claude-(3|[a-z]+-4-[0-5])/.test(model)
  const isNew = /claude-[a-z]+-(4-[7-9]|[5-9])/.test(model)
  if (isNew && temperature !== undefined && temperature !== 1) return '`temperature` is deprecated for this model.'
  if (isNew && topK !== undefined) return '`top_k` is deprecated for this model.'
  if (isNew && topP !== undefined && topP < 0.99) return '`top_p` is deprecated for this model.'
  if (isOld && body.output_config) return 'This model does not support the effort parameter.'
  if (isOld && thinking?.type === 'adaptive') return 'adaptive thinking is not supported on this model'
  if (isNew && thinking?.type === 'enabled') return '"thinking.type.enabled" is not supported for this model.'
  if (thinking?.type === 'enabled' && thinking.budget_tokens >= maxTokens)
    return '`max_tokens` must be greater than `thinking.budget_tokens`.'
  if (thinking && thinking.type !== 'disabled' && temperature !== undefined && temperature !== 1)
    return '`temperature` may only be set to 1 when thinking is enabled.'
  if (thinking && thinking.type !== 'disabled' && topK !== undefined)
    return '`top_k` must be unset when thinking is enabled.'
  return null
}

async function faultOfPicture(picture: Exclude<Asked['parts'][number], string>): Promise<string | null> {
  const base64Bytes = Math.ceil(picture.bytes.length / 3) * 4
  if (base64Bytes > mostImageBytes)
    return `: image exceeds 5 MB maximum: ${base64Bytes} bytes > ${mostImageBytes} bytes`
  if (!isOfType(picture)) return `: Image does not match the provided media type ${picture.mediaType}`
  return (await canBeSeen(picture)) ? null : ': Could not process image'
}

function partsOf({ messages }: z.infer<typeof Body>): Asked['parts'] {
  const last = messages.at(-1)!
  if (messages[0]!.role !== 'user')
    throw refusal(400, 'invalid_request_error', 'messages: first message must use the "user" role')
  if (last.role !== 'user') throw refusal(400, 'invalid_request_error', 'the conversation must end with a user message')
  if (messages.length > 1)
    throw refusal(400, 'invalid_request_error', 'messages: roles must alternate between "user" and "assistant"')
  if (typeof last.content === 'string') return [last.content]
  return last.content.map((block) =>
    block.type === 'text'
      ? block.text
      : { mediaType: block.source.media_type, bytes: Buffer.from(block.source.data, 'base64') },
  )
}
