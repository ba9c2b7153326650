import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { ModelSlug } from './schema.ts'
import { releaseModel } from './service.ts'

export const modelRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/models/:model/release',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'Show a model to everybody on boards and beside its scores',
        params: ModelSlug,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await releaseModel(contextOf(request), request.params.model, true)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/models/:model/withdraw',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'Hide a model from visitors again and draw it for no new battle; its votes stay',
        params: ModelSlug,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await releaseModel(contextOf(request), request.params.model, false)
      return reply.code(204).send(null)
    },
  )
}
