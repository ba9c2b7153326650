import { keyHeader, openAiBase } from './azure.ts'
import { readCompletion } from './openai-reply.ts'
import type { Protocol, WirePart, WirePrompt, WireSettings } from './protocol.ts'
import { readModelIds } from './reply-body.ts'

/** `POST {base}/chat/completions`, as OpenAI, vLLM, SGLang, LMDeploy, llama.cpp, Ollama and routers speak it. */
export const openai: Protocol = {
  baseUrlOf: openAiBase,

  buildListing: ({ baseUrl }, key) => ({ path: '/models', headers: keyHeader(baseUrl, key) }),

  readListing: readModelIds,

  buildRequest(settings, key, prompt) {
    return {
      path: '/chat/completions',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...keyHeader(settings.baseUrl, key),
      },
      body: bodyOf(settings, prompt),
    }
  },

  readReply: readCompletion,
}

/** A short text as bytes: several times as fast as a TextEncoder. */
const bytesOf = (text: string) => Buffer.from(text)
const dataUrlEnd = bytesOf('"}}')
const limitNames = ['max_tokens', 'max_completion_tokens']

function bodyOf(
  { remoteModel, sampling, maxTokensName, extraBody, streamed = false }: WireSettings,
  prompt: WirePrompt,
): Uint8Array[] {
  const members: Record<string, unknown> = {
    model: remoteModel,
    [maxTokensName]: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    seed: sampling.seed,
    stop: sampling.stop?.length ? sampling.stop : null,
    reasoning_effort: sampling.reasoningEffort,
    ...extraBody,
    messages: undefined,
    stream: streamed,
  }
  // Servers refuse a request that gives its limit under both names; the one that was added stands.
  const [other] = limitNames.filter((name) => name !== maxTokensName && members[name] != null)
  if (other) members[maxTokensName] = null
  const kept = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  const head = JSON.stringify(Object.fromEntries(kept)).slice(0, -1)
  const system = sampling.system === null ? '' : `${JSON.stringify({ role: 'system', content: sampling.system })},`
  const pieces: Uint8Array[] = [bytesOf(`${head},"messages":[${system}{"role":"user","content":`)]
  const [only, ...more] = prompt.parts
  if (only?.kind === 'text' && more.length === 0) {
    pieces.push(bytesOf(`${JSON.stringify(only.text)}}]}`))
    return pieces
  }
  prompt.parts.forEach((part, index) => pieces.push(...partPieces(part, index === 0 ? '[' : ',')))
  pieces.push(bytesOf(']}]}'))
  return pieces
}

function partPieces(part: WirePart, before: string): Uint8Array[] {
  if (part.kind === 'text') return [bytesOf(`${before}{"type":"text","text":${JSON.stringify(part.text)}}`)]
  const start = `${before}{"type":"image_url","image_url":{"url":"data:${part.mediaType};base64,`
  return [bytesOf(start), part.base64, dataUrlEnd]
}
