import { expect, test } from 'vitest'
import { render } from 'vitest-browser-svelte'
import { eloAxis } from './elo-axis.ts'
import IntervalBar from './IntervalBar.svelte'

const model = { openness: 'open' as const }
const rows = [
  { elo: 1060, low: 1020, high: 1110, model },
  { elo: 940, low: 890, high: 980, model },
]

test('every interval of a board lies on one axis, the higher rating further right', async () => {
  const axis = eloAxis(rows)
  const spans = await Promise.all(
    rows.map(async (row) => {
      const { container } = await render(IntervalBar, { axis, row })
      const whole = container.querySelector('svg')!.getBoundingClientRect()
      const bar = container.querySelector('rect')!.getBoundingClientRect()
      const dot = container.querySelector('circle')!.getBoundingClientRect()
      expect(bar.left).toBeGreaterThanOrEqual(whole.left)
      expect(bar.right).toBeLessThanOrEqual(whole.right)
      return { from: bar.left - whole.left, to: bar.right - whole.left, at: dot.left + dot.width / 2 - whole.left }
    }),
  )
  const [high, low] = spans as [(typeof spans)[0], (typeof spans)[0]]
  expect(low.to).toBeLessThan(high.from)
  // 90 Elo points wide, both of them.
  expect(high.to - high.from).toBeCloseTo(low.to - low.from, 0)
  expect(high.at).toBeGreaterThan(high.from)
})

test('the interval is also said in words', async () => {
  const { container } = await render(IntervalBar, { axis: eloAxis(rows), row: rows[0]! })
  expect(container.querySelector('svg')?.getAttribute('aria-label')).toBe('1020 to 1110')
})

test('a board without a finite rating still has an axis', () => {
  const { at, ticks } = eloAxis([{ low: null, high: null }])
  expect(ticks).toContain(1000)
  expect(at(1000)).toBeCloseTo(50, 6)
})
