import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ReportDecision } from '#server/battles/reports/schema.ts'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { readReportEffect } from './read-report-effect.ts'
import { BoardEffect } from './schema.ts'

/** What a decision on a report would do to a board, before it is made. */
export const effectRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/reports/:id/effect',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'What a decision on a report would do to the board; nothing is changed',
        params: z.object({ id: z.uuid() }),
        body: ReportDecision,
        response: { 200: BoardEffect },
      },
    },
    async (request) => readReportEffect(contextOf(request), request.params.id, request.body),
  )
}
