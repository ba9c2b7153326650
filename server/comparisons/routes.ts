import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { registerTable } from '../core/http/table-routes.ts'
import { compareAll, compareRuns } from './compare-runs.ts'
import { comparisonCsv } from './comparison-csv.ts'
import { listFlips } from './list-flips.ts'
import { Comparison, ComparisonMatrix, FlipPage, FlipQuery, RunPair, SeveralRuns } from './schema.ts'

export const comparisonRoutes: FastifyPluginAsyncZod = async (app) => {
  const open = { policy: 'public' } as const

  registerTable(app, {
    path: '/comparisons/pair',
    summary: 'Two runs of the same questions: paired difference, flips, sub-scores, what differs',
    config: { ...open, problems: [notFound] },
    asked: { querystring: RunPair },
    table: Comparison,
    read: compareRuns,
    toCsv: comparisonCsv,
    fileName: ({ a, b }) => `runs-${a}-and-${b}`,
  })

  app.get(
    '/comparisons/pair/flips',
    {
      config: { ...open, problems: [notFound] },
      schema: {
        summary: 'Examples that one of two runs has right and the other has not, a page at a time',
        querystring: FlipQuery,
        response: { 200: FlipPage },
      },
    },
    (request) => listFlips(contextOf(request), request.query),
  )

  app.get(
    '/comparisons/matrix',
    {
      config: { ...open, problems: [notFound] },
      schema: {
        summary: 'Several runs, each held against each other one',
        querystring: SeveralRuns,
        response: { 200: ComparisonMatrix },
      },
    },
    (request) => compareAll(contextOf(request), request.query.runs),
  )
}
