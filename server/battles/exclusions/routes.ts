import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { excludeRaters, includeRaters } from './exclude-raters.ts'
import { ChosenRaters, ExclusionInput, RatersDecided } from './schema.ts'

export const exclusionRoutes: FastifyPluginAsyncZod = async (app) => {
  const policy = 'researcher' as const

  app.post(
    '/studies/:slug/raters/exclusions',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Leave all votes of raters out of what a study counts; none is altered',
        params: StudySlug,
        body: ExclusionInput,
        response: { 200: RatersDecided },
      },
    },
    async (request) => ({ changed: await excludeRaters(contextOf(request), request.params.slug, request.body) }),
  )

  app.post(
    '/studies/:slug/raters/inclusions',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Count the votes of raters again who were excluded',
        params: StudySlug,
        body: ChosenRaters,
        response: { 200: RatersDecided },
      },
    },
    async (request) => ({ changed: await includeRaters(contextOf(request), request.params.slug, request.body.raters) }),
  )
}
