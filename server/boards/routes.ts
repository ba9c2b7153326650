import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { registerTable } from '../core/http/table-routes.ts'
import { StudySlug, StudySummary } from '../studies/schema.ts'
import { boardCsv, referenceCsv } from './board-csv.ts'
import { paperTable } from './paper-table.ts'
import { getBoard, listBoards } from './read-boards.ts'
import { getBenchmarkScores } from './read-scores.ts'
import { BenchmarkScores, Board, BoardQuery, ReferenceBoard } from './schema.ts'

export const boardRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const

  app.get(
    '/boards',
    {
      config: { ...config, nameless: true },
      schema: { summary: 'Leaderboards', response: { 200: z.array(StudySummary) } },
    },
    async (request) => listBoards(contextOf(request)),
  )

  registerTable(app, {
    path: '/boards/reference/molmo-paper',
    csvPath: '/boards/reference/molmo-paper/export.csv',
    summary: 'Table 1 of the Molmo paper, as published',
    csvSummary: 'Table 1 of the Molmo paper as CSV, in percent',
    config: { ...config, nameless: true },
    asked: {},
    table: ReferenceBoard,
    read: () => paperTable,
    toCsv: referenceCsv,
    fileName: () => paperTable.id,
  })

  app.get(
    '/benchmarks/:id/scores',
    {
      config: { ...config, problems: [notFound] },
      schema: {
        summary: 'The newest scores on a benchmark',
        params: z.object({ id: z.string().max(80) }),
        response: { 200: BenchmarkScores },
      },
    },
    async (request) => getBenchmarkScores(contextOf(request), request.params.id),
  )

  registerTable(app, {
    path: '/boards/:slug',
    csvPath: '/boards/:slug/export.csv',
    summary: 'One leaderboard, from its newest snapshot',
    csvSummary: 'One leaderboard as CSV, scores in percent',
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug, querystring: BoardQuery },
    table: Board,
    read: (ctx, { slug, category = null }) => getBoard(ctx, slug, category),
    toCsv: boardCsv,
    fileName: ({ slug, category }) => (category ? `${slug}-${category}` : slug),
  })
}
