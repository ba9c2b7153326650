import { expect, test } from 'vitest'
import type { BenchmarkScores, ReferenceBoard } from '#server/boards/schema.ts'
import type { BenchmarkDetails } from '#server/datasets/schema.ts'
import { scoreLines } from './score-lines.ts'
import { tally } from './tally.ts'

const benchmark = { id: 'ai2d', splits: [{ name: 'sample' }, { name: 'test', published: true }] } as BenchmarkDetails
const table = {
  rows: [
    { slug: 'low', name: 'Low', scores: { ai2d: 0.5 } },
    { slug: 'high', name: 'High', scores: { ai2d: 0.9 } },
  ],
} as unknown as ReferenceBoard
const score = (slug: string, split: string, value: number): BenchmarkScores['scores'][number] => ({
  ...{ model: { slug, name: slug, baseline: false }, split, value, low: null, high: null, n: 1, runId: 1 },
  serverScored: null,
  departures: [],
})

test('only a run of the published split stands beside a published score; samples never do', () => {
  const { lines, elsewhere } = scoreLines(
    benchmark,
    {
      scores: [score('low', 'sample', 1), score('high', 'test', 0.8), score('ours', 'test', 0.7)],
    },
    table,
  )
  expect(lines.map(({ slug, published, computed }) => [slug, published, computed?.value ?? null])).toEqual([
    ['high', 0.9, 0.8],
    ['low', 0.5, null],
    ['ours', null, 0.7],
  ])
  expect(elsewhere.map(({ split }) => split)).toEqual(['sample'])
})

test('answers of several people are counted, the most frequent first', () => {
  expect(tally(['no', 'yes', 'yes'])).toBe('yes ×2, no')
})
