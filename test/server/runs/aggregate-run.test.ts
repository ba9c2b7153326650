import { expect, test } from 'vitest'
import { count, eachGroup, mean } from '#benchmarks/metrics.ts'
import { aggregate } from '#server/runs/scoring/aggregate-run.ts'

const row = (score: number | null, tags: string[], also: Record<string, number> | null = null) => ({
  score,
  also,
  tags,
  cluster: tags.join(),
})
const rows = [
  row(1, ['count: 2', 'skill: a', 'skill: b'], { close: 1 }),
  row(0, ['count: 10', 'skill: a'], { close: 1 }),
  row(0, ['count: 10', 'skill: b']),
  row(null, ['count: 2']),
]

test('each group has a mean of its own, named after its tag, numbers in their order', () => {
  const shown = aggregate(eachGroup('count'), rows).map(({ name, value, n }) => [name, value, n])
  expect(shown).toEqual([
    ['count: 2', 1, 1],
    ['count: 10', 0, 2],
  ])
})

test('a prediction with several tags of a kind counts in each of the groups', () => {
  expect(aggregate(eachGroup('skill'), rows).map(({ name, value, n }) => [name, value, n])).toEqual([
    ['skill: a', 0.5, 2],
    ['skill: b', 0.5, 2],
  ])
})

test('the mean of group means gives each group the same weight and claims no interval', () => {
  expect(aggregate({ name: 'by count', kind: 'group-mean', by: 'count: ' }, rows)).toEqual([
    { name: 'by count', value: 0.5, low: null, high: null, n: 3 },
  ])
})

test('a count adds up a further value over the marked predictions that carry the tag', () => {
  expect(aggregate(count('close', { of: 'close' }), rows)).toEqual([
    { name: 'close', unit: 'count', value: 2, low: null, high: null, n: 3 },
  ])
  expect(aggregate(count('close', { of: 'close', tag: 'skill: b' }), rows)[0]).toMatchObject({ value: 1, n: 2 })
  expect(aggregate(count('valid', { of: 'valid' }), rows)[0]).toMatchObject({ value: null, n: 0 })
})

test('a further value counts as 0 where a mark lacks it, and has no mean where no mark has it', () => {
  expect(aggregate(mean('close', { of: 'close' }), rows)[0]).toMatchObject({ value: 2 / 3, n: 3 })
  expect(aggregate(mean('valid', { of: 'valid' }), rows)[0]).toMatchObject({ value: null, n: 0 })
})
