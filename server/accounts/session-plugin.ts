import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { findSession } from './service.ts'
import { readSessionToken } from './session-cookie.ts'

/** Says on every request who asks: the person of its session cookie, or nobody. */
export const sessionPlugin = plugin(async (app: FastifyInstance) => {
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request) => {
    const token = readSessionToken(request)
    const person = token === undefined ? null : await findSession(app.arena.sql, token)
    request.actor = person ? { kind: 'person', ...person } : { kind: 'anonymous' }
  })
})
