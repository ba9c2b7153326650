import { z } from 'zod'
import type { Secret } from '#server/core/secrets.ts'
import { budgetFor } from './effort.ts'
import { failureIn, unreadable } from './http-failure.ts'
import { Base64Text, jsonPieces, withExtra } from './json-pieces.ts'
import type { Protocol, Sampling, WirePart, WirePrompt, WireReply, WireSettings } from './protocol.ts'
import { parseBody, readEvents, readModelIds } from './reply-body.ts'

/** `POST {base}/v1/messages`, the Messages API of Anthropic and of those who serve it too. */
export const anthropic: Protocol = {
  baseUrlOf: (url) => url.replace(/(?<!\/)\/+$/, '').replace(/\/v1(\/messages|\/models)?$/, ''),

  buildListing: (_, key) => ({ path: '/v1/models?limit=1000', headers: headersFor(key) }),

  readListing: readModelIds,

  buildRequest: (settings, key, prompt) => ({
    path: '/v1/messages',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headersFor(key) },
    body: jsonPieces(bodyOf(settings, prompt)),
  }),

  readReply(status, headers, body) {
    const parsed = parseBody(body) ?? assembleMessage(body)
    const failure = failureIn(status, headers, body, parsed)
    if (failure) return failure
    const message = Message.safeParse(parsed)
    return message.success ? replyOf(message.data) : unreadable(status, headers, body)
  },
}

function headersFor(key: Secret | null): Record<string, string> {
  return { 'anthropic-version': '2023-06-01', ...(key && { 'x-api-key': key.reveal() }) }
}

function bodyOf(
  { remoteModel, sampling, extraBody, streamed = false }: WireSettings,
  { parts }: WirePrompt,
): Record<string, unknown> {
  // The service refuses stops that are nothing but white space.
  const stops = sampling.stop?.filter((text) => text.trim() !== '') ?? []
  const ours = {
    model: remoteModel,
    max_tokens: sampling.maxTokens,
    stop_sequences: stops.length > 0 ? stops : null,
    system: sampling.system,
    ...choicesFor(remoteModel, sampling),
  }
  // Nor does it take texts of which nothing can be seen.
  const content = parts.filter((part) => part.kind !== 'text' || part.text.trim() !== '').map(blockOf)
  const messages = [{ role: 'user', content }]
  return { ...withExtra(ours, extraBody), messages, stream: streamed }
}

function blockOf(part: WirePart): object {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  return { type: 'image', source: { type: 'base64', media_type: part.mediaType, data: new Base64Text(part.base64) } }
}

/**
 * Thought and sampling as each generation of Claude takes them: a budget of thought up to 4.5 and an effort from 4.6 on;
 * no sampling beside thought, and none at all from 4.7 on.
 */
function choicesFor(model: string, sampling: Sampling): Record<string, unknown> {
  const { reasoningEffort: effort, temperature, topP: top_p, topK: top_k } = sampling
  const generation = generationOf(model)
  const takesSampling = generation === null || generation < 4.7
  const plain = takesSampling ? { temperature, top_p, top_k } : {}
  if (effort === null) return plain
  if (effort === 'none') return { ...plain, thinking: { type: 'disabled' } }
  if (generation === null || generation > 4.5) {
    return { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort } }
  }
  const { budget, limit } = budgetFor(effort, sampling.maxTokens, [1024, 128_000])
  return { max_tokens: limit, thinking: { type: 'enabled', budget_tokens: budget } }
}

/** 3.5 of `claude-3-5-sonnet-20241022`, 4.6 of `claude-opus-4-6`; null for a name that tells none. */
function generationOf(model: string): number | null {
  const [, major, minor = '0'] = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d)(?!\d))?(?!\d)/.exec(model) ?? []
  return major === undefined ? null : Number(`${major}.${minor}`)
}

const Tokens = z.number().nullish().catch(null)
const Block = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.string() }).transform(() => null),
])
const Message = z.object({
  model: z.string().nullish().catch(null),
  content: z.array(Block),
  stop_reason: z.string().nullish(),
  usage: z
    .object({
      input_tokens: Tokens,
      cache_creation_input_tokens: Tokens,
      cache_read_input_tokens: Tokens,
      output_tokens: Tokens,
      output_tokens_details: z.object({ thinking_tokens: Tokens }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
})

function replyOf({ content, model, stop_reason: finishReason = null, usage }: z.infer<typeof Message>): WireReply {
  const thoughts = content.flatMap((block) => (block?.type === 'thinking' && block.thinking ? [block.thinking] : []))
  return {
    kind: 'reply',
    response: content.flatMap((block) => (block?.type === 'text' ? [block.text] : [])).join(''),
    thinking: thoughts.join('\n\n') || null,
    finishReason,
    refused: finishReason === 'refusal',
    truncated: finishReason === 'max_tokens' || finishReason === 'model_context_window_exceeded',
    repliedModel: model ?? null,
    ...tokensOf(usage),
  }
}

/** What came from the cache and what went into it are counted apart from the rest of the input. */
function tokensOf(usage: z.infer<typeof Message>['usage']) {
  const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: cached } = usage ?? {}
  return {
    tokensIn: fresh == null ? null : fresh + (written ?? 0) + (cached ?? 0),
    tokensOut: usage?.output_tokens ?? null,
    tokensCached: cached ?? null,
    tokensThinking: usage?.output_tokens_details?.thinking_tokens ?? null,
  }
}

const Members = z.record(z.string(), z.unknown()).catch({})
const StreamEvent = z.object({
  type: z.string(),
  message: Members,
  index: z.number().catch(0),
  content_block: Members,
  delta: z.object({ text: z.string(), thinking: z.string(), stop_reason: z.string() }).partial().catch({}),
  usage: Members,
  error: z.unknown().optional(),
})

/** The message that a stream nobody asked for adds up to; undefined for no stream, and for one that broke off. */
function assembleMessage(body: string): unknown {
  const events = readEvents(body)?.events.flatMap((event) => StreamEvent.safeParse(event).data ?? []) ?? []
  const failed = events.find(({ type }) => type === 'error')
  if (failed) return { type: 'error', error: failed.error }
  const [start, last] = ['message_start', 'message_delta'].map((type) => events.find((event) => event.type === type))
  if (!start || !last || !events.some(({ type }) => type === 'message_stop')) return undefined
  const content = events
    .filter(({ type }) => type === 'content_block_start')
    .map(({ index, content_block: block }) => ({ ...block, ...textsOf(events, index) }))
  const usage = { ...Members.parse(start.message['usage']), ...last.usage }
  return { ...start.message, content, stop_reason: last.delta.stop_reason, usage }
}

function textsOf(events: z.infer<typeof StreamEvent>[], index: number): { text: string; thinking: string } {
  const deltas = events.filter((event) => event.type === 'content_block_delta' && event.index === index)
  const joined = (name: 'text' | 'thinking') => deltas.map(({ delta }) => delta[name] ?? '').join('')
  return { text: joined('text'), thinking: joined('thinking') }
}
