import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

const said: Record<number, string> = {
  400: 'This is no request that can be read',
  408: 'The request took too long to arrive',
  414: 'The address is too long',
  431: 'The headers of the request are too large',
}

const problemOf = (status: number) => JSON.stringify({ type: 'about:blank', title: said[status], status })

/** Answers an address that cannot be decoded, which no route and no hook ever sees. */
export function refuseAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode === 414 ? 414 : 400
  void reply
    .code(status)
    .headers({
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    })
    .send(problemOf(status))
}

/** Answers what is no HTTP request, or has headers beyond the server's bounds (Node: 16 KB), and ends the connection. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
  const body = problemOf(status)
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
