import { line, text, textWidth, wrap, type Svg } from '../svg.ts'
import { tickLabel, type Box, type Chart, type Scale } from './chart.ts'

/** Room for the labels of an upright value axis, in pixels. */
export function axisRoom(chart: Chart, scale: Scale): number {
  const widest = Math.max(...scale.ticks.map((tick) => textWidth(tickLabel(chart, scale, tick), 12.5)))
  return widest + 12 + (chart.yTitle ? 20 : 0)
}

/** Grid lines with their labels, on the side the look prefers, and the axis title turned beside them. */
export function drawValueAxis(chart: Chart, scale: Scale, plot: Box, yOf: (value: number) => number): Svg {
  const { look } = chart
  const onRight = look.axis === 'right'
  const parts = scale.ticks.map((tick) => {
    const y = yOf(tick)
    const base = tick === scale.from
    const dashes = look.gridStyle === 'dashed' && !base ? '3 4' : undefined
    const rule =
      look.gridStyle === 'none' && !base
        ? ''
        : line(plot.left, y, plot.right, y, base ? look.quiet : look.grid, { 'stroke-dasharray': dashes })
    const label = { size: 12.5, fill: look.quiet, anchor: onRight ? 'start' : 'end' } as const
    return rule + text(onRight ? plot.right + 8 : plot.left - 8, y + 4.4, tickLabel(chart, scale, tick), label)
  })
  if (chart.yTitle) {
    const x = onRight ? plot.right + axisRoom(chart, scale) - 2 : plot.left - axisRoom(chart, scale) + 12
    const middle = (plot.top + plot.bottom) / 2
    parts.push(text(x, middle, chart.yTitle, { size: 12.5, fill: look.quiet, anchor: 'middle', turn: -90 }))
  }
  return parts.join('')
}

/** The lines that category names need under slots of a given width; null when they must be turned. */
function categoryLines(categories: string[], slot: number): string[][] | null {
  const lines = categories.map((name) => wrap(name, slot - 6, 12.5))
  const fits = lines.every((each) => each.length <= 2 && each.every((part) => textWidth(part, 12.5) <= slot - 4))
  return fits ? lines : null
}

/** Height that the category names take under the plot. */
export function categoryRoom(categories: string[], slot: number): number {
  const lines = categoryLines(categories, slot)
  if (lines) return 10 + 16 * Math.max(...lines.map((each) => each.length))
  return 16 + Math.max(...categories.map((name) => textWidth(name, 12.5))) * 0.71
}

/** Category names under the plot, in up to two lines, or turned by 45 degrees when they are too long. */
export function drawCategories(chart: Chart, plot: Box, xOf: (index: number) => number, slot: number): Svg {
  const lines = categoryLines(chart.categories, slot)
  const fill = chart.look.ink
  return chart.categories
    .map((name, index) => {
      const x = xOf(index)
      if (!lines) return text(x + 4, plot.bottom + 16, name, { size: 12.5, fill, anchor: 'end', turn: -45 })
      const centred = { size: 12.5, fill, anchor: 'middle' } as const
      return lines[index]!.map((part, row) => text(x, plot.bottom + 20 + row * 16, part, centred)).join('')
    })
    .join('')
}
