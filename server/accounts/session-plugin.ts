import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { asSystem } from '../core/context.ts'
import { findSession } from './service.ts'
import { readSessionToken } from './session-cookie.ts'

/** Says on every request who asks: the person of its session cookie, or nobody. */
export const sessionPlugin = plugin(async (app: FastifyInstance) => {
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request) => {
    const token = readSessionToken(request)
    const person = token === undefined ? undefined : await findSession(asSystem(app.arena), token)
    request.actor = person ? { kind: 'person', ...person } : { kind: 'anonymous' }
  })
})
