import { expect, test } from 'vitest'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'

const benchmarks = [...(await loadBenchmarks()).values()]

test.each(benchmarks)('$id is asked greedily', ({ generation }) => {
  expect(generation.temperature).toBe(0)
})

const counting = benchmarks.filter(({ style }) => style === 'point_count')
test.each(counting)('a model that counts by pointing has room for its points in $id', ({ generation }) => {
  expect(generation.maxTokens).toBeGreaterThanOrEqual(192)
})
