import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { z } from 'zod'
import { atEnd } from '../at-end.ts'
import { onLoopback } from '../loopback.ts'

export interface Picture {
  mediaType: string
  bytes: Buffer
}

/** What a service understood of a request: its text and pictures in the order in which they were sent. */
export interface Asked {
  model: string
  system: string | null
  parts: (string | Picture)[]
  /** The whole body, as parsed. */
  body: Record<string, unknown>
}

/** What the model behind a service says; the service puts it into its own shape. */
interface Said {
  answer: string
  thinking?: string
  ended?: 'by itself' | 'at the limit' | 'by refusing'
}

/** A reply as it goes out. */
interface Sent {
  status: number
  headers?: Record<string, string>
  body: unknown
}

type StreamedEvent = object | '[DONE]'

/** A service's own way to speak, and to refuse what it would not take. */
export interface Format {
  /** Throws what the service refuses as a Refusal. */
  read(request: ServiceRequest): Asked | Promise<Asked>
  write(said: Said, asked: Asked): unknown
  /** The events that a whole reply is sent as where it was asked for so. */
  stream(whole: never): StreamedEvent[]
  /** The reply to a request for the list of models. Throws a Refusal too. */
  list(request: ServiceRequest): unknown
}

export interface ServiceRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  text: string
}

/** A request that the service refuses, in its own words. */
export class Refusal extends Error {
  readonly sent: Sent
  constructor(sent: Sent) {
    super(JSON.stringify(sent.body))
    this.sent = sent
  }
}

export interface ModelServer {
  origin: string
  /** Requests that the service took, as it understood them. */
  asked: Asked[]
  /** Requests that it refused, with its words. */
  refused: string[]
  /** May be replaced: a text is an answer, and a reply with a status goes out as it is. */
  says: (asked: Asked) => Said | Sent | string | Promise<Said | Sent | string>
}

/** A service on loopback that takes only what the real one takes and answers in its shapes, until the test or file ends. */
export async function serveModel(format: Format, says: ModelServer['says']): Promise<ModelServer> {
  const server = createServer({ keepAlive: true }, (request, response) => {
    void answer(format, model, request).then(
      (sent) => send(response, sent),
      (error: unknown) => send(response, { status: 500, body: String(error) }),
    )
  })
  const { origin, close } = await onLoopback(server)
  atEnd(close)
  const model: ModelServer = { origin, asked: [], refused: [], says }
  return model
}

async function answer(format: Format, model: ModelServer, incoming: IncomingMessage): Promise<Sent> {
  try {
    const request = await requestOf(incoming)
    if (request.method === 'GET') return { status: 200, body: format.list(request) }
    const asked = await format.read(request)
    model.asked.push(asked)
    const said = await model.says(asked)
    if (typeof said === 'object' && 'status' in said) return said
    const whole = format.write(typeof said === 'string' ? { answer: said } : said, asked)
    const streamed = asked.body['stream'] === true || request.path.endsWith(':streamGenerateContent')
    return streamed ? asEvents(format.stream(whole as never)) : { status: 200, body: whole }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    model.refused.push(error.message)
    return error.sent
  }
}

function asEvents(events: StreamedEvent[]): Sent {
  const lines = events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: lines.join('') }
}

async function requestOf(incoming: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { pathname, searchParams } = new URL(incoming.url!, 'http://model')
  const text = Buffer.concat(chunks).toString('utf8')
  return { method: incoming.method!, path: pathname, query: searchParams, headers: incoming.headers, text }
}

function send(response: ServerResponse, { status, headers, body }: Sent): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}

/** The body as the shape says, without a member more or less; `refuse` is told the first that is wrong, with its path. */
export function takeBody<Shape>(
  shape: z.ZodType<Shape>,
  text: string,
  refuse: (where: string, what: string) => Refusal,
): Shape {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw refuse('body', 'is not valid JSON')
  }
  const taken = shape.safeParse(body)
  if (taken.success) return taken.data
  const [issue] = taken.error.issues
  const unknown = issue!.code === 'unrecognized_keys' ? [issue!.keys[0]!] : []
  throw refuse([...issue!.path, ...unknown].join('.'), unknown.length ? 'unknown' : issue!.message)
}
