import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { StudySummary } from '../studies/schema.ts'
import { boardCsv, referenceCsv } from './board-csv.ts'
import { paperTable } from './paper-table.ts'
import { getBoard, listBoards } from './read-boards.ts'
import { getBenchmarkScores } from './read-scores.ts'
import { BenchmarkScores, Board, BoardQuery, ReferenceBoard, WhatIf, WhatIfQuery } from './schema.ts'
import { readWhatIf } from './trust/what-if.ts'

const StudySlug = z.object({ slug: z.string().max(80) })

export const boardRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const

  app.get(
    '/boards',
    { config, schema: { summary: 'Leaderboards', response: { 200: z.array(StudySummary) } } },
    async (request) => listBoards(contextOf(request)),
  )

  app.get(
    '/boards/reference/molmo-paper',
    { config, schema: { summary: 'Table 1 of the Molmo paper, as published', response: { 200: ReferenceBoard } } },
    async () => paperTable,
  )

  app.get(
    '/boards/reference/molmo-paper/export.csv',
    { config, schema: { summary: 'The same as CSV, in percent' } },
    async (_request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${paperTable.id}.csv"`)
        .send(referenceCsv(paperTable)),
  )

  app.get(
    '/benchmarks/:id/scores',
    {
      config,
      schema: {
        summary: 'The newest scores on a benchmark',
        params: z.object({ id: z.string().max(80) }),
        response: { 200: BenchmarkScores },
      },
    },
    async (request) => getBenchmarkScores(contextOf(request), request.params.id),
  )

  app.get(
    '/boards/:slug',
    {
      config,
      schema: {
        summary: 'One leaderboard, from its newest snapshot',
        params: StudySlug,
        querystring: BoardQuery,
        response: { 200: Board, 304: z.null() },
      },
    },
    async (request, reply) => {
      const board = await getBoard(contextOf(request), request.params.slug, request.query.category ?? null)
      if (isKnown(request, reply, board)) return reply.code(304).send(null)
      return board
    },
  )

  app.get(
    '/boards/:slug/what-if',
    {
      config: { ...config, rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        summary: 'The same votes under other rules',
        description:
          'A fit of the newest snapshot’s votes by other rules or of a part of them, with the change of rank.',
        params: StudySlug,
        querystring: WhatIfQuery,
        response: { 200: WhatIf },
      },
    },
    async (request) => readWhatIf(contextOf(request), request.params.slug, request.query),
  )

  app.get(
    '/boards/:slug/export.csv',
    { config, schema: { summary: 'The same as CSV', params: StudySlug, querystring: BoardQuery } },
    async (request, reply) => {
      const board = await getBoard(contextOf(request), request.params.slug, request.query.category ?? null)
      return reply
        .type('text/csv; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename="${board.study.slug}${board.category ? `-${board.category}` : ''}.csv"`,
        )
        .send(boardCsv(board))
    },
  )
}

/** Marks the reply with a hash of what it holds; true when the browser has it already. What is seen depends on who asks. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, board: unknown): boolean {
  const etag = `"${createHash('sha256').update(JSON.stringify(board)).digest('base64url').slice(0, 27)}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  return request.headers['if-none-match'] === etag
}
