import { expect, test } from 'vitest'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'

const benchmarks = await loadBenchmarks()

test.each<[string, string[], string[]]>([
  ['ai2d', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'lmms_eval']],
  ['chartqa', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'lmms_eval']],
  ['vqa_v2', ['molmo', 'lmms_eval'], ['molmo', 'lmms_eval']],
  ['docvqa', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'lmms_eval']],
  ['infographicvqa', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'lmms_eval']],
  ['textvqa', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'vqa_v2']],
  ['realworldqa', ['molmo', 'lmms_eval'], ['molmo', 'lmms_eval']],
  ['mmmu', ['molmo', 'vlmevalkit', 'lmms_eval'], ['molmo', 'vlmevalkit', 'lmms_eval']],
  ['mathvista', ['molmo', 'vlmevalkit'], ['no_judge', 'legacy_2023_int', 'molmo', 'vlmevalkit', 'lmms_eval']],
  ['countbenchqa', ['molmo', 'vlmevalkit', 'lmms_eval'], ['lenient', 'lmms_eval', 'vlmevalkit']],
  ['pixmo_count', ['molmo', 'lmms_eval'], ['lenient', 'lmms_eval', 'vlmevalkit']],
])('%s can be asked as by default and as %j do, and scored officially and as %j do', (id, prompts, scorers) => {
  const benchmark = benchmarks.get(id)!
  expect(Object.keys(benchmark.prompts)).toEqual(['default', ...prompts])
  expect(Object.keys(benchmark.scorers)).toEqual(['official', ...scorers])
})

test('a model that counts by pointing has room for its points, and every benchmark is asked greedily', () => {
  for (const [id, { generation }] of benchmarks) {
    expect(generation.temperature).toBe(0)
    if (id.includes('count')) expect(generation.maxTokens).toBeGreaterThanOrEqual(192)
  }
})
