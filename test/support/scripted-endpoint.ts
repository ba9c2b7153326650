import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, onTestFinished } from 'vitest'
import { onLoopback } from './loopback.ts'

/** One request as the endpoint saw it. */
interface SeenRequest {
  number: number
  path: string
  headers: IncomingMessage['headers']
  /** Parsed body of a chat completion; undefined for anything else. */
  body: ChatBody | undefined
  /** All text parts, joined. */
  text: string
  at: number
}
interface ChatBody {
  model: string
  max_tokens?: number
  stream?: boolean
  messages: { content: string | { type: string; text?: string; image_url?: { url: string } }[] }[]
}

/** What the endpoint does with one request. */
type Scripted =
  | { kind: 'answer'; text: string; delayMs?: number; finishReason?: string; model?: string; usage?: [number, number] }
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string>; delayMs?: number }
  | { kind: 'cut'; text: string }
  | { kind: 'reset' }
  | { kind: 'hang' }
  | { kind: 'drip'; everyMs: number }

export type Script = (request: SeenRequest) => Scripted

export interface ScriptedEndpoint {
  origin: string
  baseUrl: string
  /** Chat completions seen so far. */
  seen: SeenRequest[]
  script: Script
  /** Requests that have not been answered yet. */
  open(): number
  most(): number
  close(): Promise<void>
}

/** A real HTTP server on loopback that does with each request what its script says; by default it echoes the text. */
export async function scriptedEndpoint(
  script: Script = ({ text }) => ({ kind: 'answer', text }),
  { wholeFile = false, stay = false } = {},
): Promise<ScriptedEndpoint> {
  const seen: SeenRequest[] = []
  let open = 0
  let most = 0
  const server = createServer({ keepAlive: true }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST') return void response.end(JSON.stringify({ data: [{ id: 'test-model' }] }))
      const what = readRequest(request, Buffer.concat(chunks).toString('utf8'), seen.length)
      seen.push(what)
      most = Math.max(most, ++open)
      response.on('close', () => open--)
      void perform(endpoint.script(what), what, response)
    })
  })
  const { origin, close } = await onLoopback(server)
  const endpoint = { origin, baseUrl: `${origin}/v1`, seen, script, open: () => open, most: () => most, close }
  if (!stay) {
    if (wholeFile) afterAll(close)
    else onTestFinished(close)
  }
  return endpoint
}

function readRequest(request: IncomingMessage, text: string, number: number): SeenRequest {
  let body: ChatBody | undefined
  try {
    body = JSON.parse(text) as ChatBody
  } catch {
    body = undefined
  }
  const contents = (body?.messages ?? []).flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.flatMap((part) => (part.text === undefined ? [] : [part.text])),
  )
  const { url = '', headers } = request
  return { number, path: url, headers, body, text: contents.join('\n'), at: performance.now() }
}

async function perform(what: Scripted, request: SeenRequest, response: ServerResponse) {
  if ('delayMs' in what && what.delayMs) await new Promise((resolve) => setTimeout(resolve, what.delayMs))
  switch (what.kind) {
    case 'answer':
      return response.setHeader('content-type', 'application/json').end(completion(what, request))
    case 'status':
      response.writeHead(what.status, { 'content-type': 'application/json', ...what.headers })
      return response.end(what.body ?? JSON.stringify({ error: { message: `scripted ${what.status}` } }))
    case 'cut': {
      const whole = completion({ kind: 'answer', text: what.text }, request)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(whole) })
      response.write(whole.slice(0, whole.length >> 1))
      return setTimeout(() => response.destroy(), 5)
    }
    case 'reset':
      return response.destroy()
    case 'hang':
      return
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), what.everyMs)
      response.on('close', () => clearInterval(timer))
    }
  }
}

function completion(answer: Scripted & { kind: 'answer' }, request: SeenRequest): string {
  const [promptTokens, completionTokens] = answer.usage ?? [10, 2]
  return JSON.stringify({
    id: `c-${request.number}`,
    object: 'chat.completion',
    model: answer.model ?? request.body?.model,
    choices: [
      { index: 0, message: { role: 'assistant', content: answer.text }, finish_reason: answer.finishReason ?? 'stop' },
    ],
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens },
  })
}
