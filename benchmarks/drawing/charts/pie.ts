import { circle, path, rect, text, textWidth, type Svg } from '../svg.ts'
import { paintOf, written, type Box, type Chart } from './chart.ts'
import { inkOn } from './contrast.ts'

/** A pie or ring of the only series, clockwise from noon, with its names in a list beside it. */
export function drawPie(chart: Chart, box: Box): Svg {
  const { categories, look } = chart
  const values = chart.series[0]!.values
  const total = values.reduce((sum, value) => sum + value, 0)
  const listRoom = Math.max(...categories.map((name) => textWidth(name, 14))) + 60
  const radius = Math.min((box.bottom - box.top) / 2 - 4, (box.right - box.left - listRoom) / 2)
  const x = box.left + radius + Math.max(0, (box.right - box.left - listRoom - 2 * radius) / 2)
  const y = (box.top + box.bottom) / 2
  let turned = 0
  const slices = values.map((value, index) => {
    const from = turned
    turned += value / total
    const { hex } = slicePaint(chart, index)
    const slice = path(sector(x, y, radius, from, turned), hex, { stroke: look.ground, 'stroke-width': 2 })
    const [labelX, labelY] = at(x, y, radius * (chart.donut ? 0.78 : 0.7), (from + turned) / 2)
    const label = { size: 13.5, weight: 600, anchor: 'middle', fill: inkOn(hex) } as const
    return slice + (chart.values === false ? '' : text(labelX, labelY + 5, written(chart, value), label))
  })
  const hole = chart.donut ? circle(x, y, radius * 0.56, look.ground) : ''
  const listX = box.right - listRoom + 24
  const firstY = y - ((categories.length - 1) * 27) / 2
  const list = categories.map((name, index) => {
    const mark = rect(listX, firstY + index * 27 - 7, 14, 14, slicePaint(chart, index).hex, { rx: look.corner })
    return mark + text(listX + 24, firstY + index * 27 + 5, name, { size: 14, fill: look.ink })
  })
  return slices.join('') + hole + list.join('')
}

function slicePaint(chart: Chart, index: number) {
  return index === 0 ? paintOf(chart, 0) : chart.look.paints[index % chart.look.paints.length]!
}

function at(x: number, y: number, radius: number, turn: number): [number, number] {
  return [x + radius * Math.sin(2 * Math.PI * turn), y - radius * Math.cos(2 * Math.PI * turn)]
}

function sector(x: number, y: number, radius: number, from: number, to: number): string {
  const [startX, startY] = at(x, y, radius, from)
  const [endX, endY] = at(x, y, radius, to)
  const points = [startX, startY, endX, endY].map((value) => value.toFixed(2))
  return `M${x} ${y}L${points[0]} ${points[1]}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${points[2]} ${points[3]}Z`
}
