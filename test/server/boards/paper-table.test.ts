import { expect, test } from 'vitest'
import { paperTable } from '#server/boards/paper-table.ts'
import { ReferenceBoard } from '#server/boards/schema.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import { arena } from '../../support/arena.ts'

const { rows, benchmarks } = paperTable
/** Tenths of a percent as whole numbers, so that sums of printed cells are exact. */
const tenths = (share: number) => Math.round(share * 1000)

test('the paper’s table has 27 models in four groups and all eleven benchmarks at their published splits', async () => {
  const catalogue = await loadBenchmarks()
  const sizes = Map.groupBy(rows, ({ openness }) => openness)
  expect([...sizes].map(([openness, group]) => [openness, group.length])).toEqual([
    ['api_only', 7],
    ['open_weights', 9],
    ['open_distilled', 7],
    ['open', 4],
  ])
  expect(new Set(rows.map(({ slug }) => slug)).size).toBe(27)
  expect(benchmarks).toHaveLength(11)
  for (const { id, split } of benchmarks) expect(catalogue.get(id)?.splits[split]?.published).toBe(true)
  for (const { scores } of rows) expect(Object.keys(scores)).toEqual(benchmarks.map(({ id }) => id))
})

test.each(rows.filter(({ name }) => name !== 'Molmo-7B-O'))(
  'the average printed for $name is the mean of its printed cells, to the printed digit',
  ({ scores, average }) => {
    const mean = Object.values(scores).reduce((sum, share) => sum + tenths(share), 0) / 11
    expect(Math.round(mean)).toBe(tenths(average))
  },
)

test('the average of Molmo-7B-O is of unrounded scores: its printed cells allow what is printed', () => {
  const { scores, average } = rows.find(({ name }) => name === 'Molmo-7B-O')!
  const mean = Object.values(scores).reduce((sum, share) => sum + tenths(share), 0) / 11
  expect(mean).toBeCloseTo(746.545, 2)
  // Printed cells stand for anything within half a tenth, and so do their mean and the printed average.
  expect(Math.abs(mean - tenths(average))).toBeLessThan(1)
})

test('ranks are 1 to 27 in the order of Elo', () => {
  const ranked = [...rows].sort((one, other) => one.rank - other.rank)
  expect(ranked.map(({ rank }) => rank)).toEqual(Array.from({ length: 27 }, (_, index) => index + 1))
  for (const [index, { elo }] of ranked.entries()) expect(elo).toBeLessThanOrEqual(ranked[index - 1]?.elo ?? Infinity)
  expect(ranked.slice(0, 3).map(({ name, elo }) => [name, elo])).toEqual([
    ['GPT-4o-0513', 1079],
    ['Molmo-72B', 1077],
    ['Gemini 1.5 Pro', 1074],
  ])
})

test('average and Elo correlate at 0.81, their ranks at 0.86', () => {
  expect(paperTable.correlation.pearson).toBeCloseTo(0.81, 2)
  expect(paperTable.correlation.spearman).toBeCloseTo(0.86, 2)
})

test('anyone may read the table and take it as CSV in the printed digits', async () => {
  const { anonymous } = await arena()
  const reply = await anonymous.get('/api/v1/boards/reference/molmo-paper')
  expect(reply.statusCode).toBe(200)
  expect(ReferenceBoard.parse(reply.json())).toEqual(paperTable)
  const csv = await anonymous.get('/api/v1/boards/reference/molmo-paper/export.csv')
  expect(csv.headers['content-type']).toContain('text/csv')
  const lines = csv.body.trimEnd().split('\r\n')
  expect(lines).toHaveLength(28)
  expect(lines.at(-1)).toBe('2,Molmo-72B,open,1077,81.2,96.3,87.3,86.5,93.5,81.9,83.1,75.2,54.1,58.6,91.2,85.2')
})
