import { line, paragraph, rect, text, textWidth, type Svg } from '../svg.ts'
import { paintOf, type Box, type Chart } from './chart.ts'

const margin = 28

/** Title, subtitle, legend and source, and the box that they leave for the plot. */
export function drawFrame(chart: Chart, width: number, height: number): { svg: Svg; plot: Box } {
  const { look } = chart
  const parts: Svg[] = []
  const centre = look.align === 'middle'
  const x = centre ? width / 2 : margin
  let y = 26
  if (look.mark?.kind === 'block') parts.push(rect(margin, 0, 44, 10, look.mark.colour))
  if (look.mark?.kind === 'rule') parts.push(rect(margin, 18, width - 2 * margin, 2.5, look.mark.colour))
  if (look.mark) y += 10

  const heading = { size: look.titleSize, weight: 700, fill: look.ink, anchor: look.align, leading: 1.25 } as const
  const title = paragraph(x, y + look.titleSize * 0.75, width - 2 * margin, chart.title, heading)
  parts.push(title.svg)
  y += title.height
  if (chart.subtitle) {
    const small = { size: 13.5, fill: look.quiet, anchor: look.align } as const
    const subtitle = paragraph(x, y + 14, width - 2 * margin, chart.subtitle, small)
    parts.push(subtitle.svg)
    y += subtitle.height + 4
  }

  let bottom = height - 46
  parts.push(text(margin, height - 16, chart.source, { size: 11.5, fill: look.quiet }))
  if (look.mark?.kind === 'rule') parts.push(line(margin, height - 36, width - margin, height - 36, look.grid))
  const named = chart.kind !== 'pie' && chart.series.length > 1
  if (named) {
    const entries = chart.series.map(({ name }, index) => ({ name, hex: paintOf(chart, index).hex }))
    const legendY = look.legend === 'top' ? y + 20 : bottom - 4
    parts.push(drawLegend(entries, centre ? 'middle' : 'start', width, legendY, chart))
    if (look.legend === 'top') y += 30
    else bottom -= 28
  }
  return { svg: parts.join(''), plot: { left: margin, top: y + 18, right: width - margin, bottom } }
}

function drawLegend(
  entries: { name: string; hex: string }[],
  align: 'start' | 'middle',
  width: number,
  y: number,
  { kind, look }: Chart,
): Svg {
  const advance = entries.map(({ name }) => 22 + textWidth(name, 13) + 22)
  const total = advance.reduce((sum, each) => sum + each, -22)
  let x = align === 'middle' ? (width - total) / 2 : margin
  return entries
    .map(({ name, hex }, index) => {
      const mark = kind === 'line' ? rect(x, y - 6, 16, 3, hex) : rect(x, y - 10.5, 12, 12, hex, { rx: look.corner })
      const entry = mark + text(x + 22, y, name, { size: 13, fill: look.ink })
      x += advance[index]!
      return entry
    })
    .join('')
}
