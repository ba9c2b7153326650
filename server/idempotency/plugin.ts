import type { FastifyInstance, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import { z } from 'zod'
import { hashOf } from '../accounts/tokens.ts'
import { contextOf } from '../core/context.ts'
import { beginRequest, endRequest, keyTaken, stillBeingDone, type KeyedRequest } from './service.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether each request makes something new: then it may carry an `idempotency-key`. */
    creates?: boolean
  }
  interface FastifyRequest {
    /** Set while this request is the first with its key. */
    first: KeyedRequest | null
  }
}

/** Other headers stay as they came. */
const Headers = z.looseObject({ 'idempotency-key': z.string().min(1).max(200).optional() })

/** A request that makes something and comes again with the same key gets the reply of the first, and makes nothing. */
export const idempotencyPlugin = plugin(async (app: FastifyInstance) => {
  app.decorateRequest('first', null)
  app.addHook('onRoute', (route) => {
    if (!route.config?.creates) return
    route.config = { ...route.config, problems: [...(route.config.problems ?? []), keyTaken, stillBeingDone] }
    route.schema = { ...route.schema, headers: Headers }
  })
  app.addHook('preHandler', async (request, reply) => {
    const keyed = keyedRequest(request)
    if (!keyed) return
    const kept = await beginRequest(contextOf(request), keyed)
    if (!kept) request.first = keyed
    else
      await reply
        .code(kept.status)
        .header('idempotency-replayed', 'true')
        .type('application/json; charset=utf-8')
        .send(kept.body)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const body = typeof payload === 'string' ? payload : ''
    if (request.first) await endRequest(contextOf(request), request.first, { status: reply.statusCode, body })
    return payload
  })
})

function keyedRequest({ actor, headers, method, url, body, routeOptions }: FastifyRequest): KeyedRequest | null {
  const key = headers['idempotency-key']
  if (!routeOptions.config.creates || typeof key !== 'string' || actor.kind !== 'person') return null
  return { personId: actor.personId, key, hash: hashOf(JSON.stringify([method, url, body])) }
}
