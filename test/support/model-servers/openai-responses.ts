import { z } from 'zod'
import { canBeSeen, DataUrl, pictureAt } from './see-picture.ts'
import {
  Refusal,
  serveModel,
  takeBody,
  type Asked,
  type Format,
  type ModelServer,
  type ServiceRequest,
} from './serve-model.ts'

interface ResponsesServer {
  key?: string
  model?: string
  /** Azure's: its path and its header for the key. */
  azure?: boolean
}

const InputText = z.strictObject({ type: z.literal('input_text'), text: z.string() })
const InputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: DataUrl,
  detail: z.enum(['low', 'high', 'auto', 'original']),
})
const Body = z.strictObject({
  model: z.string(),
  input: z.union([
    z.string(),
    z
      .array(
        z.strictObject({
          type: z.literal('message').optional(),
          role: z.enum(['user', 'assistant', 'system', 'developer']),
          content: z.union([z.string(), z.array(z.union([InputText, InputImage])).min(1)]),
        }),
      )
      .min(1),
  ]),
  instructions: z.string().optional(),
  max_output_tokens: z.int().min(16).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
      summary: z.enum(['auto', 'concise', 'detailed']).optional(),
    })
    .optional(),
  store: z.boolean().optional(),
  stream: z.boolean().optional(),
})

/** OpenAI's Responses API, which refuses any member that it does not know by name. */
export function serveResponses(options: ResponsesServer, says: ModelServer['says']): Promise<ModelServer> {
  return serveModel(responses(options), says)
}

function responses({ key = 'sk-test-key-0001', model = 'gpt-4o', azure = false }: ResponsesServer): Format {
  const admit = ({ headers, path }: ServiceRequest, wanted: string) => {
    if (path !== `${azure ? '/openai' : ''}/v1${wanted}`) throw refusal(404, `Invalid URL (POST ${path})`, null)
    const sent = azure ? headers['api-key'] : headers.authorization?.replace(/^Bearer /, '')
    if (sent === undefined) throw refusal(401, "You didn't provide an API key.", null)
    if (sent !== key) throw refusal(401, 'Incorrect API key provided: sk-…0002.', 'invalid_api_key')
  }
  return {
    list(request) {
      admit(request, '/models')
      return { object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by: 'system' }] }
    },

    async read(request) {
      admit(request, '/responses')
      const body = takeBody(Body, request.text, (where, what) =>
        what === 'unknown'
          ? refusal(400, `Unknown parameter: '${where}'.`, 'unknown_parameter', where)
          : refusal(400, `Invalid value: '${where}'. ${what}`, 'invalid_value', where),
      )
      if (body.model !== model)
        throw refusal(400, `The requested model '${body.model}' does not exist.`, 'model_not_found', 'model')
      const wrong = faultOfReasoning(body)
      if (wrong)
        throw refusal(
          400,
          `Unsupported parameter: '${wrong}' is not supported with this model.`,
          'unsupported_parameter',
          wrong,
        )
      const parts = partsOf(body)
      for (const part of parts) {
        if (typeof part !== 'string' && !(await canBeSeen(part)))
          throw refusal(400, 'The image data you provided does not represent a valid image.', 'invalid_image_format')
      }
      return { model, system: body.instructions ?? null, parts, body }
    },

    write({ answer, thinking, ended = 'by itself' }, { body }) {
      const isCut = ended === 'at the limit'
      const wantsSummary = (body['reasoning'] as { summary?: string } | undefined)?.summary !== undefined
      const summary = thinking !== undefined && wantsSummary ? [{ type: 'summary_text', text: thinking }] : []
      const reasoning = thinking === undefined ? [] : [{ id: 'rs_1', type: 'reasoning', summary }]
      const content =
        ended === 'by refusing'
          ? [{ type: 'refusal', refusal: answer }]
          : [{ type: 'output_text', text: answer, annotations: [], logprobs: [] }]
      const status = isCut ? 'incomplete' : 'completed'
      const message = { id: 'msg_1', type: 'message', status, role: 'assistant', content }
      return {
        id: 'resp_1',
        object: 'response',
        created_at: 1,
        status,
        error: null,
        incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
        model,
        output: [...reasoning, ...(answer === '' ? [] : [message])],
        usage: {
          input_tokens: 900,
          input_tokens_details: { cached_tokens: 128 },
          output_tokens: 64,
          output_tokens_details: { reasoning_tokens: thinking === undefined ? 0 : 60 },
          total_tokens: 964,
        },
      }
    },

    stream: (response) => [{ type: 'response.created' }, { type: 'response.completed', response }],
  }
}

function refusal(status: number, message: string, code: string | null, param: string | null = null): Refusal {
  return new Refusal({ status, body: { error: { message, type: 'invalid_request_error', param, code } } })
}

/** Reasoning models take no sampling, and others no effort. */
function faultOfReasoning({ model, temperature, top_p: topP, reasoning }: z.infer<typeof Body>): string | null {
  const reasons = /^(o\d|gpt-5)/.test(model)
  if (reasons && reasoning?.effort !== 'none' && temperature !== undefined) return 'temperature'
  if (reasons && reasoning?.effort !== 'none' && topP !== undefined) return 'top_p'
  return !reasons && reasoning?.effort !== undefined ? 'reasoning.effort' : null
}

function partsOf({ input }: z.infer<typeof Body>): Asked['parts'] {
  if (typeof input === 'string') return [input]
  const [only, ...more] = input
  if (only?.role !== 'user' || more.length > 0) throw refusal(400, 'one message of the user was expected', null)
  if (typeof only.content === 'string') return [only.content]
  return only.content.map((part) => (part.type === 'input_text' ? part.text : pictureAt(part.image_url)))
}
