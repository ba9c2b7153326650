import { z } from 'zod'
import {
  Refusal,
  serveModel,
  takeBody,
  type Asked,
  type Format,
  type ModelServer,
  type ServiceRequest,
} from './serve-model.ts'
import { canBeSeen, DataUrl, pictureAt } from './see-picture.ts'

/** How a server of chat completions shows what a model thought. */
type Thinking = 'in tags' | 'reasoning' | 'reasoning_content' | 'hidden'

interface ChatServer {
  key?: string
  model?: string
  thinking?: Thinking
  /** Azure's: its paths, its version in the query, its header for the key. */
  azure?: boolean
}

const finishReasons = { 'by itself': 'stop', 'at the limit': 'length', 'by refusing': 'content_filter' } as const

const TextPart = z.strictObject({ type: z.literal('text'), text: z.string() })
const ImagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: DataUrl, detail: z.enum(['low', 'high', 'auto']).optional() }),
})
const Content = z.union([z.string(), z.array(z.union([TextPart, ImagePart])).min(1)])
const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: Content }),
])
const Body = z.strictObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  top_k: z.int().optional(),
  seed: z.int().optional(),
  stop: z.array(z.string()).min(1).optional(),
  reasoning_effort: z.string().optional(),
  stream: z.boolean().optional(),
})

/** Chat completions as vLLM serves them, with or without a reasoning parser, or as Azure OpenAI does. */
export function serveChat(options: ChatServer, says: ModelServer['says']): Promise<ModelServer> {
  return serveModel(chatCompletions(options), says)
}

function chatCompletions({ key, model = 'thinker', thinking = 'hidden', azure = false }: ChatServer): Format {
  const admit = ({ headers, path, query }: ServiceRequest, wanted: string) => {
    const sentKey = azure ? headers['api-key'] : headers.authorization?.replace(/^Bearer /, '')
    if (key !== undefined && sentKey !== key) throw refusal(401, 'Incorrect API key provided.', 'invalid_api_key')
    if (azure && headers.authorization !== undefined) throw refusal(401, 'The token is invalid.', 'invalid_token')
    const root = azure ? `/openai/deployments/${model}` : '/v1'
    const isVersioned = query.get('api-version') !== null
    if (path !== root + wanted || isVersioned !== azure) throw refusal(404, 'Resource not found', '404')
  }
  return {
    list(request) {
      admit(request, '/models')
      return { object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'somebody' }] }
    },

    async read(request) {
      admit(request, '/chat/completions')
      const body = takeBody(Body, request.text, (where, what) =>
        refusal(400, `${where}: ${what}`, 'invalid_request_error'),
      )
      if (!azure && body.model !== model)
        throw refusal(404, `The model \`${body.model}\` does not exist.`, 'model_not_found')
      const asked = { model, system: systemOf(body), parts: partsOf(body), body }
      for (const part of asked.parts) {
        if (typeof part !== 'string' && !(await canBeSeen(part)))
          throw refusal(400, 'cannot identify image file', 'BadRequestError')
      }
      return asked
    },

    write({ answer, thinking: thought, ended = 'by itself' }) {
      const shown = thought === undefined ? {} : { [thinking]: thought }
      const text =
        thought !== undefined && thinking === 'in tags' ? `<think>\n${thought}\n</think>\n\n${answer}` : answer
      const apart = thinking === 'reasoning' || thinking === 'reasoning_content' ? shown : {}
      const message = { role: 'assistant', content: text, refusal: null, tool_calls: [], ...apart }
      return {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, message, logprobs: null, finish_reason: finishReasons[ended], stop_reason: null }],
        usage: {
          prompt_tokens: 900,
          total_tokens: 964,
          completion_tokens: 64,
          prompt_tokens_details: { cached_tokens: 128 },
          completion_tokens_details: { reasoning_tokens: thought === undefined ? 0 : 60 },
        },
      }
    },

    stream({ choices: [choice], usage, ...head }: Completion) {
      const chunk = { ...head, object: 'chat.completion.chunk' }
      const { message, finish_reason } = choice!
      return [
        { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] },
        { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
        { ...chunk, choices: [], usage },
        '[DONE]',
      ]
    },
  }
}

interface Completion {
  choices: { message: object; finish_reason: string }[]
  usage: object
}

function refusal(status: number, message: string, code: string): Refusal {
  return new Refusal({ status, body: { error: { message, type: 'invalid_request_error', param: null, code } } })
}

function systemOf({ messages: [first] }: z.infer<typeof Body>): string | null {
  return first?.role === 'system' ? first.content : null
}

function partsOf({ messages }: z.infer<typeof Body>): Asked['parts'] {
  const [user, ...more] = messages.filter(({ role }) => role === 'user')
  if (!user || more.length > 0) throw refusal(400, 'one message of the user was expected', 'invalid_request_error')
  if (typeof user.content === 'string') return [user.content]
  return user.content.map((part) => (part.type === 'text' ? part.text : pictureAt(part.image_url.url)))
}
