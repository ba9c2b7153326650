import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../core/config.ts'
import { defineProblem } from '../core/problem.ts'

export const tlsNeeded = defineProblem('tls-needed', 403, 'Signing in needs an https address here')

const weekSeconds = 7 * 86_400
const securedName = '__Host-session'

/**
 * What the session's cookie is called where plain http will do. Ports of one machine share their cookies, so that every
 * data folder has a name of its own: two arenas do not sign each other out.
 */
export function loopbackCookieName({ dataDir }: Pick<Config, 'dataDir'>): string {
  return `session-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
}

function cookieName(request: FastifyRequest, secure: boolean): string {
  return secure ? securedName : loopbackCookieName(request.server.arena.config)
}

/** Hands the session's token to the browser, out of reach of its scripts. Plain http is accepted on this machine only; elsewhere it throws tlsNeeded. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = demandSafeTransport(request)
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: weekSeconds } as const
  reply.setCookie(cookieName(request, secure), token, options)
}

/** Throws tlsNeeded where a session would travel in the clear; returns whether the transport is https. */
export function demandSafeTransport(request: FastifyRequest): boolean {
  if (isSecure(request)) return true
  if (isLoopback(request.hostname)) return false
  throw tlsNeeded(
    `${request.hostname} was reached over plain http. Put a proxy with a certificate before it and set PUBLIC_URL, or use http://localhost on the machine itself`,
  )
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const secure = isSecure(request)
  reply.clearCookie(cookieName(request, secure), { path: '/', secure })
}

/** The token that the browser sent, if any. */
export function readSessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, isSecure(request))]
}

/** Whether the browser reached this server by https. */
export function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https' || request.server.arena.config.publicUrl?.startsWith('https:') === true
}

/** Names that browsers resolve to the machine itself. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
