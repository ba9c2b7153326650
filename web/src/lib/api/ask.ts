import type { z } from 'zod'
import { ApiProblem, NoAnswer, ProblemDocument } from './problem.ts'

/** A `load` hands in its own, so that a page rendered on the server asks without a socket. */
export type Fetch = typeof globalThis.fetch

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  /** Sent as it is, instead of a body in JSON. */
  bytes?: Blob
  /** Where something is made, a request repeated under its key gets the first reply again. */
  idempotencyKey?: string
  /** Lets the request outlive the page. */
  keepalive?: boolean
  /** Without it a request on a dead network may wait for minutes. */
  timeoutMs?: number
}

/** Asks the API where its reply has no body that a page reads. Throws ApiProblem and NoAnswer. */
export async function send(
  fetch: Fetch,
  path: string,
  { method = 'GET', body, bytes, idempotencyKey, keepalive, timeoutMs }: Call,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (bytes) headers['content-type'] = 'application/octet-stream'
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(bytes && { body: bytes }),
    ...(keepalive && { keepalive }),
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  }).catch((cause: unknown) => {
    throw new NoAnswer(cause)
  })
  if (response.ok) return response
  throw await problemOf(response)
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const document = ProblemDocument.safeParse(await response.json().catch(() => null))
  return new ApiProblem(
    document.success
      ? document.data
      : { type: 'about:blank', title: `The server answered ${response.status}`, status: response.status },
  )
}

/** Asks the API and checks what it says against the reply's schema. Throws ApiProblem and NoAnswer. */
export async function ask<T>(fetch: Fetch, path: string, reply: z.ZodType<T>, call: Call = {}): Promise<T> {
  const response = await send(fetch, path, call)
  const read: unknown = await response.json().catch((cause: unknown) => {
    throw new NoAnswer(cause)
  })
  return reply.parse(read)
}

/** A name or id as part of an address. */
export const id = encodeURIComponent
