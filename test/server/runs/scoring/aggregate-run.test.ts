import { describe, expect, test } from 'vitest'
import { count, eachGroup, mean, ratio } from '#benchmarks/metrics.ts'
import { aggregate } from '#server/runs/scoring/aggregate-run.ts'
import { meanInterval } from '#server/runs/scoring/mean-interval.ts'

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

describe('a ratio of sums', () => {
  /** A prediction of a yes/no set; `said` is null where the response had no answer or was refused. */
  const answered = (said: 'yes' | 'no' | null, is: 'yes' | 'no', tag = 'all') => {
    const ofQuestion = { 'is yes': is === 'yes' ? 1 : 0 }
    const ofAnswer = { 'said yes': said === 'yes' ? 1 : 0, 'right yes': said === 'yes' && is === 'yes' ? 1 : 0 }
    const also: Record<string, number> = said ? { ...ofQuestion, ...ofAnswer } : ofQuestion
    return { score: said === is ? 1 : 0, also, tags: [tag], cluster: String(cluster++) }
  }
  let cluster = 0
  const predictions = [
    ...[answered('yes', 'yes'), answered('yes', 'yes'), answered('yes', 'yes'), answered('yes', 'no')],
    ...[answered('no', 'yes'), answered(null, 'yes'), answered('no', 'no'), answered('no', 'no', 'hard')],
  ]
  const precision = ratio('precision', { 'right yes': 1 }, { 'said yes': 1 })
  const recall = ratio('recall', { 'right yes': 1 }, { 'is yes': 1 })
  const f1 = ratio('F1', { 'right yes': 2 }, { 'said yes': 1, 'is yes': 1 })

  test('gives precision 3/4, recall 3/5 and F1 6/9, with a missing answer among what was there to find', () => {
    expect(aggregate(precision, predictions)[0]).toMatchObject({ name: 'precision', value: 3 / 4, n: 8 })
    expect(aggregate(recall, predictions)[0]).toMatchObject({ name: 'recall', value: 3 / 5, n: 8 })
    expect(aggregate(f1, predictions)[0]).toMatchObject({ name: 'F1', value: 6 / 9, n: 8 })
  })

  test('recall has the interval of the mean over the predictions that it is about', () => {
    const wanted = predictions.filter(({ also }) => also['is yes'] === 1)
    const found = wanted.map(({ also, cluster }) => ({ value: also['right yes'] ?? 0, cluster }))
    const { low, high } = meanInterval(found)!
    expect(aggregate(recall, predictions)[0]).toMatchObject({ low, high })
  })

  test('counts only what carries its tag, and has no value where there is nothing below the line', () => {
    expect(aggregate({ ...recall, tag: 'hard' }, predictions)[0]).toEqual({
      name: 'recall',
      value: null,
      low: null,
      high: null,
      n: 1,
    })
    expect(aggregate(ratio('other', { hits: 1 }, { tries: 1 }), predictions)[0]).toMatchObject({ value: null, n: 0 })
  })

  test('predictions without a mark are missing from it', () => {
    const missing = { ...answered('yes', 'no'), score: null }
    expect(aggregate(precision, [...predictions, missing])).toEqual(aggregate(precision, predictions))
  })
})
