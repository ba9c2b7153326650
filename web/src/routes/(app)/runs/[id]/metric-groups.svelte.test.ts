import { expect, test } from 'vitest'
import { groupMetrics } from './metric-groups.ts'

const metric = (name: string, value: number | null = 0.5) => ({ name, value, low: null, high: null, n: 1 })

test('metrics that name a kind stand in groups, best first; the others stand alone', () => {
  const { alone, groups } = groupMetrics([
    metric('accuracy'),
    metric('source: A', 0.2),
    metric('source: B', 0.9),
    metric('task: figure: one'),
    metric('source: none', null),
  ])
  expect(alone.map(({ name }) => name)).toEqual(['accuracy'])
  expect(groups.map(({ kind, metrics }) => [kind, metrics.map(({ name }) => name)])).toEqual([
    ['source', ['B', 'A', 'none']],
    ['task', ['figure: one']],
  ])
})

test('groups that are numbers keep the order of their size', () => {
  const { groups } = groupMetrics([metric('count: 2', 0.1), metric('count: 3', 0.9), metric('count: 10', 0.4)])
  expect(groups[0]!.metrics.map(({ name }) => name)).toEqual(['2', '3', '10'])
})
