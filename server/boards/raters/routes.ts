import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { notFound } from '#server/core/problem.ts'
import { tooSlow } from '#server/snapshots/filter-votes.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { listAllRaters, listRaters } from './list-raters.ts'
import { payCsv, ratersCsv } from './raters-csv.ts'
import { readEffect } from './read-effect.ts'
import { readEvidence } from './read-evidence.ts'
import { readPay } from './read-pay.ts'
import {
  EffectInput,
  ExclusionEffect,
  PayList,
  RaterEvidence,
  RaterId,
  RaterList,
  RaterQuery,
  RaterVoteQuery,
} from './schema.ts'

/** The raters of a study as their votes show them, and what leaving some out would do. */
export const studyRaterRoutes: FastifyPluginAsyncZod = async (app) => {
  const policy = 'researcher' as const

  registerTable(app, {
    path: '/studies/:slug/raters',
    summary:
      'The raters of a study with speed, sides, ties and agreement of their votes, and who is proposed to be excluded',
    csvSummary: 'All raters of a study with every figure, as CSV',
    config: { policy, problems: [notFound, tooSlow] },
    asked: { params: StudySlug, querystring: RaterQuery },
    table: RaterList,
    read: (ctx, { slug, ...query }) => listRaters(ctx, slug, query),
    readWhole: async (ctx, { slug, ...query }) => ({
      ...(await listRaters(ctx, slug, query)),
      raters: await listAllRaters(ctx, slug),
    }),
    toCsv: ({ raters }) => ratersCsv(raters),
    fileName: ({ slug }) => `${slug}-raters`,
  })

  registerTable(app, {
    path: '/studies/:slug/pay',
    summary: 'What the raters of a study are to be paid by: votes, counted votes, minutes',
    config: { policy: 'admin', problems: [notFound] },
    asked: { params: StudySlug },
    table: PayList,
    read: (ctx, { slug }) => readPay(ctx, slug),
    toCsv: payCsv,
    fileName: ({ slug }) => `${slug}-pay`,
  })

  app.get(
    '/studies/:slug/raters/:rater/votes',
    {
      config: { policy, problems: [notFound, tooSlow] },
      schema: {
        summary: 'The votes of one rater, as evidence of the figures',
        params: RaterId,
        querystring: RaterVoteQuery,
        response: { 200: RaterEvidence },
      },
    },
    async (request) => {
      const { slug, rater } = request.params
      return readEvidence(contextOf(request), slug, rater, request.query)
    },
  )

  app.post(
    '/studies/:slug/raters/effect',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'What excluding raters, or including them again, would do to the board; nothing is changed',
        params: StudySlug,
        body: EffectInput,
        response: { 200: ExclusionEffect },
      },
    },
    async (request) => readEffect(contextOf(request), request.params.slug, request.body),
  )
}
