import type { Benchmark, Example } from '#benchmarks/benchmark.ts'
import { readConfig } from '#server/core/config.ts'
import { openExamples } from '#server/datasets/service.ts'

/** The examples of a benchmark's sample, which lies in the checkout: no data folder is looked at. */
export async function sampleOf(benchmark: Benchmark): Promise<Example[]> {
  const split = await openExamples({ config: readConfig({ ARENA_DATA: '/dev/null' }) }, { benchmark, split: 'sample' })
  return Array.fromAsync(split.examples())
}
