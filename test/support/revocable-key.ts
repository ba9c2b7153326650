import { createServer, request as ask } from 'node:http'
import { atEnd } from './at-end.ts'
import { onLoopback } from './loopback.ts'

/** A door before a model server that lets in one key, which its owner may replace. */
export interface RevocableKey {
  origin: string
  key: string
}

/** Stands before the server at `origin`; who comes with another key than `key` is told so, as providers do. */
export async function revocableKey(origin: string, key: string): Promise<RevocableKey> {
  const door: RevocableKey = { origin: '', key }
  const server = createServer((incoming, outgoing) => {
    if (incoming.headers.authorization !== `Bearer ${door.key}`) {
      const error = { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' }
      outgoing.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
      incoming.resume()
      return
    }
    const { method, url, headers } = incoming
    const onward = ask(origin + url, { method, headers: { ...headers, authorization: 'Bearer behind-the-door' } })
    onward.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode!, reply.headers)
      reply.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  const listening = await onLoopback(server)
  atEnd(listening.close)
  door.origin = listening.origin
  return door
}
