import type { ErrorClass } from '../schema.ts'
import type { Secret } from '#server/core/secrets.ts'

/** What a wire format needs to know of an endpoint. */
export interface WireSettings {
  remoteModel: string
  /** Members that are added to the body as they are; `null` takes a member of ours out. */
  extraBody: Record<string, unknown>
}

export type WirePart = { kind: 'text'; text: string } | { kind: 'image'; mediaType: string; base64: Uint8Array }

/** A prompt with its pictures in base64, encoded once and shared by every request that shows them. */
export interface WirePrompt {
  parts: WirePart[]
  maxTokens: number
  temperature: number
  stop?: string[]
}

interface WireRequest {
  /** Appended to the base URL. */
  path: string
  headers: Record<string, string>
  /** The body in pieces; pictures are pieces of their own and pass through no serialiser. */
  body: Uint8Array[]
}

/** What a body says. A refusal (content filter, refusal field) is an answer of the model, not a failure. */
export interface WireReply {
  kind: 'reply'
  response: string
  finishReason: string | null
  refused: boolean
  truncated: boolean
  repliedModel: string | null
  tokensIn: number | null
  tokensOut: number | null
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
  /** What people paste as base URL becomes what paths are appended to: the last part of a full address is taken off. */
  baseUrlOf(url: string): string
  /** The cheapest request that shows whether anyone is there; its reply may list the models. */
  buildListing(key: Secret | null): { path: string; headers: Record<string, string> }
  /** Names of models in the reply to the listing; empty when it has none. */
  readListing(body: string): string[]
  buildRequest(settings: WireSettings, key: Secret | null, prompt: WirePrompt): WireRequest
  readReply(status: number, headers: Record<string, string>, body: string): WireReply | WireFailure
}
