import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { StudySlug } from '../studies/schema.ts'
import { getStoredStudy } from '../studies/service.ts'
import { CreatedLink, NewLink } from './schema.ts'
import { createRaterLink } from './service.ts'

export const linkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/studies/:slug/links',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound] },
      schema: {
        summary: 'Make an invite link for raters',
        params: StudySlug,
        body: NewLink,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const study = await getStoredStudy(ctx, request.params.slug)
      return reply.code(201).send(await createRaterLink(ctx, study.id, request.body, originOf(request)))
    },
  )
}

/** The address at which people reach the pages, as whoever asks reached it. */
function originOf(request: FastifyRequest): string {
  return request.server.arena.config.publicUrl ?? `${request.protocol}://${request.host}`
}
