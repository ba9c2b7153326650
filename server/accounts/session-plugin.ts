import type { FastifyInstance } from 'fastify'
import plugin from 'fastify-plugin'
import { asSystem } from '../core/context.ts'
import { findTokenOwner, readBearer } from './bearers/api-tokens.ts'
import { findSession } from './service.ts'
import { readSessionToken } from './session-cookie.ts'

/** Says on every request who asks: the person of its API token, else of its session cookie, or nobody. */
export const sessionPlugin = plugin(async (app: FastifyInstance) => {
  app.decorateRequest('actor')
  app.decorateRequest('tokenScope', null)
  app.addHook('onRequest', async (request) => {
    const bearer = readBearer(request)
    if (bearer !== undefined) {
      const { scope, ...person } = await findTokenOwner(asSystem(app.arena), bearer)
      request.actor = { kind: 'person', ...person }
      request.tokenScope = scope
      return
    }
    const token = readSessionToken(request)
    const person = token === undefined ? undefined : await findSession(asSystem(app.arena), token)
    request.actor =
      person === 'taken-back'
        ? { kind: 'anonymous', takenBack: true }
        : person
          ? { kind: 'person', ...person }
          : { kind: 'anonymous' }
  })
})
