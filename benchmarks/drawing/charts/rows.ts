import { line, rect, text, textWidth, wrap, type Svg } from '../svg.ts'
import { paintOf, scaleOf, tickLabel, written, type Box, type Chart, type Scale } from './chart.ts'
import { inkOn } from './contrast.ts'

/** Lying bars with the names at their left: one per category, side by side, or stacked. */
export function drawRows(chart: Chart, outer: Box): Svg {
  const { categories, look } = chart
  const scale = scaleOf(chart)
  const names = categories.map((name) => wrap(name, 210, 13))
  const nameRoom = Math.max(...names.flat().map((part) => textWidth(part, 13))) + 14
  // With values at the bars an axis would say everything twice.
  const withAxis = !chart.values
  const plot = {
    left: outer.left + nameRoom,
    top: outer.top,
    right: outer.right - (chart.stacked ? 6 : 56),
    bottom: outer.bottom - (withAxis ? 24 : 0),
  }
  const slot = (plot.bottom - plot.top) / categories.length
  const xOf = (value: number) =>
    plot.left + (value / (chart.stacked ? top(chart) : scale.to)) * (plot.right - plot.left)
  const rows = names.map((parts, index) => {
    const centre = plot.top + (index + 0.5) * slot
    const first = centre + 4.5 - ((parts.length - 1) * 16) / 2
    const label = { size: 13, fill: look.ink, anchor: 'end' } as const
    const name = parts.map((part, at) => text(plot.left - 10, first + at * 16, part, label)).join('')
    return name + (chart.stacked ? stackRow : clusterRow)(chart, index, centre, slot, xOf)
  })
  const axis = withAxis ? drawScale(chart, scale, plot, xOf) : ''
  return axis + rows.join('') + line(plot.left, plot.top, plot.left, plot.bottom, look.quiet)
}

function top(chart: Chart): number {
  return Math.max(...chart.categories.map((_, at) => chart.series.reduce((sum, { values }) => sum + values[at]!, 0)))
}

function drawScale(chart: Chart, scale: Scale, plot: Box, xOf: (value: number) => number): Svg {
  const { look } = chart
  return scale.ticks
    .map((tick) => {
      const dashes = look.gridStyle === 'dashed' ? '3 4' : undefined
      const rule = line(xOf(tick), plot.top, xOf(tick), plot.bottom, look.grid, { 'stroke-dasharray': dashes })
      const label = { size: 12.5, fill: look.quiet, anchor: 'middle' } as const
      return rule + text(xOf(tick), plot.bottom + 19, tickLabel(chart, scale, tick), label)
    })
    .join('')
}

function clusterRow(chart: Chart, index: number, centre: number, slot: number, xOf: (value: number) => number): Svg {
  const count = chart.series.length
  const height = Math.min((slot * 0.7) / count, 34)
  return chart.series
    .map(({ values }, at) => {
      const value = values[index]!
      const y = centre + (at - count / 2) * height
      const bar = rect(xOf(0), y, xOf(value) - xOf(0), height - (count > 1 ? 2 : 0), paintOf(chart, at).hex, {
        rx: chart.look.corner,
      })
      const label = { size: Math.min(13, height * 0.9), fill: chart.look.ink, weight: 600 } as const
      return chart.values ? bar + text(xOf(value) + 7, y + height / 2 + 4, written(chart, value), label) : bar
    })
    .join('')
}

function stackRow(chart: Chart, index: number, centre: number, slot: number, xOf: (value: number) => number): Svg {
  const height = Math.min(slot * 0.66, 40)
  let sum = 0
  return chart.series
    .map(({ values }, at) => {
      const value = values[index]!
      const left = xOf(sum)
      sum += value
      const { hex } = paintOf(chart, at)
      const bar = rect(left, centre - height / 2, xOf(sum) - left - 1, height, hex)
      if (!chart.values || xOf(sum) - left < textWidth(written(chart, value), 13) + 4) return bar
      const label = { size: 13, anchor: 'middle', fill: inkOn(hex), weight: 600 } as const
      return bar + text((left + xOf(sum)) / 2, centre + 4.5, written(chart, value), label)
    })
    .join('')
}
