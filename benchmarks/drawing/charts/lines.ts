import { circle, polyline, text, textWidth, type Svg } from '../svg.ts'
import { axisRoom, categoryRoom, drawCategories, drawValueAxis } from './axis.ts'
import { paintOf, scaleOf, written, type Box, type Chart } from './chart.ts'

/** Lines over evenly spaced categories, mostly years. */
export function drawLines(chart: Chart, outer: Box): Svg {
  const { categories, look } = chart
  const scale = scaleOf(chart)
  const room = axisRoom(chart, scale)
  const plot = { ...outer, top: outer.top + 10 }
  if (look.axis === 'right') plot.right -= room
  else plot.left += room
  const slot = (plot.right - plot.left) / categories.length
  const widest = Math.max(...categories.map((name) => textWidth(name, 12.5)))
  const every = Math.ceil((widest + 10) / slot)
  const shown = { ...chart, categories: categories.map((name, index) => (index % every ? '' : name)) }
  plot.bottom -= categoryRoom(shown.categories, slot * every)

  const yOf = (value: number) =>
    plot.bottom - ((value - scale.from) / (scale.to - scale.from)) * (plot.bottom - plot.top)
  const xOf = (index: number) => plot.left + (index + 0.5) * slot
  const lines = chart.series.map(({ values }, at) => {
    const { hex } = paintOf(chart, at)
    const points = values.map((value, index): [number, number] => [xOf(index), yOf(value)])
    const marks = points.map(([x, y]) => circle(x, y, 3.4, hex, { stroke: look.ground, 'stroke-width': 1.2 }))
    return polyline(points, hex, { 'stroke-width': 2.6 }) + marks.join('')
  })
  const labels = chart.values ? chart.series.map((_, at) => drawValues(chart, at, xOf, yOf)) : []
  const axis = drawValueAxis(chart, scale, plot, yOf)
  return axis + lines.join('') + labels.join('') + drawCategories(shown, plot, xOf, slot * every)
}

/** A value stands over its point, under it where a higher line passes or the line dips. */
function drawValues(chart: Chart, at: number, xOf: (index: number) => number, yOf: (value: number) => number): Svg {
  const { values } = chart.series[at]!
  return values
    .map((value, index) => {
      const dips = (values[index - 1] ?? value) > value && (values[index + 1] ?? value) > value
      const covered = chart.series.some((other) => {
        const rise = yOf(value) - yOf(other.values[index]!)
        return rise > 0 && rise < 34
      })
      const y = yOf(value) + (dips || covered ? 19 : -10)
      const label = { size: 12, anchor: 'middle', fill: chart.look.ink } as const
      return text(xOf(index), y, written(chart, value), label)
    })
    .join('')
}
