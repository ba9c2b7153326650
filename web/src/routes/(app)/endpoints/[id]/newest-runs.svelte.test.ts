import { expect, test } from 'vitest'
import type { RunSummary } from '#server/runs/schema.ts'
import { newestRuns, scoredRun, sumOf } from './newest-runs.ts'

const run = (id: number, benchmark: string, status: RunSummary['status'], spent: number | null = null) =>
  ({
    id,
    benchmark: { id: benchmark, title: benchmark, version: 1 },
    split: 'sample',
    status,
    counts: { pending: 3 },
    cost: { spent, limit: null, price: null },
    withdrawn: null,
  }) as RunSummary

test('each benchmark has its newest run that stands, by name', () => {
  const runs = [run(4, 'chartqa', 'cancelled'), run(3, 'chartqa', 'running', 1), run(2, 'ai2d', 'complete', 0.5)]
  const newest = newestRuns([...runs, run(1, 'ai2d', 'complete')])
  expect(newest.map(({ id }) => id)).toEqual([2, 3])
  expect(sumOf(newest)).toEqual({ going: 1, left: 3, spent: 1.5 })
  expect(sumOf([run(1, 'ai2d', 'complete')]).spent).toBeNull()
})

test('while a newer run goes on or is paused, the score is that of the last whole one', () => {
  const paused = run(5, 'chartqa', 'paused')
  const withdrawn = { ...run(4, 'chartqa', 'complete'), withdrawn: { at: '2026-11-01T00:00:00Z', reason: 'Wrong key' } }
  const runs = [
    paused,
    withdrawn,
    run(3, 'chartqa', 'finalised'),
    run(2, 'chartqa', 'complete'),
    run(1, 'ai2d', 'paused'),
  ]
  expect(newestRuns(runs).map(({ id }) => id)).toEqual([1, 5])
  expect(scoredRun(runs, paused).id).toBe(3)
  expect(scoredRun(runs, runs[4]!).id).toBe(1)
})
