import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { registerTable } from '#server/core/http/table-routes.ts'
import { busy, notFound } from '#server/core/problem.ts'
import { traineeProblems } from '#server/raters/service.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { anotherRater } from '../page-owner.ts'
import { BattleId } from '../schema.ts'
import { previewTraining } from './preview.ts'
import { readResults, resetTraining, resultsCsv } from './results.ts'
import { beginRound, judgeCard, passCard, takeUpTraining } from './rounds.ts'
import {
  TrainedRater,
  TrainingAsker,
  TrainingPreview,
  TrainingResults,
  TrainingStep,
  TrainingVerdict,
} from './schema.ts'

const policy = 'researcher' as const
const refusals = [...traineeProblems, anotherRater, busy]

/** The training that raters do before real cards, and what came of it. */
export const trainingRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/studies/:slug/training',
    {
      config: { policy: 'member', problems: refusals },
      schema: {
        summary: 'Take up the training where the rater who asks is, with the item that comes next',
        params: StudySlug,
        body: TrainingAsker,
        response: { 200: TrainingStep },
      },
    },
    async (request) => takeUpTraining(contextOf(request), request.params.slug, request.body.rater),
  )

  app.post(
    '/studies/:slug/training/rounds',
    {
      config: { policy: 'member', problems: refusals },
      schema: {
        summary: 'Begin a round of the training, or go on with the one that is under way',
        params: StudySlug,
        body: TrainingAsker,
        response: { 200: TrainingStep },
      },
    },
    async (request) => beginRound(contextOf(request), request.params.slug, request.body.rater),
  )

  app.post(
    '/training-cards/:id/verdict',
    {
      config: { policy: 'member', problems: refusals },
      schema: {
        summary: 'Judge an item of the training and be told what was expected; it is no vote',
        params: BattleId,
        body: TrainingVerdict,
        response: { 200: TrainingStep },
      },
    },
    async (request) => judgeCard(contextOf(request), request.params.id, request.body),
  )

  app.post(
    '/training-cards/:id/next',
    {
      config: { policy: 'member', problems: refusals },
      schema: {
        summary: 'Go on from an item of the training that was judged',
        params: BattleId,
        body: TrainingAsker,
        response: { 200: TrainingStep },
      },
    },
    async (request) => passCard(contextOf(request), request.params.id, request.body.rater),
  )

  app.get(
    '/studies/:slug/training-preview',
    {
      config: { policy, problems: [notFound, busy] },
      schema: {
        summary: 'A round of the training to try, with what raters are told; nothing is kept',
        params: StudySlug,
        querystring: z.object({ seed: z.string().max(60).default('') }),
        response: { 200: TrainingPreview },
      },
    },
    async (request) => previewTraining(contextOf(request), request.params.slug, request.query.seed),
  )

  registerTable(app, {
    path: '/studies/:slug/training-results',
    summary: 'The training of a study’s raters: rounds, and each verdict with the expected one',
    csvSummary: 'Every verdict of a study’s training as CSV',
    config: { policy, problems: [notFound] },
    asked: { params: StudySlug },
    table: TrainingResults,
    read: (ctx, { slug }) => readResults(ctx, slug),
    toCsv: resultsCsv,
    fileName: ({ slug }) => `${slug}-training`,
  })

  app.get(
    '/studies/:slug/raters/:rater/training',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'The training of one rater: rounds, and each verdict with the expected one',
        params: TrainedRater,
        response: { 200: TrainingResults },
      },
    },
    async (request) => readResults(contextOf(request), request.params.slug, request.params.rater),
  )

  app.delete(
    '/studies/:slug/raters/:rater/training',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Let a rater begin the training anew, with all tries; what they did stays on record',
        params: TrainedRater,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await resetTraining(contextOf(request), request.params.slug, request.params.rater)
      return reply.code(204).send(null)
    },
  )
}
