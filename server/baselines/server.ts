import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { ChatError, ChatRequest, countTokens, limitAnswer, piecesOf, readConversation } from './chat.ts'
import { silentLogger, type BaselineLogger } from './logger.ts'
import { gatherBaselines, type Baselines } from './models.ts'
import { BadPicture, pictureDecoder, type Picture } from './picture/picture.ts'

const largestBody = 48 * 1024 * 1024

/** How the baselines are served: port 0 takes any free one, `cacheDir` keeps texts read from pictures. */
export interface ServeOptions {
  host?: '127.0.0.1'
  port: number
  cacheDir: string
  logger?: BaselineLogger
}

/**
 * Serves the built-in models on loopback as an OpenAI-compatible endpoint; `url` is its base address, ending in `/v1`.
 * Rejects with the system's error when the port is taken.
 */
export async function serveBaselines(
  options: ServeOptions,
): Promise<{ url: string; models: string[]; close(): Promise<void> }> {
  const { host = '127.0.0.1', port, cacheDir, logger = silentLogger } = options
  const baselines = gatherBaselines({ cacheDir, logger })
  const app = buildBaselineApp(baselines, logger)
  app.addHook('onClose', () => baselines.close())
  await app.listen({ host, port })
  const bound = app.server.address() as AddressInfo // a TCP server that listens has an address of this shape
  return { url: `http://${host}:${bound.port}/v1`, models: baselines.names, close: () => app.close() }
}

/** The HTTP side: `GET /v1/models`, `GET /v1/models/:id` and `POST /v1/chat/completions`, errors in OpenAI's shape. Does not listen. */
export function buildBaselineApp(baselines: Baselines, logger: BaselineLogger): FastifyInstance {
  const app = fastify({ bodyLimit: largestBody, forceCloseConnections: true })
  const decode = pictureDecoder()
  const models = baselines.names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'built-in' }))

  app.setErrorHandler((error, _request, reply) => {
    const refusal = asChatError(error)
    if (refusal.status >= 500) logger.info({ error: String(error) }, 'a request failed')
    return reply.code(refusal.status).send(refusal.toBody())
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(new ChatError(404, 'unknown_url', `There is nothing at ${request.method} ${request.url}`).toBody()),
  )

  app.get('/v1/models', async () => ({ object: 'list', data: models }))
  app.get<{ Params: { id: string } }>('/v1/models/:id', async (request) => {
    const found = models.find(({ id }) => id === request.params.id)
    if (!found) throw unknownModel(request.params.id)
    return found
  })

  app.post('/v1/chat/completions', async (request, reply) => {
    const chat = parseChat(request.body)
    const { prompt, images } = readConversation(chat)
    const pictures = await Promise.all(images.map(decode))
    const answer = baselines.answer(chat.model, prompt, pictures)
    if (!answer) throw unknownModel(chat.model)
    const completion = completionOf(chat, prompt, pictures, await answer)
    return chat.stream ? streamCompletion(reply, chat, completion) : completion
  })
  return app
}

type Completion = ReturnType<typeof completionOf>

function completionOf(chat: ChatRequest, prompt: string, pictures: Picture[], answer: string) {
  const { text, finishReason } = limitAnswer(answer, chat)
  const promptTokens = countTokens(prompt) + pictures.reduce((sum, picture) => sum + imageTokens(picture), 0)
  const completionTokens = countTokens(text)
  const key = JSON.stringify([chat.model, prompt, pictures.map(({ sha256 }) => sha256), text])
  return {
    // The same request gets the same reply, byte for byte: neither clock nor chance has a part in it.
    id: `chatcmpl-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`,
    object: 'chat.completion',
    created: 0,
    model: chat.model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason, logprobs: null }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  }
}

/** One token for every tile of 28 × 28 pixels, as many vision models count. */
function imageTokens({ width, height }: Picture): number {
  return Math.ceil(width / 28) * Math.ceil(height / 28)
}

function streamCompletion(reply: FastifyReply, chat: ChatRequest, completion: Completion) {
  const { id, created, model, usage } = completion
  const choice = completion.choices[0]!
  const base = { id, object: 'chat.completion.chunk', created, model }
  const chunks = [
    { ...base, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    ...piecesOf(choice.message.content).map((content) => ({
      ...base,
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: choice.finish_reason }] },
    ...(chat.stream_options?.include_usage ? [{ ...base, choices: [], usage }] : []),
  ]
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((event) => `data: ${event}\n\n`)
  return reply.type('text/event-stream').header('cache-control', 'no-cache').send(events.join(''))
}

function parseChat(body: unknown): ChatRequest {
  const parsed = ChatRequest.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const param = issue?.path.join('.') || null
  throw new ChatError(400, 'invalid_request', `${param ?? 'body'}: ${issue?.message ?? 'not understood'}`, param)
}

function unknownModel(model: string): ChatError {
  return new ChatError(404, 'model_not_found', `The model \`${model}\` does not exist`, 'model')
}

function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error
  if (error instanceof BadPicture) return new ChatError(400, 'invalid_image', error.message, 'messages')
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status >= 500 || !(error instanceof Error))
    return new ChatError(500, 'internal_error', 'The answer could not be worked out')
  return new ChatError(status, status === 413 ? 'request_too_large' : 'invalid_request', error.message)
}
