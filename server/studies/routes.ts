import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { getStudy, listStudies, type StudyProgress } from './read-studies.ts'
import { NewStudy, Study, StudySlug, StudySummary } from './schema.ts'
import { createStudy, openStudy, studyNeedsModels, studyOver } from './service.ts'

/** `progress` comes from the modules that know it. */
export const studyRoutes: FastifyPluginAsyncZod<{ progress: StudyProgress }> = async (app, { progress }) => {
  app.get(
    '/studies',
    { config: { policy: 'researcher' }, schema: { summary: 'Studies', response: { 200: z.array(StudySummary) } } },
    async (request) => listStudies(contextOf(request), progress),
  )

  app.get(
    '/studies/:slug',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: { summary: 'One study', params: StudySlug, response: { 200: Study } },
    },
    async (request) => getStudy(contextOf(request), request.params.slug, progress),
  )

  app.post(
    '/studies',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound, studyNeedsModels, studyOver] },
      schema: { summary: 'Create a study and let it begin', body: NewStudy, response: { 201: Study } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { slug } = await createStudy(ctx, request.body)
      await openStudy(ctx, slug)
      return reply.code(201).send(await getStudy(ctx, slug, progress))
    },
  )
}
