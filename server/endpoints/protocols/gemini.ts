import { z } from 'zod'
import type { Secret } from '#server/core/secrets.ts'
import { budgetFor } from './effort.ts'
import { failureIn, unreadable } from './http-failure.ts'
import { Base64Text, jsonPieces, withExtra } from './json-pieces.ts'
import type { Protocol, WireFailure, WirePart, WirePrompt, WireReply, WireSettings } from './protocol.ts'
import { parseBody, readEvents } from './reply-body.ts'
import { readEnd } from './reply-ends.ts'

/** `POST {base}/models/{model}:generateContent`, as Google's Gemini API and its platform for enterprises speak it. */
export const gemini: Protocol = {
  baseUrlOf(url) {
    const base = url.replace(/(?<!\/)\/+$/, '').replace(/\/models(\/[^/]*)?$/, '')
    const own = base.replace(/\/openai(\/chat\/completions)?$/, '')
    return /\/v\d[a-z0-9]*(\/|$)/.test(new URL(own).pathname) ? own : `${own}/v1beta`
  },

  buildListing: (_, key) => ({ path: '/models?pageSize=1000', headers: keyHeader(key) }),

  readListing(body) {
    const listing = Listing.safeParse(parseBody(body))
    if (!listing.success) return []
    return listing.data.models
      .filter(({ supportedGenerationMethods: methods }) => methods?.includes('generateContent') ?? true)
      .map(({ name }) => name.replace(/^models\//, ''))
  },

  buildRequest: (settings, key, prompt) => ({
    path: `/models/${encodeURIComponent(settings.remoteModel.replace(/^models\//, ''))}:${settings.streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...keyHeader(key) },
    body: jsonPieces(bodyOf(settings, prompt)),
  }),

  readReply(status, headers, body) {
    const parsed = assembleChunks(parseBody(body) ?? readEvents(body)?.events)
    const failure = failureIn(status, headers, body, parsed)
    if (failure) return failure
    const generated = Generated.safeParse(parsed).data
    return (generated && outcomeOf(generated)) ?? unreadable(status, headers, body)
  },
}

/** Never in the address, where logs would keep it. */
function keyHeader(key: Secret | null): Record<string, string> {
  return key ? { 'x-goog-api-key': key.reveal() } : {}
}

const Listing = z.object({
  models: z.array(z.object({ name: z.string(), supportedGenerationMethods: z.array(z.string()).nullish() })),
})

function bodyOf({ remoteModel, sampling, extraBody }: WireSettings, { parts }: WirePrompt): Record<string, unknown> {
  const { maxTokens, temperature, topP, topK, seed, stop, system } = sampling
  const ours = {
    systemInstruction: system === null ? null : { parts: [{ text: system }] },
    generationConfig: withExtra(
      { maxOutputTokens: maxTokens, temperature, topP, topK, seed, stopSequences: stop?.length ? stop : null },
      thinkingFor(remoteModel, sampling),
    ),
  }
  return {
    ...withExtra(ours, extraBody),
    contents: [{ role: 'user', parts: parts.filter((part) => part.kind !== 'text' || part.text !== '').map(partOf) }],
  }
}

function partOf(part: WirePart): object {
  if (part.kind === 'text') return { text: part.text }
  return { inlineData: { mimeType: part.mediaType, data: new Base64Text(part.base64) } }
}

/** Models of the generation 2.5 take a budget of thought in tokens, later ones a level; thoughts count as output. */
function thinkingFor(
  model: string,
  { reasoningEffort: effort, maxTokens }: WireSettings['sampling'],
): Record<string, unknown> {
  if (effort === null) return {}
  const [, budgeted, kind] = /gemini-(2\.\d)-?([a-z]*)/.exec(model) ?? []
  if (budgeted === undefined) {
    const thinkingLevel = { none: 'minimal', xhigh: 'high', max: 'high' }[effort] ?? effort
    return { thinkingConfig: { includeThoughts: true, thinkingLevel } }
  }
  if (effort === 'none') return { thinkingConfig: { includeThoughts: false, thinkingBudget: 0 } }
  const { budget, limit } = budgetFor(effort, maxTokens, kind === 'pro' ? [128, 32_768] : [512, 24_576])
  return { maxOutputTokens: limit, thinkingConfig: { includeThoughts: true, thinkingBudget: budget } }
}

const Tokens = z.number().nullish().catch(null)
const Generated = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z.array(z.object({ text: z.string().nullish(), thought: z.boolean().nullish() })).nullish(),
          })
          .nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  modelVersion: z.string().nullish().catch(null),
  usageMetadata: z
    .object({
      promptTokenCount: Tokens,
      candidatesTokenCount: Tokens,
      thoughtsTokenCount: Tokens,
      cachedContentTokenCount: Tokens,
    })
    .nullish()
    .catch(null),
})

/** What the chunks of a stream that nobody asked for add up to; anything else is as it was, also a list with an error. */
function assembleChunks(parsed: unknown): unknown {
  const chunks = z.array(Generated).min(1).safeParse(parsed).data
  if (!Array.isArray(parsed) || !chunks) return parsed
  const failed = parsed.find((chunk: object) => 'error' in chunk)
  if (failed) return failed
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.[0] ?? [])
  const finishReason = candidates.map((candidate) => candidate.finishReason).findLast(Boolean)
  const whole = { ...chunks[0]!, ...chunks.at(-1)! }
  if (!finishReason) return chunks.some(({ promptFeedback }) => promptFeedback?.blockReason) ? whole : undefined
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  return { ...whole, candidates: [{ content: { parts }, finishReason }] }
}

/** Null: it holds neither an answer nor a reason why there is none. */
function outcomeOf(generated: z.infer<typeof Generated>): WireReply | WireFailure | null {
  const [candidate] = generated.candidates ?? []
  const blocked = generated.promptFeedback?.blockReason ?? null
  if (!candidate) return blocked === null ? null : replyOf(generated, [], blocked, true)
  const finishReason = candidate.finishReason ?? null
  const refused = readEnd(finishReason) === 'held_back'
  const ended = finishReason === null || ['STOP', 'MAX_TOKENS', 'FINISH_REASON_UNSPECIFIED'].includes(finishReason)
  if (refused || ended) return replyOf(generated, candidate.content?.parts ?? [], finishReason, refused)
  const message = `The service broke off with the reason ${finishReason}`
  return { kind: 'failure', errorClass: 'server', message, waitMs: null }
}

function replyOf(
  { modelVersion, usageMetadata: usage }: z.infer<typeof Generated>,
  parts: { text?: string | null | undefined; thought?: boolean | null | undefined }[],
  finishReason: string | null,
  refused: boolean,
): WireReply {
  const texts = (thoughts: boolean) =>
    parts.filter(({ thought }) => (thought ?? false) === thoughts).map(({ text }) => text ?? '')
  const { candidatesTokenCount: answered = null, thoughtsTokenCount: thought = null } = usage ?? {}
  return {
    kind: 'reply',
    response: texts(false).join(''),
    thinking: texts(true).join('\n') || null,
    finishReason,
    refused,
    truncated: finishReason === 'MAX_TOKENS',
    repliedModel: modelVersion ?? null,
    tokensIn: usage?.promptTokenCount ?? null,
    tokensOut: answered === null && thought === null ? null : (answered ?? 0) + (thought ?? 0),
    tokensCached: usage?.cachedContentTokenCount ?? null,
    tokensThinking: thought,
  }
}
