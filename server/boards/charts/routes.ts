import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { categoriesCsv, matrixCsv, scatterCsv } from './chart-csv.ts'
import { getBattle, listBattles } from './read-battles.ts'
import { getBoardModel, getCategoryBoards } from './read-categories.ts'
import { getMatrix } from './read-matrix.ts'
import { getScatter } from './read-scatter.ts'
import { isKnown } from '../routes.ts'
import {
  Battle,
  BattlePage,
  BattleQuery,
  BoardModelDetail,
  BoardQuery,
  CategoryBoards,
  Matrix,
  Scatter,
} from '../schema.ts'

export const StudySlug = z.object({ slug: z.string().max(80) })
const VoteAddress = StudySlug.extend({ vote: z.coerce.number<string | number>().int().positive() })
const ModelAddress = StudySlug.extend({ model: z.string().max(80) })

/** What the board's charts are drawn from, each as JSON and as CSV, and the battles behind them. */
export const chartRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const

  app.get(
    '/boards/:slug/matrix',
    {
      config,
      schema: {
        summary: 'Every pair of a board: wins, ties, votes, and what the ratings expect',
        params: StudySlug,
        querystring: BoardQuery,
        response: { 200: Matrix, 304: z.null() },
      },
    },
    async (request, reply) => {
      const matrix = await getMatrix(contextOf(request), request.params.slug, request.query.category ?? null)
      if (isKnown(request, reply, matrix)) return reply.code(304).send(null)
      return matrix
    },
  )

  app.get(
    '/boards/:slug/matrix.csv',
    { config, schema: { summary: 'The same as CSV', params: StudySlug, querystring: BoardQuery } },
    async (request, reply) => {
      const { category = null } = request.query
      const matrix = await getMatrix(contextOf(request), request.params.slug, category)
      return sendCsv(request, reply, category === null ? 'matrix' : `matrix-${category}`, matrixCsv(matrix))
    },
  )

  app.get(
    '/boards/:slug/categories',
    {
      config,
      schema: {
        summary: "Each category's own fit beside the board of all",
        params: StudySlug,
        response: { 200: CategoryBoards },
      },
    },
    async (request) => getCategoryBoards(contextOf(request), request.params.slug),
  )

  app.get(
    '/boards/:slug/categories.csv',
    { config, schema: { summary: 'The same as CSV', params: StudySlug } },
    async (request, reply) => {
      const boards = await getCategoryBoards(contextOf(request), request.params.slug)
      return sendCsv(request, reply, 'categories', categoriesCsv(boards))
    },
  )

  app.get(
    '/boards/:slug/scatter',
    {
      config,
      schema: {
        summary: 'Academic average against Elo, here and in the paper, with correlations and residuals',
        params: StudySlug,
        querystring: BoardQuery,
        response: { 200: Scatter },
      },
    },
    async (request) => getScatter(contextOf(request), request.params.slug, request.query.category ?? null),
  )

  app.get(
    '/boards/:slug/scatter.csv',
    { config, schema: { summary: 'The same as CSV, without the paper', params: StudySlug, querystring: BoardQuery } },
    async (request, reply) => {
      const { category = null } = request.query
      const { here } = await getScatter(contextOf(request), request.params.slug, category)
      return sendCsv(request, reply, category === null ? 'scatter' : `scatter-${category}`, scatterCsv(here))
    },
  )

  app.get(
    '/boards/:slug/models/:model',
    {
      config,
      schema: {
        summary: 'One model of a board: its categories and nearest rivals',
        params: ModelAddress,
        querystring: BoardQuery,
        response: { 200: BoardModelDetail },
      },
    },
    async (request) => {
      const { slug, model } = request.params
      return getBoardModel(contextOf(request), slug, model, request.query.category ?? null)
    },
  )

  app.get(
    '/boards/:slug/battles',
    {
      config,
      schema: {
        summary: 'The votes between two models, newest first; open studies show them to researchers only',
        params: StudySlug,
        querystring: BattleQuery,
        response: { 200: BattlePage },
      },
    },
    async (request) => listBattles(contextOf(request), request.params.slug, request.query),
  )

  app.get(
    '/boards/:slug/battles/:vote',
    {
      config,
      schema: {
        summary: 'One vote with its question, picture and both answers',
        params: VoteAddress,
        response: { 200: Battle },
      },
    },
    async (request) => getBattle(contextOf(request), request.params.slug, request.params.vote),
  )
}

/** Sends a table of the board that the request names as a file. */
export function sendCsv(request: FastifyRequest, reply: FastifyReply, kind: string, text: string) {
  const { slug } = request.params as z.infer<typeof StudySlug>
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${slug}-${kind}.csv"`)
    .send(text)
}
