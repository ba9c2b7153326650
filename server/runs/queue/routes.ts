import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { planIsOver } from '#server/calls/service.ts'
import { contextOf } from '#server/core/context.ts'
import { notAllowed, notFound } from '#server/core/problem.ts'
import { moveRun } from './move-run.ts'
import { readQueue } from './read-queue.ts'
import { EndpointQueue, MovedRun } from './schema.ts'

const RunId = z.object({ id: z.coerce.number<string | number>().int().min(1).max(2_147_483_647) })

export const queueRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/queue',
    {
      config: { policy: 'team' },
      schema: {
        summary: 'What every endpoint is still to be asked, in order, with why it waits and when it is likely to end',
        response: { 200: z.array(EndpointQueue) },
      },
    },
    (request) => readQueue(contextOf(request)),
  )

  app.post(
    '/runs/:id/move',
    {
      config: { policy: 'team', problems: [notFound, notAllowed, planIsOver] },
      schema: {
        summary: 'Move a run in the queue of its endpoint',
        params: RunId,
        body: MovedRun,
        response: { 200: z.array(EndpointQueue) },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await moveRun(ctx, request.params.id, request.body)
      return readQueue(ctx)
    },
  )
}
