import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { noSnapshot } from '#server/snapshots/covered-votes.ts'
import { tooSlow } from '#server/snapshots/filter-votes.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { battlesClosed } from '../charts/read-battles.ts'
import { csvName } from '../board-csv.ts'
import { BoardQuery } from '../schema.ts'
import { getFitTest } from './read-fit-test.ts'
import { readFragility } from './read-fragility.ts'
import { getStability } from './read-stability.ts'
import { BoardFitTest, Fragility, Stability, WhatIf, WhatIfQuery } from './schema.ts'
import { fitCsv, fragilityCsv, stabilityCsv } from './trust-csv.ts'
import { noSuchFit, readWhatIf, tooFewRaters } from './what-if.ts'

/** How far the numbers of a board may be trusted, each table as JSON and as CSV. */
export const trustRoutes: FastifyPluginAsyncZod = async (app) => {
  const config = { policy: 'public' } as const
  const throughVotes = { ...config, rateLimit: { max: 60, timeWindow: '1 minute' } } as const

  registerTable(app, {
    path: '/boards/:slug/stability',
    summary: 'How many votes until each two neighbours of a board separate',
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug },
    table: Stability,
    read: (ctx, { slug }) => getStability(ctx, slug),
    toCsv: stabilityCsv,
    fileName: csvName('stability'),
  })

  registerTable(app, {
    path: '/boards/:slug/fit',
    summary: 'Whether one scale holds the votes of a board: test, worst pairs, circles of three',
    csvSummary: 'Every pair with decisive votes beside what the scale expects, worst first, as CSV',
    config: { ...config, problems: [notFound] },
    asked: { params: StudySlug, querystring: BoardQuery },
    table: BoardFitTest,
    read: (ctx, { slug, category = null }) => getFitTest(ctx, slug, category),
    readWhole: (ctx, { slug, category = null }) => getFitTest(ctx, slug, category, Infinity),
    toCsv: ({ pairs }) => fitCsv(pairs),
    fileName: csvName('fit'),
  })

  registerTable(app, {
    path: '/boards/:slug/fragility',
    summary: 'How far a board hangs on any one rater',
    csvSummary: 'The board without each of the raters who move it most, as CSV',
    config: { ...throughVotes, problems: [notFound, battlesClosed, noSnapshot, tooSlow] },
    asked: { params: StudySlug, querystring: BoardQuery },
    table: Fragility,
    read: (ctx, { slug, category = null }) => readFragility(ctx, slug, category),
    toCsv: ({ without }) => fragilityCsv(without),
    fileName: csvName('fragility'),
  })

  app.get(
    '/boards/:slug/what-if',
    {
      config: {
        ...throughVotes,
        problems: [notFound, battlesClosed, noSnapshot, noSuchFit, tooFewRaters, tooSlow],
      },
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
}
