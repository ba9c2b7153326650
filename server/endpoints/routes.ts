import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { ChangedEndpoint, Endpoint, NewEndpoint } from './schema.ts'
import { changeEndpoint, getEndpoint, listEndpoints, registerEndpoint, requestCheck } from './service.ts'

const ById = z.object({ id: z.uuid() })
const config = { policy: 'team' as const }
/** A check calls out: often enough it would tell which addresses answer. */
const checkConfig = { ...config, rateLimit: { max: 10, timeWindow: '1 minute' } }

export const endpointRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/endpoints',
    { config, schema: { summary: 'Endpoints', response: { 200: z.array(Endpoint) } } },
    async (request) => listEndpoints(contextOf(request)),
  )

  app.post(
    '/endpoints',
    {
      config: checkConfig,
      schema: { summary: 'Register an endpoint', body: NewEndpoint, response: { 201: Endpoint } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await registerEndpoint(ctx, request.body)
      return reply.code(201).send(await getEndpoint(ctx, id))
    },
  )

  app.get(
    '/endpoints/:id',
    { config, schema: { summary: 'One endpoint', params: ById, response: { 200: Endpoint } } },
    async (request) => getEndpoint(contextOf(request), request.params.id),
  )

  app.patch(
    '/endpoints/:id',
    {
      config: checkConfig,
      schema: {
        summary: 'Change its key or address, or switch it off',
        params: ById,
        body: ChangedEndpoint,
        response: { 200: Endpoint },
      },
    },
    async (request) => changeEndpoint(contextOf(request), request.params.id, request.body),
  )

  app.post(
    '/endpoints/:id/check',
    {
      config: checkConfig,
      schema: { summary: 'Check it; the probes appear one by one', params: ById, response: { 202: Endpoint } },
    },
    async (request, reply) => reply.code(202).send(await requestCheck(contextOf(request), request.params.id)),
  )
}
