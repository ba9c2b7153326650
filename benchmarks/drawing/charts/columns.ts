import { rect, text, textWidth, type Svg } from '../svg.ts'
import { axisRoom, categoryRoom, drawCategories, drawValueAxis } from './axis.ts'
import { paintOf, scaleOf, written, type Box, type Chart } from './chart.ts'
import { inkOn } from './contrast.ts'

/** Upright bars: one per category, side by side, or stacked. */
export function drawColumns(chart: Chart, outer: Box): Svg {
  const { categories, look } = chart
  const scale = scaleOf(chart)
  const room = axisRoom(chart, scale)
  const plot = { ...outer, top: outer.top + 8 }
  if (look.axis === 'right') plot.right -= room
  else plot.left += room
  const slot = (plot.right - plot.left) / categories.length
  plot.bottom -= categoryRoom(categories, slot)

  const yOf = (value: number) =>
    plot.bottom - ((value - scale.from) / (scale.to - scale.from)) * (plot.bottom - plot.top)
  const xOf = (index: number) => plot.left + (index + 0.5) * slot
  const bars = categories.map((_, index) => (chart.stacked ? stack : cluster)(chart, index, xOf(index), slot, yOf))
  return drawValueAxis(chart, scale, plot, yOf) + bars.join('') + drawCategories(chart, plot, xOf, slot)
}

function cluster(chart: Chart, index: number, centre: number, slot: number, yOf: (value: number) => number): Svg {
  const count = chart.series.length
  const width = Math.min((slot * (count > 1 ? 0.76 : 0.62)) / count, 64)
  return chart.series
    .map(({ values }, at) => {
      const value = values[index]!
      const left = centre + (at - count / 2) * width
      const gap = count > 1 ? 1.5 : 0
      const top = yOf(value)
      const bar = rect(left + gap / 2, top, width - gap, yOf(chart.from ?? 0) - top, paintOf(chart, at).hex, {
        rx: chart.look.corner,
      })
      if (!chart.values) return bar
      const size = Math.min(12.5, ((width + (count > 1 ? -1 : 18)) / textWidth(written(chart, value), 12.5)) * 12.5)
      const label = { size, anchor: 'middle', fill: chart.look.ink, weight: count > 1 ? 400 : 600 } as const
      return bar + text(left + width / 2, top - 6, written(chart, value), label)
    })
    .join('')
}

function stack(chart: Chart, index: number, centre: number, slot: number, yOf: (value: number) => number): Svg {
  const width = Math.min(slot * 0.6, 70)
  let sum = 0
  return chart.series
    .map(({ values }, at) => {
      const value = values[index]!
      const bottom = yOf(sum)
      sum += value
      const top = yOf(sum)
      const { hex } = paintOf(chart, at)
      const bar = rect(centre - width / 2, top, width, bottom - top - 1, hex)
      if (!chart.values || bottom - top < 16) return bar
      const label = { size: 12, anchor: 'middle', fill: inkOn(hex) } as const
      return bar + text(centre, (top + bottom) / 2 + 4, written(chart, value), label)
    })
    .join('')
}
