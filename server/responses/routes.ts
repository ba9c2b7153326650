import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { StudySlug } from '../studies/schema.ts'
import { decideAnswers, listHeld } from './held-answers.ts'
import { AnswerDecision, AnswersDecided, HeldPage, HeldPageRequest } from './schema.ts'

const policy = 'researcher' as const

export const responseRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/studies/:slug/held-answers',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Answers that raters are not shown: those that wait for a person, or those dropped',
        params: StudySlug,
        querystring: HeldPageRequest,
        response: { 200: HeldPage },
      },
    },
    async (request) => listHeld(contextOf(request), request.params.slug, request.query),
  )

  app.post(
    '/studies/:slug/held-answers/decisions',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Release, drop or hold answers again',
        params: StudySlug,
        body: AnswerDecision,
        response: { 200: AnswersDecided },
      },
    },
    async (request) => decideAnswers(contextOf(request), request.params.slug, request.body),
  )
}
