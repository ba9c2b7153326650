import { expect, test } from 'vitest'
import type { ReferenceBoard } from '#server/boards/schema.ts'
import { addressOf, readView, sortRows } from './reference-view.ts'

const row = (name: string, openness: 'api_only' | 'open', rank: number, ai2d: number) => ({
  ...{ slug: name, name, openness, rank, scores: { ai2d } },
  ...{ average: ai2d, elo: 1100 - rank },
})
const table: ReferenceBoard = {
  id: 'x',
  title: 'X',
  source: { paper: '', version: 1, table: '', citation: '' },
  notes: [],
  benchmarks: [{ id: 'ai2d', title: 'AI2D', split: 'test' }],
  rows: [row('A 10', 'api_only', 2, 0.5), row('A 9', 'api_only', 3, 0.7), row('B', 'open', 1, 0.7)],
  correlation: { pearson: 0, spearman: 0 },
}
const names = (address: string) =>
  sortRows(table, readView(table, new URLSearchParams(address))).map(({ rows }) => rows.map(({ name }) => name))

test('rows stand by rank, by a column from the best down, or by name, numbers by size', () => {
  expect(names('')).toEqual([['B', 'A 10', 'A 9']])
  expect(names('sort=ai2d')).toEqual([['B', 'A 9', 'A 10']])
  expect(names('sort=model')).toEqual([['A 9', 'A 10', 'B']])
  expect(names('sort=nothing')).toEqual(names(''))
})

test('groups keep the paper’s order and are sorted within', () => {
  expect(names('sort=ai2d&groups=1')).toEqual([['A 9', 'A 10'], ['B']])
})

test('an address leads back to its view', () => {
  for (const view of [
    { sort: 'ai2d', grouped: true },
    { sort: 'rank', grouped: true },
    { sort: 'average', grouped: false },
  ])
    expect(readView(table, new URLSearchParams(addressOf(view)))).toEqual(view)
})
