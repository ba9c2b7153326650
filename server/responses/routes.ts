import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { planNotResumable } from '../calls/service.ts'
import { ModelSlug } from '../models/schema.ts'
import { CollectionProgress, StudySlug } from '../studies/schema.ts'
import { modelAsked, studyOver, studyState } from '../studies/service.ts'
import { answersShown, collectAgain, modelNotAsked, removeAnswers } from './answers.ts'
import { readAnswerCoverage } from './collection-progress.ts'
import { decideAnswers, listHeld } from './held-answers.ts'
import { AnswerDecision, AnswersAsked, AnswersDecided, CollectRequest, HeldPage, HeldPageRequest } from './schema.ts'

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

  app.get(
    '/studies/:slug/answers',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'How far each model of a study is with its answers',
        params: StudySlug,
        response: { 200: z.array(CollectionProgress) },
      },
    },
    async (request) => readAnswerCoverage(contextOf(request), request.params.slug),
  )

  app.post(
    '/studies/:slug/answers/collect',
    {
      config: { policy, problems: [notFound, studyState, studyOver, modelNotAsked, planNotResumable] },
      schema: {
        summary: 'Ask models for what is missing: what was never asked, and once more what ended in an error',
        params: StudySlug,
        body: CollectRequest,
        response: { 200: AnswersAsked },
      },
    },
    async (request) => collectAgain(contextOf(request), request.params.slug, request.body.model),
  )

  app.delete(
    '/studies/:slug/answers/:model',
    {
      config: { policy, problems: [notFound, modelAsked, answersShown] },
      schema: {
        summary: 'Take a model whose answers were imported out of a study, with its answers',
        params: StudySlug.extend(ModelSlug.shape),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await removeAnswers(contextOf(request), request.params.slug, request.params.model)
      return reply.code(204).send(null)
    },
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
