import { askedWaitMs, growingWaitMs, waitOut } from '#server/core/http/waits.ts'
import { EgressError, type Egress, type OpenReply } from '#server/core/egress.ts'

export interface HubFetchOptions {
  hubUrl: string
  signal: AbortSignal
  /** Told before every wait, with its reason. */
  onWait?: (seconds: number, reason: string) => void
}

const mostRedirects = 5
const tries = 4
/** When a hub asks for a longer wait than this, trying again is left to a person. */
const longestWaitSeconds = 120
const headersWithinMs = 60_000

/**
 * `fetch` for the hub's client, by way of the egress rules. It follows redirects, sends the token to the hub's own
 * origin and nowhere else, and tries again, with pauses, what the hub puts off (429, 5xx) and connections that fail.
 */
export function hubFetch(egress: Egress, { hubUrl, signal, onWait }: HubFetchOptions): typeof fetch {
  const hubOrigin = new URL(hubUrl).origin

  return async (input, init) => {
    const headers = new Headers(init?.headers)
    let url = new URL(input instanceof Request ? input.url : input)
    for (let redirects = 0; ; redirects++) {
      const reply = await persistently(url, headers)
      const { location } = reply.headers
      if (reply.status < 300 || reply.status > 399 || !location) return asResponse(reply, headers.get('range'))
      reply.discard()
      if (redirects === mostRedirects) throw new EgressError('connection', 'The hub redirects in a circle')
      url = new URL(location, url)
    }
  }

  async function persistently(url: URL, headers: Headers): Promise<OpenReply> {
    for (let attempt = 1; ; attempt++) {
      const reply = await once(url, headers).catch((error: EgressError) => error)
      const wait = attempt < tries ? waitAfter(reply, attempt) : null
      if (wait === null || wait.seconds > longestWaitSeconds) {
        if (reply instanceof EgressError) throw reply
        return reply
      }
      if (!(reply instanceof EgressError)) reply.discard()
      onWait?.(wait.seconds, wait.reason)
      await waitOut(wait.seconds * 1000, signal)
    }
  }

  function once(url: URL, headers: Headers): Promise<OpenReply> {
    const sent = new Headers(headers)
    if (url.origin !== hubOrigin) sent.delete('authorization')
    return egress.open({
      url: url.href,
      method: 'GET',
      headers: Object.fromEntries(sent),
      timeoutMs: headersWithinMs,
      signal,
      pool: 'hub',
      // An in-house mirror is reached when the operator lists it.
      reach: 'listed',
    })
  }
}

/** How long to wait before the same request is sent again; null when that would not help. */
function waitAfter(reply: OpenReply | EgressError, attempt: number): { seconds: number; reason: string } | null {
  const growing = growingWaitMs(attempt, 250, 60_000) / 1000
  if (reply instanceof EgressError) {
    const passing = reply.kind === 'connection' || reply.kind === 'timeout'
    return passing ? { seconds: growing, reason: reply.message } : null
  }
  if (reply.status !== 429 && reply.status < 500) return null
  const askedMs = askedWaitMs(reply.headers, Date.now())
  return { seconds: askedMs === null ? growing : askedMs / 1000, reason: `the hub answered ${reply.status}` }
}

function asResponse({ status, headers, body }: OpenReply, range: string | null): Response {
  const hasBody = ![101, 204, 205, 304].includes(status)
  // A server that sends the whole file instead of the range has its beginning left out here.
  const start = status === 200 ? Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0
  const pieces = start > 0 ? withoutFirst(body, start) : body
  return new Response(hasBody ? (ReadableStream.from(pieces) as ReadableStream<Uint8Array<ArrayBuffer>>) : null, {
    status,
    headers,
  })
}

async function* withoutFirst(pieces: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const piece of pieces) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}
