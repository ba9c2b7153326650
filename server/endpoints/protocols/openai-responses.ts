import { z } from 'zod'
import { keyHeader, openAiBase } from './azure.ts'
import { failureIn, unreadable } from './http-failure.ts'
import { Base64Text, jsonPieces, withExtra } from './json-pieces.ts'
import { openai } from './openai.ts'
import type { Protocol, Sampling, WireFailure, WirePart, WirePrompt, WireReply, WireSettings } from './protocol.ts'
import { parseBody, readEvents } from './reply-body.ts'

/** `POST {base}/responses`, OpenAI's Responses API, which Azure and some servers of open models speak too. */
export const openaiResponses: Protocol = {
  baseUrlOf: openAiBase,
  buildListing: openai.buildListing,
  readListing: openai.readListing,

  buildRequest: (settings, key, prompt) => ({
    path: '/responses',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...keyHeader(settings.baseUrl, key),
    },
    body: jsonPieces(bodyOf(settings, prompt)),
  }),

  readReply(status, headers, body) {
    const parsed = parseBody(body) ?? lastOf(body)
    const failure = failureIn(status, headers, body, parsed)
    if (failure) return failure
    const response = Response.safeParse(parsed)
    return response.success ? outcomeOf(response.data) : unreadable(status, headers, body)
  },
}

/** The service keeps no copy of what is asked: `store` is its own default. */
function bodyOf(
  { remoteModel, sampling, extraBody, streamed = false }: WireSettings,
  { parts }: WirePrompt,
): Record<string, unknown> {
  const ours = {
    model: remoteModel,
    instructions: sampling.system,
    // The least that the service takes.
    max_output_tokens: Math.max(16, sampling.maxTokens),
    store: false,
    ...choicesFor(remoteModel, sampling),
  }
  const input = [{ role: 'user', content: parts.map(partOf) }]
  return { ...withExtra(ours, extraBody), input, stream: streamed }
}

function partOf(part: WirePart): object {
  if (part.kind === 'text') return { type: 'input_text', text: part.text }
  const image_url = new Base64Text(part.base64, `data:${part.mediaType};base64,`)
  return { type: 'input_image', detail: 'auto', image_url }
}

/** The o series and GPT-5 take no sampling while they reason. */
function choicesFor(model: string, { reasoningEffort: effort, temperature, topP: top_p }: Sampling): object {
  const reasons = /(^|\/)(o\d|gpt-5)/.test(model) && !model.includes('-chat') && effort !== 'none'
  return { ...(effort !== null && { reasoning: { effort } }), ...(!reasons && { temperature, top_p }) }
}

const Text = z.object({ text: z.string() })
const Part = z.union([
  z.object({ type: z.literal('output_text'), text: z.string() }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
  z.object({ type: z.string() }).transform(() => null),
])
const Item = z.union([
  z.object({ type: z.literal('message'), content: z.array(Part), phase: z.string().nullish() }),
  z.object({ type: z.literal('reasoning'), summary: z.array(Text).nullish(), content: z.array(Text).nullish() }),
  z.object({ type: z.string() }).transform(() => null),
])
const Tokens = z.number().nullish().catch(null)
const Response = z.object({
  status: z.string().nullish(),
  model: z.string().nullish().catch(null),
  output: z.array(Item),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish().catch(null),
  usage: z
    .object({
      input_tokens: Tokens,
      input_tokens_details: z.object({ cached_tokens: Tokens }).nullish().catch(null),
      output_tokens: Tokens,
      output_tokens_details: z.object({ reasoning_tokens: Tokens }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
})
type Response = z.infer<typeof Response>

/** A response that failed states its error, which `failureIn` reads; the other states have no answer either. */
function outcomeOf(response: Response): WireReply | WireFailure {
  const { status } = response
  if (status == null || status === 'completed' || status === 'incomplete') return replyOf(response)
  return { kind: 'failure', errorClass: 'server', message: `The response is ${status}`, waitMs: null }
}

function replyOf({ status, model, output, incomplete_details, usage }: Response): WireReply {
  const messages = output.flatMap((item) => (item?.type === 'message' && item.phase !== 'commentary' ? [item] : []))
  const parts = messages.flatMap(({ content }) => content)
  const texts = parts.flatMap((part) => (part?.type === 'output_text' ? [part.text] : []))
  const refusals = parts.flatMap((part) => (part?.type === 'refusal' ? [part.refusal] : []))
  const reason = status === 'incomplete' ? (incomplete_details?.reason ?? 'incomplete') : null
  return {
    kind: 'reply',
    response: texts.join('') || refusals.join(''),
    thinking: thoughtsIn(output),
    finishReason: reason ?? status ?? null,
    refused: refusals.length > 0 || reason === 'content_filter',
    truncated: reason !== null && reason !== 'content_filter',
    repliedModel: model ?? null,
    tokensIn: usage?.input_tokens ?? null,
    tokensOut: usage?.output_tokens ?? null,
    tokensCached: usage?.input_tokens_details?.cached_tokens ?? null,
    tokensThinking: usage?.output_tokens_details?.reasoning_tokens ?? null,
  }
}

/** Models of others show what they thought; those of OpenAI a summary, where one was asked for. */
function thoughtsIn(output: Response['output']): string | null {
  const items = output.flatMap((item) => (item?.type === 'reasoning' ? [item] : []))
  const texts = items.flatMap(({ content, summary }) => (content?.length ? content : (summary ?? [])))
  return texts.map(({ text }) => text).join('\n\n') || null
}

const Ended = z.object({
  type: z.enum(['response.completed', 'response.incomplete', 'response.failed']),
  response: z.unknown().optional(),
})

/** The response that ends a stream nobody asked for: its last event holds all of it. */
function lastOf(body: string): unknown {
  return readEvents(body)?.events.flatMap((event) => Ended.safeParse(event).data?.response ?? [])[0]
}
