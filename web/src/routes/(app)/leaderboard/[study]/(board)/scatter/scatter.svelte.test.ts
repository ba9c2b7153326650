import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import type { ScatterChart } from '#server/boards/charts/schema.ts'
import { furthestFirst, placeLabels, scatterScales } from './scatter-layout.ts'
import ScatterPlot from './ScatterPlot.svelte'

const point = (name: string, average: number, elo: number, offBy: number): ScatterChart['points'][number] => ({
  slug: name.toLowerCase(),
  name,
  openness: 'open',
  average: { value: average, low: average - 0.01, high: average + 0.01 },
  elo: { value: elo, low: elo - 10, high: elo + 10 },
  offBy,
})
const chart: ScatterChart = {
  points: [
    point('Ann', 0.5, 950, -3),
    point('Ben', 0.6, 1000, 40),
    point('Cas', 0.6, 1001, 2),
    point('Dot', 0.7, 1050, 0),
  ],
  pearson: { value: 0.9, low: null, high: null },
  spearman: { value: 0.9, low: null, high: null },
  line: [
    { average: 0.5, elo: 953, low: 930, high: 970 },
    { average: 0.7, elo: 1050, low: 1030, high: 1070 },
  ],
}
const frame = { width: 800, height: 500, left: 48, right: 16, top: 28, bottom: 44 }

test('every interval lies inside the axes, more is further right and further up', () => {
  const { x, y } = scatterScales(chart, frame)
  for (const { average, elo } of chart.points) {
    expect(x(average.low!)).toBeGreaterThanOrEqual(frame.left)
    expect(x(average.high!)).toBeLessThanOrEqual(frame.width - frame.right)
    expect(y(elo.high!)).toBeGreaterThanOrEqual(frame.top)
    expect(y(elo.low!)).toBeLessThanOrEqual(frame.height - frame.bottom)
  }
  expect(x(0.7)).toBeGreaterThan(x(0.5))
  expect(y(1050)).toBeLessThan(y(950))
})

test('those furthest from the line are named first, and no two names cover each other', () => {
  expect(furthestFirst(chart.points).map(({ name }) => name)).toEqual(['Ben', 'Ann', 'Cas', 'Dot'])
  const labels = placeLabels(chart.points, scatterScales(chart, frame), frame)
  expect(labels[0]!.point.name).toBe('Ben')
  const spots = labels.map(({ x, y, anchor }) => `${x} ${y} ${anchor}`)
  expect(new Set(spots).size).toBe(labels.length)
})

test('the plot shows a mark and both intervals of each model, and the printed one is hollow', async () => {
  const ours = await render(ScatterPlot, { chart, label: 'ours', printed: false })
  expect(ours.container.querySelectorAll('.mark')).toHaveLength(4)
  expect(ours.container.querySelectorAll('.interval')).toHaveLength(8)
  const bare = { value: 0.6, low: null, high: null }
  const paper = {
    ...chart,
    points: chart.points.map((one) => ({ ...one, average: bare, elo: { ...bare, value: 1000 } })),
  }
  const theirs = await render(ScatterPlot, { chart: paper, label: 'theirs', printed: true })
  expect(theirs.container.querySelectorAll('.interval')).toHaveLength(0)
  const [filled, hollow] = [ours, theirs].map(
    ({ container }) => getComputedStyle(container.querySelector('.mark')!).strokeWidth,
  )
  expect(filled).not.toBe(hollow)
})
