import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { queryAsked } from '#server/queries/change-queries.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { decideReport } from './decide-report.ts'
import { listReports, readWaiting } from './reports.ts'
import { ReportDecision, ReportPage, ReportPageRequest, Waiting } from './schema.ts'

const policy = 'researcher' as const

export const reportRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/studies/:slug/waiting',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'How much of a study waits for a person',
        params: StudySlug,
        response: { 200: Waiting },
      },
    },
    async (request) => readWaiting(contextOf(request), request.params.slug),
  )

  app.get(
    '/studies/:slug/reports',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'What raters reported of battles',
        params: StudySlug,
        querystring: ReportPageRequest,
        response: { 200: ReportPage },
      },
    },
    async (request) => listReports(contextOf(request), request.params.slug, request.query),
  )

  app.patch(
    '/reports/:id',
    {
      config: { policy, problems: [notFound, queryAsked] },
      schema: {
        summary: 'Decide on a report and on the votes that it touches, or open it again',
        params: z.object({ id: z.uuid() }),
        body: ReportDecision,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await decideReport(contextOf(request), request.params.id, request.body)
      return reply.code(204).send(null)
    },
  )
}
