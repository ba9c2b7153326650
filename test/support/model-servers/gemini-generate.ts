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

interface GeminiServer {
  key?: string
  model?: string
}

const finishReasons = { 'by itself': 'STOP', 'at the limit': 'MAX_TOKENS', 'by refusing': 'SAFETY' } as const
const service = 'generativelanguage.googleapis.com'

const TextPart = z.strictObject({ text: z.string().min(1) })
const ImagePart = z.strictObject({ inlineData: z.strictObject({ mimeType: z.string(), data: z.base64() }) })
const Body = z.strictObject({
  contents: z
    .array(z.strictObject({ role: z.string().optional(), parts: z.array(z.union([TextPart, ImagePart])).min(1) }))
    .min(1),
  systemInstruction: z.strictObject({ parts: z.array(TextPart).min(1) }).optional(),
  generationConfig: z
    .strictObject({
      maxOutputTokens: z.int().positive().optional(),
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().min(0).max(1).optional(),
      topK: z.int().positive().optional(),
      seed: z.int().optional(),
      stopSequences: z.array(z.string()).max(5).optional(),
      thinkingConfig: z
        .strictObject({
          includeThoughts: z.boolean().optional(),
          thinkingBudget: z.int().min(-1).optional(),
          thinkingLevel: z.enum(['minimal', 'low', 'medium', 'high']).optional(),
        })
        .optional(),
    })
    .optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
})

/** Google's Gemini API: `generateContent` and the list of models, with its details of errors. */
export function serveGemini(options: GeminiServer, says: ModelServer['says']): Promise<ModelServer> {
  return serveModel(generateContent(options), says)
}

function generateContent({ key = 'AIzaSyTest-key-0001', model = 'gemini-2.5-pro' }: GeminiServer): Format {
  const admit = ({ headers, query, path }: ServiceRequest) => {
    if (query.has('key')) throw new Error('the key stands in the address')
    const sent = headers['x-goog-api-key']
    if (headers.authorization !== undefined)
      throw refusal(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (sent === undefined)
      throw refusal(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      )
    if (sent !== key) throw invalidKey()
    if (!path.startsWith('/v1beta/')) throw new Refusal({ status: 404, body: '' })
  }
  return {
    list(request) {
      admit(request)
      if (request.path !== '/v1beta/models') throw new Refusal({ status: 404, body: '' })
      const others = { name: 'models/text-embedding-004', supportedGenerationMethods: ['embedContent'] }
      const supportedGenerationMethods = ['generateContent', 'countTokens']
      return { models: [others, { name: `models/${model}`, inputTokenLimit: 1_048_576, supportedGenerationMethods }] }
    },

    async read(request) {
      admit(request)
      const [, asked] =
        /^\/v1beta\/models\/([^/:]+):(?:generateContent|streamGenerateContent)$/.exec(request.path) ?? []
      if (asked === undefined) throw new Refusal({ status: 404, body: '' })
      if (decodeURIComponent(asked) !== model)
        throw refusal(
          404,
          'NOT_FOUND',
          `models/${asked} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
        )
      const body = takeBody(Body, request.text, (where, what) =>
        invalid(
          what === 'unknown'
            ? `Invalid JSON payload received. Unknown name "${where.split('.').at(-1)}" at '${where}': Cannot find field.`
            : `${where}: ${what}`,
        ),
      )
      const wrong = faultOfThinking(model, body)
      if (wrong) throw invalid(wrong)
      const parts = partsOf(body)
      for (const part of parts) {
        if (typeof part === 'string') continue
        if (!/^image\/(png|jpeg|webp|heic|heif)$/.test(part.mediaType))
          throw invalid(`Unsupported MIME type: ${part.mediaType}`)
        if (!isOfType(part) || !(await canBeSeen(part)))
          throw invalid(
            'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
          )
      }
      const system = body.systemInstruction?.parts.map(({ text }) => text).join('') ?? null
      return { model, system, parts, body }
    },

    write({ answer, thinking, ended = 'by itself' }, { body }) {
      const config = body['generationConfig'] as { thinkingConfig?: { includeThoughts?: boolean } } | undefined
      const isShown = thinking !== undefined && config?.thinkingConfig?.includeThoughts === true
      const parts = [
        ...(isShown ? [{ text: thinking, thought: true }] : []),
        ...(answer === '' ? [] : [{ text: answer, thoughtSignature: 'CpwGAVSoXO4' }]),
      ]
      const thoughtsTokenCount = thinking === undefined ? {} : { thoughtsTokenCount: 60 }
      return {
        candidates: [
          { content: { ...(parts.length && { parts }), role: 'model' }, finishReason: finishReasons[ended], index: 0 },
        ],
        usageMetadata: {
          promptTokenCount: 900,
          candidatesTokenCount: 4,
          totalTokenCount: thinking === undefined ? 904 : 964,
          cachedContentTokenCount: 128,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 642 },
            { modality: 'IMAGE', tokenCount: 258 },
          ],
          ...thoughtsTokenCount,
        },
        modelVersion: model,
        responseId: 'mJ2oaK7QHYKzqtsP2dyB6AQ',
      }
    },

    stream: (whole) => [whole],
  }
}

function refusal(status: number, name: string, message: string, details?: object[]): Refusal {
  return new Refusal({ status, body: { error: { code: status, message, status: name, ...(details && { details }) } } })
}

function invalid(message: string): Refusal {
  return refusal(400, 'INVALID_ARGUMENT', message)
}

function invalidKey(): Refusal {
  const message = 'API key not valid. Please pass a valid API key.'
  return refusal(400, 'INVALID_ARGUMENT', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service },
    },
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
  ])
}

/** Models before 2.5 do not think, those of 2.5 take a budget, later ones a level. */
function faultOfThinking(model: string, { generationConfig }: z.infer<typeof Body>): string | null {
  const thinking = generationConfig?.thinkingConfig
  if (!thinking) return null
  if (!/gemini-(2\.5|[3-9])/.test(model)) return 'Thinking is not enabled for this model.'
  if (thinking.thinkingLevel && thinking.thinkingBudget !== undefined)
    return 'You can only set only one of thinking budget and thinking level.'
  if (/gemini-2\.5/.test(model) && thinking.thinkingLevel) return 'Thinking level is not supported for this model.'
  if (/gemini-2\.5-pro/.test(model) && thinking.thinkingBudget === 0)
    return 'Budget 0 is invalid. This model only works in thinking mode.'
  return null
}

function partsOf({ contents }: z.infer<typeof Body>): Asked['parts'] {
  for (const { role } of contents) {
    if (role !== undefined && role !== 'user' && role !== 'model')
      throw invalid('Please use a valid role: user, model.')
  }
  const [only, ...more] = contents
  if (!only || more.length > 0 || only.role === 'model') throw invalid('one turn of the user was expected')
  return only.parts.map((part) =>
    'text' in part
      ? part.text
      : { mediaType: part.inlineData.mimeType, bytes: Buffer.from(part.inlineData.data, 'base64') },
  )
}
