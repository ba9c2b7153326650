import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { busy, notFound } from '../core/problem.ts'
import { getBenchmark } from './read-benchmark.ts'
import { BenchmarkDetails, BenchmarkSummary } from './schema.ts'
import { listBenchmarks } from './service.ts'

export const datasetRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/benchmarks',
    {
      schema: { summary: 'Benchmarks', response: { 200: z.array(BenchmarkSummary) } },
      config: { policy: 'public', nameless: true },
    },
    (request) => listBenchmarks(contextOf(request)),
  )

  app.get(
    '/benchmarks/:id',
    {
      schema: {
        summary: 'A benchmark: its rule, its data, what a run sends, examples',
        params: z.object({ id: z.string().max(80) }),
        response: { 200: BenchmarkDetails },
      },
      config: { policy: 'public', nameless: true, problems: [notFound, busy] },
    },
    (request) => getBenchmark(contextOf(request), request.params.id),
  )
}
