import { z } from 'zod'
import { failureIn, failureOf, unreadable } from './http-failure.ts'
import { assembleChunks } from './openai-stream.ts'
import type { WireFailure, WireReply } from './protocol.ts'
import { parseBody } from './reply-body.ts'
import { readEnd } from './reply-ends.ts'
import { statedError } from './stated-error.ts'

/** Reads the reply to a chat completion: whole, or as a stream that nobody asked for. */
export function readCompletion(status: number, headers: Record<string, string>, body: string): WireReply | WireFailure {
  const parsed = parseBody(body) ?? assembleChunks(body)
  const completion = Completion.safeParse(parsed).data
  const [choice] = completion?.choices ?? []
  // Azure answers 400 also where the filter stopped a completion that had begun.
  if (status === 400 && completion && readEnd(finishOf(choice!)) === 'held_back') return replyOf(completion)
  const failure = failureIn(status, headers, body, parsed)
  if (failure) return failure
  const within = statedError({ error: choice?.error })
  if (within) return failureOf(within, headers)
  const finish = choice ? finishOf(choice) : null
  if (readEnd(finish) === 'broken') return failed('server', `The reply ended with finish_reason ${finish}`)
  if (completion && (choice!.message ?? choice!.text) != null) return replyOf(completion)
  return unreadable(status, headers, body)
}

const Text = z.string().nullish().catch(null)
const Part = z.union([z.string(), z.looseObject({ type: Text, text: Text, refusal: Text })])
type Part = z.infer<typeof Part>
const Content = z.union([z.string(), z.array(Part)]).nullish()
const Finish = z.union([z.string(), z.looseObject({ type: z.string() })])
const Tokens = z.number().int().nonnegative().nullish().catch(null)
const Details = z.looseObject({ cached_tokens: Tokens, reasoning_tokens: Tokens }).nullish().catch(null)
const Choice = z.looseObject({
  finish_reason: Finish.nullish().catch(null),
  message: z
    .looseObject({
      content: Content,
      refusal: Text,
      reasoning: Text,
      reasoning_content: Text,
      reasoning_details: z.array(Part).nullish().catch(null),
    })
    .nullish(),
  /** Of a completion without chat. */
  text: Text,
  error: z.unknown().optional(),
})
type Choice = z.infer<typeof Choice>
const Completion = z.looseObject({
  model: Text,
  choices: z.array(Choice).min(1),
  usage: z
    .looseObject({
      prompt_tokens: Tokens,
      completion_tokens: Tokens,
      prompt_cache_hit_tokens: Tokens,
      prompt_tokens_details: Details,
      completion_tokens_details: Details,
      reasoning_tokens: Tokens,
    })
    .nullish()
    .catch(null),
})

function replyOf({ choices, model, usage }: z.infer<typeof Completion>): WireReply {
  const choice = choices[0]!
  const { message } = choice
  const parts = partsOf(message?.content ?? choice.text)
  const text = parts.filter((part) => !isThought(part)).map(textOf)
  const refusal = message?.refusal || parts.map((part) => (typeof part === 'string' ? '' : part.refusal)).find(Boolean)
  const finishReason = finishOf(choice)
  return {
    kind: 'reply',
    response: text.join('') || (refusal ?? ''),
    thinking: thoughtsOf(message, parts),
    finishReason,
    refused: Boolean(refusal) || readEnd(finishReason) === 'held_back',
    truncated: readEnd(finishReason) === 'cut',
    repliedModel: model ?? null,
    tokensIn: usage?.prompt_tokens ?? null,
    tokensOut: usage?.completion_tokens ?? null,
    tokensCached: usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens ?? null,
    tokensThinking: usage?.completion_tokens_details?.reasoning_tokens ?? usage?.reasoning_tokens ?? null,
  }
}

function partsOf(content: z.infer<typeof Content>): Part[] {
  return typeof content === 'string' ? [content] : (content ?? [])
}

const isThought = (part: Part) => typeof part !== 'string' && /^(reasoning|thinking)/.test(part.type ?? '')

/** Some servers name the same thoughts twice; an older name is read where the newer one is missing. */
function thoughtsOf(message: Choice['message'], parts: Part[]): string | null {
  const named = message?.reasoning || message?.reasoning_content
  const detailed = (message?.reasoning_details ?? []).map(textOf).join('')
  return [named || detailed, ...parts.filter(isThought).map(textOf)].filter(Boolean).join('\n\n') || null
}

/** The text of a part, which may lie in further parts under the part's own name, as Mistral's thoughts do. */
function textOf(part: Part): string {
  if (typeof part === 'string') return part
  if (typeof part.text === 'string') return part.text
  const inner = [part['thinking'], part['reasoning'], part['summary']].find((inner) => inner != null)
  if (typeof inner === 'string') return inner
  return z.array(Part).catch([]).parse(inner).map(innerText).join('')
}

const innerText = (part: Part) => (typeof part === 'string' ? part : (part.text ?? ''))

function finishOf({ finish_reason: finish }: Choice): string | null {
  return (typeof finish === 'object' ? finish?.type : finish) ?? null
}

function failed(errorClass: WireFailure['errorClass'], message: string): WireFailure {
  return { kind: 'failure', errorClass, message, waitMs: null }
}
