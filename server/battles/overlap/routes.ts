import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { cancelOverlaps, changeOverlap, listOverlaps } from './overlaps.ts'
import { Overlap, OverlapChange, OverlapList, OverlapPath, OverlapQuery, OverlapsCancelled } from './schema.ts'

const policy = 'researcher' as const

/** The battles of a study that are planned for several raters. */
export const overlapRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/studies/:slug/overlaps',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Battles that are planned for several raters, and how far each is',
        params: StudySlug,
        querystring: OverlapQuery,
        response: { 200: OverlapList },
      },
    },
    async (request) => listOverlaps(contextOf(request), request.params.slug, request.query),
  )

  app.patch(
    '/studies/:slug/overlaps/:overlap',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Give a planned battle to no further rater, or to further raters again',
        params: OverlapPath,
        body: OverlapChange,
        response: { 200: Overlap },
      },
    },
    async (request) => {
      const { slug, overlap } = request.params
      return changeOverlap(contextOf(request), slug, overlap, request.body.cancelled)
    },
  )

  app.post(
    '/studies/:slug/overlaps/cancel',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Give whatever planned battle still waits to nobody any more',
        params: StudySlug,
        response: { 200: OverlapsCancelled },
      },
    },
    async (request) => ({ cancelled: await cancelOverlaps(contextOf(request), request.params.slug) }),
  )
}
