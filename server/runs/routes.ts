import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { getPrediction, listPredictions } from './read-predictions.ts'
import { getRun, listRuns } from './read-runs.ts'
import { NewRun, NewScoring, Prediction, PredictionPage, PredictionQuery, Run, RunSummary } from './schema.ts'
import { cancelRun, pauseRun, requestRun, requestScoring, resumeRun } from './service.ts'

const RunId = z.object({ id: z.coerce.number<string | number>().int().min(1).max(2_147_483_647) })
const ExampleId = RunId.extend({ exampleId: z.string().min(1).max(200) })

export const runRoutes: FastifyPluginAsyncZod = async (app) => {
  const open = { policy: 'public' } as const
  const team = { policy: 'team' } as const

  app.get('/runs', { schema: { response: { 200: z.array(RunSummary) } }, config: open }, (request) =>
    listRuns(contextOf(request)),
  )

  app.post('/runs', { schema: { body: NewRun, response: { 201: RunSummary } }, config: team }, async (request, reply) =>
    reply.code(201).send(await requestRun(contextOf(request), request.body)),
  )

  app.get('/runs/:id', { schema: { params: RunId, response: { 200: Run } }, config: open }, (request) =>
    getRun(contextOf(request), request.params.id),
  )

  app.get(
    '/runs/:id/predictions',
    { schema: { params: RunId, querystring: PredictionQuery, response: { 200: PredictionPage } }, config: open },
    (request) => listPredictions(contextOf(request), request.params.id, request.query),
  )

  app.get(
    '/runs/:id/predictions/:exampleId',
    { schema: { params: ExampleId, response: { 200: Prediction } }, config: open },
    (request) => getPrediction(contextOf(request), request.params.id, request.params.exampleId),
  )

  app.post(
    '/runs/:id/rescore',
    {
      schema: {
        summary: 'Score the stored replies again, without asking the model',
        params: RunId,
        body: NewScoring,
        response: { 202: Run },
      },
      config: { policy: 'researcher' },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      await requestScoring(ctx, request.params.id, request.body)
      return reply.code(202).send(await getRun(ctx, request.params.id))
    },
  )

  for (const [action, verb] of [
    ['pause', pauseRun],
    ['resume', resumeRun],
    ['retry-errors', resumeRun],
    ['cancel', cancelRun],
  ] as const) {
    app.post(
      `/runs/:id/${action}`,
      { schema: { params: RunId, response: { 200: Run } }, config: team },
      async (request) => {
        const ctx = contextOf(request)
        await verb(ctx, request.params.id)
        return getRun(ctx, request.params.id)
      },
    )
  }
}
