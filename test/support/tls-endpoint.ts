import { readFileSync } from 'node:fs'
import { createServer as createHttps } from 'node:https'
import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { onLoopback } from './loopback.ts'

const folder = join(import.meta.dirname, 'tls')

/** The certificate of `model.test`, which signed itself. */
export const ownAuthority = join(folder, 'model.test.crt')

/** An https server on loopback as `model.test`, which says of each request what it saw. */
export async function tlsEndpoint() {
  const seen: IncomingMessage[] = []
  const identity = { cert: readFileSync(ownAuthority), key: readFileSync(join(folder, 'model.test.key')) }
  const server = createHttps(identity, (request, response) => {
    seen.push(request)
    response.end(JSON.stringify({ data: [{ id: 'test-model' }] }))
  })
  const { port, close } = await onLoopback(server)
  onTestFinished(close)
  return { port, seen }
}

/** A proxy of the house: tunnels every CONNECT to this port of loopback, whatever place it names, and notes the places. */
export async function tunnelTo(port: number, login?: string) {
  const asked: string[] = []
  const proxy = createServer((_request, response) => response.writeHead(405).end())
  proxy.on('connect', (request: IncomingMessage, socket) => {
    asked.push(request.url!)
    const given = request.headers['proxy-authorization']
    const allowed = login === undefined || given === `Basic ${Buffer.from(login).toString('base64')}`
    if (!allowed) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
  })
  const listening = await onLoopback(proxy)
  onTestFinished(listening.close)
  return { origin: `127.0.0.1:${listening.port}`, asked }
}
