import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { planIsOver, planNotPausable, planNotResumable } from '../calls/service.ts'
import { contextOf } from '../core/context.ts'
import { busy, notAllowed, notFound } from '../core/problem.ts'
import { asFile } from '../core/schema.ts'
import { endpointOff } from '../endpoints/reach.ts'
import { addressNotAllowed, visibleEndpoint } from '../endpoints/service.ts'
import { imageMissing } from '../images/service.ts'
import { addressChanged } from './changes/accept-changes.ts'
import { deleteRun } from './changes/delete-run.ts'
import { finaliseRun, restoreRun, runStands, withdrawRun } from './changes/standing.ts'
import { runChanged } from './stored-run.ts'
import { getPrediction, listPredictions } from './read-predictions.ts'
import { getRun, listRuns, listRunsOf, viewRun } from './read-runs.ts'
import { runNotSettled } from './scoring/rescore-run.ts'
import {
  ChangedRun,
  CostEstimate,
  CostLine,
  NewRun,
  NewRuns,
  NewScoring,
  Prediction,
  PredictionPage,
  PredictionQuery,
  ResumedRun,
  Run,
  RunSummary,
  WithdrawnRun,
} from './schema.ts'
import {
  cancelRun,
  estimateRun,
  limitRun,
  pauseRun,
  requestRun,
  requestRuns,
  requestScoring,
  resumeRun,
} from './service.ts'
import { listCosts } from './spending/cost-table.ts'
import { exampleAsCurl } from './showing/as-curl.ts'
import { RunStreams } from './stream-runs.ts'
import { detachServerScore } from './submissions/server-scores.ts'

const RunId = z.object({ id: z.coerce.number<string | number>().int().min(1).max(2_147_483_647) })
const EndpointId = z.object({ id: z.uuid() })
const ExampleId = RunId.extend({ exampleId: z.string().min(1).max(200) })

export const runRoutes: FastifyPluginAsyncZod = async (app) => {
  const open = { policy: 'public' } as const
  const team = { policy: 'team' } as const

  app.get(
    '/runs',
    { config: open, schema: { summary: 'Runs, newest first', response: { 200: z.array(RunSummary) } } },
    (request) => listRuns(contextOf(request)),
  )

  app.post(
    '/runs',
    {
      config: { ...team, creates: true, problems: [notFound, notAllowed, addressNotAllowed, endpointOff] },
      schema: { summary: 'Run a benchmark on an endpoint', body: NewRun, response: { 201: RunSummary } },
    },
    async (request, reply) => reply.code(201).send(await requestRun(contextOf(request), request.body)),
  )

  app.post(
    '/runs/estimate',
    {
      config: { ...team, problems: [notFound, notAllowed] },
      schema: {
        summary: 'What a run would cost, before anything is asked',
        body: NewRun,
        response: { 200: CostEstimate },
      },
    },
    (request) => estimateRun(contextOf(request), request.body),
  )

  app.get(
    '/costs',
    {
      config: team,
      schema: { summary: 'What runs have cost, by model and benchmark', response: { 200: z.array(CostLine) } },
    },
    (request) => listCosts(contextOf(request)),
  )

  app.patch(
    '/runs/:id',
    {
      config: { ...team, problems: [notFound, notAllowed] },
      schema: {
        summary: 'Change where a run stops for its cost, while it goes on or is paused',
        params: RunId,
        body: ChangedRun,
        response: { 200: Run },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await limitRun(ctx, request.params.id, request.body)
      return getRun(ctx, request.params.id)
    },
  )

  app.get(
    '/endpoints/:id/runs',
    {
      config: { ...team, problems: [notFound] },
      schema: {
        summary: "An endpoint's runs, newest first",
        params: EndpointId,
        response: { 200: z.array(RunSummary) },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      return listRunsOf(ctx, (await visibleEndpoint(ctx, request.params.id)).id)
    },
  )

  app.post(
    '/endpoints/:id/runs',
    {
      config: { ...team, creates: true, problems: [notFound, notAllowed, addressNotAllowed, endpointOff] },
      schema: {
        summary: 'Run several benchmarks on an endpoint: all of them, or none',
        params: EndpointId,
        body: NewRuns,
        response: { 201: z.array(RunSummary) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await requestRuns(contextOf(request), request.params.id, request.body)),
  )

  app.get(
    '/runs/:id',
    {
      config: { ...open, problems: [notFound] },
      schema: { summary: 'One run: its scores, its settings, how far it is', params: RunId, response: { 200: Run } },
    },
    (request) => getRun(contextOf(request), request.params.id),
  )

  const streams = new RunStreams(app.arena)
  app.addHook('preClose', async () => streams.close())
  app.get(
    '/runs/:id/events',
    {
      config: { ...open, problems: [notFound, busy] },
      schema: {
        summary: 'The run again whenever it changes, as server-sent events named `run`; ends when it is settled',
        params: RunId,
        response: { 200: z.string() },
      },
    },
    async (request, reply) => {
      const { run, sees } = await viewRun(contextOf(request), request.params.id)
      streams.admit(run.id)
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      streams.follow(run.id, sees, reply.raw)
    },
  )

  app.get(
    '/runs/:id/predictions',
    {
      config: { ...open, problems: [notFound] },
      schema: {
        summary: "A run's predictions, a page at a time",
        params: RunId,
        querystring: PredictionQuery,
        response: { 200: PredictionPage },
      },
    },
    (request) => listPredictions(contextOf(request), request.params.id, request.query),
  )

  app.get(
    '/runs/:id/predictions/:exampleId',
    {
      config: { ...open, problems: [notFound] },
      schema: {
        summary: 'One prediction: what was sent, what came back, how it was scored',
        params: ExampleId,
        response: { 200: Prediction },
      },
    },
    (request) => getPrediction(contextOf(request), request.params.id, request.params.exampleId),
  )

  app.get(
    '/runs/:id/predictions/:exampleId/curl',
    {
      config: { ...team, problems: [notFound, notAllowed, imageMissing, busy] },
      schema: {
        summary: 'The request of one example as a curl command; the key is a variable of the shell',
        params: ExampleId,
        response: { 200: asFile('The command', 'text/plain') },
      },
    },
    async (request, reply) => {
      const command = await exampleAsCurl(contextOf(request), request.params.id, request.params.exampleId)
      return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(command)
    },
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
      config: { policy: 'researcher', problems: [notFound, notAllowed, busy, runChanged, runNotSettled] },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      await requestScoring(ctx, request.params.id, request.body)
      return reply.code(202).send(await getRun(ctx, request.params.id))
    },
  )

  for (const action of ['resume', 'retry-errors'] as const) {
    app.post(
      `/runs/:id/${action}`,
      {
        config: {
          ...team,
          problems: [
            notFound,
            notAllowed,
            runChanged,
            addressChanged,
            addressNotAllowed,
            endpointOff,
            planNotResumable,
            busy,
          ],
        },
        schema: {
          summary:
            action === 'resume'
              ? 'Go on with a run that is paused or incomplete'
              : 'Ask again where a call ended in an error',
          params: RunId,
          body: ResumedRun.nullish(),
          response: { 200: Run },
        },
      },
      async (request) => {
        const ctx = contextOf(request)
        await resumeRun(ctx, request.params.id, request.body ?? {})
        return getRun(ctx, request.params.id)
      },
    )
  }

  app.post(
    '/runs/:id/withdraw',
    {
      config: { policy: 'researcher', problems: [notFound, notAllowed, runStands] },
      schema: {
        summary: 'Take a run off every board; it is kept, and its page says why',
        params: RunId,
        body: WithdrawnRun,
        response: { 200: Run },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await withdrawRun(ctx, request.params.id, request.body)
      return getRun(ctx, request.params.id)
    },
  )

  for (const [action, summary, verb] of [
    ['finalise', 'Accept an incomplete run as it is: its score stands on boards', finaliseRun],
    ['restore', 'Put a run back on the boards', restoreRun],
  ] as const) {
    app.post(
      `/runs/:id/${action}`,
      {
        config: { policy: 'researcher', problems: [notFound, notAllowed, runStands] },
        schema: { summary, params: RunId, response: { 200: Run } },
      },
      async (request) => {
        const ctx = contextOf(request)
        await verb(ctx, request.params.id)
        return getRun(ctx, request.params.id)
      },
    )
  }

  app.delete(
    '/runs/:id/server-scores/:scoreId',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: "Take a benchmark server's score off a run that was attached by mistake",
        params: RunId.extend({ scoreId: RunId.shape.id }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await detachServerScore(contextOf(request), request.params.id, request.params.scoreId)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/runs/:id',
    {
      config: { ...team, problems: [notFound, notAllowed, runStands] },
      schema: {
        summary: 'Delete a run that is over, with its examples, requests and replies',
        params: RunId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deleteRun(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )

  for (const [action, summary, verb] of [
    ['pause', 'Pause a run; calls that are out come in', pauseRun],
    ['cancel', 'End a run as it is', cancelRun],
  ] as const) {
    app.post(
      `/runs/:id/${action}`,
      {
        config: { ...team, problems: [notFound, notAllowed, planNotPausable, planIsOver] },
        schema: { summary, params: RunId, response: { 200: Run } },
      },
      async (request) => {
        const ctx = contextOf(request)
        await verb(ctx, request.params.id)
        return getRun(ctx, request.params.id)
      },
    )
  }
}
