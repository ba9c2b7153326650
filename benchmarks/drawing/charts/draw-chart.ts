import { picture, type Svg } from '../svg.ts'
import type { Box, Chart } from './chart.ts'
import { drawColumns } from './columns.ts'
import { drawFrame } from './frame.ts'
import { drawLines } from './lines.ts'
import { drawPie } from './pie.ts'
import { drawRows } from './rows.ts'

/** Draws a chart in its look. Sizes are pixels; 760 × 500 unless it says otherwise. */
export function drawChart(chart: Chart): Svg {
  const { width = 760, height = 500, look } = chart
  const { svg, plot } = drawFrame(chart, width, height)
  return picture(width, height, look.ground, svg, body(chart, plot))
}

function body(chart: Chart, plot: Box): Svg {
  switch (chart.kind) {
    case 'column':
      return drawColumns(chart, plot)
    case 'row':
      return drawRows(chart, plot)
    case 'line':
      return drawLines(chart, plot)
    case 'pie':
      return drawPie(chart, plot)
  }
}
