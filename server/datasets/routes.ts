import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { BenchmarkSummary } from './schema.ts'
import { listBenchmarks } from './service.ts'

export const datasetRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/benchmarks',
    { schema: { response: { 200: z.array(BenchmarkSummary) } }, config: { policy: 'public' } },
    (request) => listBenchmarks(contextOf(request)),
  )
}
