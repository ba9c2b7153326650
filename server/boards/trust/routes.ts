import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '#server/core/context.ts'
import { fitCsv, fragilityCsv, stabilityCsv } from '../charts/chart-csv.ts'
import { sendCsv, StudySlug } from '../charts/routes.ts'
import { getFitTest } from './read-fit-test.ts'
import { readFragility } from './read-fragility.ts'
import { getStability } from './read-stability.ts'
import { BoardFitTest, BoardQuery, Fragility, Stability } from '../schema.ts'

/** How far the numbers of a board may be trusted, each table as JSON and as CSV. */
export const trustRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const
  const throughVotes = { ...config, rateLimit: { max: 60, timeWindow: '1 minute' } } as const

  app.get(
    '/boards/:slug/stability',
    {
      config,
      schema: {
        summary: 'How many votes until each two neighbours of a board separate',
        params: StudySlug,
        response: { 200: Stability },
      },
    },
    async (request) => getStability(contextOf(request), request.params.slug),
  )

  app.get(
    '/boards/:slug/stability.csv',
    { config, schema: { summary: 'The neighbours as CSV', params: StudySlug } },
    async (request, reply) => {
      const stability = await getStability(contextOf(request), request.params.slug)
      return sendCsv(request, reply, 'stability', stabilityCsv(stability))
    },
  )

  app.get(
    '/boards/:slug/fit',
    {
      config,
      schema: {
        summary: 'Whether one scale holds the votes of a board: test, worst pairs, circles of three',
        params: StudySlug,
        querystring: BoardQuery,
        response: { 200: BoardFitTest },
      },
    },
    async (request) => getFitTest(contextOf(request), request.params.slug, request.query.category ?? null),
  )

  app.get(
    '/boards/:slug/fit.csv',
    {
      config,
      schema: {
        summary: 'Every pair with decisive votes beside what the scale expects, worst first, as CSV',
        params: StudySlug,
        querystring: BoardQuery,
      },
    },
    async (request, reply) => {
      const { category = null } = request.query
      const { pairs } = await getFitTest(contextOf(request), request.params.slug, category, Infinity)
      return sendCsv(request, reply, category === null ? 'fit' : `fit-${category}`, fitCsv(pairs))
    },
  )

  app.get(
    '/boards/:slug/fragility',
    {
      config: throughVotes,
      schema: {
        summary: 'How far a board hangs on any one rater',
        params: StudySlug,
        querystring: BoardQuery,
        response: { 200: Fragility },
      },
    },
    async (request) => readFragility(contextOf(request), request.params.slug, request.query.category ?? null),
  )

  app.get(
    '/boards/:slug/fragility.csv',
    {
      config: throughVotes,
      schema: {
        summary: 'The board without each of the raters who move it most, as CSV',
        params: StudySlug,
        querystring: BoardQuery,
      },
    },
    async (request, reply) => {
      const { category = null } = request.query
      const { without } = await readFragility(contextOf(request), request.params.slug, category)
      return sendCsv(request, reply, category === null ? 'fragility' : `fragility-${category}`, fragilityCsv(without))
    },
  )
}
