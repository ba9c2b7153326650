import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CreatedLink, NewLink } from '../accounts/schema.ts'
import { createRaterLink } from '../accounts/service.ts'
import { contextOf } from '../core/context.ts'
import { getStudy, listStudies } from './read-studies.ts'
import { NewStudy, Study, StudySummary } from './schema.ts'
import { createStudy, findStudy, openStudy } from './service.ts'

const StudySlug = z.object({ slug: z.string().max(80) })

export const studyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/studies',
    { config: { policy: 'team' }, schema: { summary: 'Studies', response: { 200: z.array(StudySummary) } } },
    async (request) => listStudies(contextOf(request)),
  )

  app.get(
    '/studies/:slug',
    { config: { policy: 'team' }, schema: { summary: 'One study', params: StudySlug, response: { 200: Study } } },
    async (request) => getStudy(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies',
    {
      config: { policy: 'researcher' },
      schema: { summary: 'Create a study and let it begin', body: NewStudy, response: { 201: Study } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { slug } = await createStudy(ctx, request.body)
      await openStudy(ctx, slug)
      return reply.code(201).send(await getStudy(ctx, slug))
    },
  )

  app.post(
    '/studies/:slug/links',
    {
      config: { policy: 'researcher' },
      schema: {
        summary: 'Make an invite link for raters',
        params: StudySlug,
        body: NewLink,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const study = await findStudy(ctx, request.params.slug)
      return reply.code(201).send(await createRaterLink(ctx, study.id, request.body, originOf(request)))
    },
  )
}

/** The address at which people reach the pages, as whoever asks reached it. */
function originOf(request: FastifyRequest): string {
  return request.server.arena.config.publicUrl ?? `${request.protocol}://${request.host}`
}
