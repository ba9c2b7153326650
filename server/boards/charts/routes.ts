import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { busy, notFound } from '#server/core/problem.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { csvName } from '../board-csv.ts'
import { BoardQuery } from '../schema.ts'
import { categoriesCsv, matrixCsv, scatterCsv } from './chart-csv.ts'
import { battlesClosed, getBattle, listBattles } from './read-battles.ts'
import { getBoardModel, getCategoryBoards } from './read-categories.ts'
import { getMatrix } from './read-matrix.ts'
import { getScatter } from './read-scatter.ts'
import { Battle, BattlePage, BattleQuery, BoardModelDetail, CategoryBoards, Matrix, Scatter } from './schema.ts'

const VoteAddress = StudySlug.extend({ vote: z.coerce.number<string | number>().int().positive() })
const ModelAddress = StudySlug.extend({ model: z.string().max(80) })

/** What the board's charts are drawn from, each as JSON and as CSV, and the battles behind them. */
export const chartRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const

  registerTable(app, {
    path: '/boards/:slug/matrix',
    summary: 'Every pair of a board: wins, ties, votes, and what the ratings expect',
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug, querystring: BoardQuery },
    table: Matrix,
    read: (ctx, { slug, category = null }) => getMatrix(ctx, slug, category),
    toCsv: matrixCsv,
    fileName: csvName('matrix'),
  })

  registerTable(app, {
    path: '/boards/:slug/categories',
    summary: "Each category's own fit beside the board of all",
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug },
    table: CategoryBoards,
    read: (ctx, { slug }) => getCategoryBoards(ctx, slug),
    toCsv: categoriesCsv,
    fileName: csvName('categories'),
  })

  registerTable(app, {
    path: '/boards/:slug/scatter',
    summary: 'Academic average against Elo, here and in the paper, with correlations and residuals',
    csvSummary: 'Academic average against Elo here, without the paper, as CSV',
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug, querystring: BoardQuery },
    table: Scatter,
    read: (ctx, { slug, category = null }) => getScatter(ctx, slug, category),
    toCsv: ({ here }) => scatterCsv(here),
    fileName: csvName('scatter'),
  })

  app.get(
    '/boards/:slug/models/:model',
    {
      config: { ...config, problems: [notFound] },
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
      config: { ...config, problems: [notFound, battlesClosed] },
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
      config: { ...config, problems: [notFound, battlesClosed, busy] },
      schema: {
        summary: 'One vote with its question, picture and both answers',
        params: VoteAddress,
        response: { 200: Battle },
      },
    },
    async (request) => getBattle(contextOf(request), request.params.slug, request.params.vote),
  )
}
