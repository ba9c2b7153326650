import { z } from 'zod'
import { BenchmarkDetails, BenchmarkSummary } from '#server/datasets/schema.ts'
import { ask, id, type Fetch } from './ask.ts'

export const listBenchmarks = (fetch: Fetch) => ask(fetch, '/benchmarks', z.array(BenchmarkSummary))
export const getBenchmark = (fetch: Fetch, benchmark: string) =>
  ask(fetch, `/benchmarks/${id(benchmark)}`, BenchmarkDetails)
