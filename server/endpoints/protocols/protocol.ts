import type { ErrorClass } from '../schema.ts'
import type { Secret } from '#server/core/secrets.ts'

/** How an answer is to be generated, as it goes out. Null: the member is not sent, and the endpoint's own default holds. */
export interface Sampling {
  maxTokens: number
  temperature: number | null
  topP: number | null
  topK: number | null
  seed: number | null
  stop: string[] | null
  system: string | null
  reasoningEffort: string | null
}

/** What a wire format needs to know of an endpoint and of what is asked of it. */
export interface WireSettings {
  /** As `baseUrlOf` gives it; some formats are spoken differently at some places. */
  baseUrl: string
  remoteModel: string
  sampling: Sampling
  /** The member in which the endpoint takes `sampling.maxTokens`, where the format knows two. */
  maxTokensName: 'max_tokens' | 'max_completion_tokens'
  /** Members that are added to the body as they are; `null` takes a member of ours out. */
  extraBody: Record<string, unknown>
  /** Tags around thoughts within the text: `usual` for those in use, or a start and an end with a space between. */
  thinkingTags: string[]
  /** The reply is to come as a stream of events; left out: whole, as runs ask for it. */
  streamed?: boolean
}

export type WirePart = { kind: 'text'; text: string } | { kind: 'image'; mediaType: string; base64: Uint8Array }

/** A prompt with its pictures in base64, encoded once and shared by every request that shows them. */
export interface WirePrompt {
  parts: WirePart[]
}

interface WireRequest {
  /** Appended to the base URL, before its query where it has one. */
  path: string
  headers: Record<string, string>
  /** The body in pieces; pictures are pieces of their own and pass through no serialiser. */
  body: Uint8Array[]
}

/** What a body says. A refusal (content filter, refusal field) is an answer of the model, not a failure. */
export interface WireReply {
  kind: 'reply'
  /** The answer, without the thoughts that led to it; empty where the reply was cut within them. */
  response: string
  /** What the model thought before it answered; null where the reply shows no thoughts. */
  thinking: string | null
  finishReason: string | null
  refused: boolean
  truncated: boolean
  repliedModel: string | null
  tokensIn: number | null
  /** Of answer and thoughts together. */
  tokensOut: number | null
  /** Among `tokensIn`: read from the endpoint's cache. */
  tokensCached: number | null
  /** Among `tokensOut`. */
  tokensThinking: number | null
}

/** Why a body is no answer. */
export interface WireFailure {
  kind: 'failure'
  errorClass: ErrorClass
  message: string
  /** How long the endpoint asks us to stay away, in milliseconds. */
  waitMs: number | null
}

/** One wire format. Each is a file of its own beside this one. */
export interface Protocol {
  /** What people paste as base URL becomes what paths are appended to: the last part of a full address is taken off. `url` is an address that can be parsed. */
  baseUrlOf(url: string): string
  /** The cheapest request that shows whether anyone is there; its reply may list the models. */
  buildListing(
    settings: Pick<WireSettings, 'baseUrl'>,
    key: Secret | null,
  ): { path: string; headers: Record<string, string> }
  /** Names of models in the reply to the listing; empty when it has none. */
  readListing(body: string): string[]
  buildRequest(settings: WireSettings, key: Secret | null, prompt: WirePrompt): WireRequest
  readReply(status: number, headers: Record<string, string>, body: string): WireReply | WireFailure
}
