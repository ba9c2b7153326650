import type { Look, Paint } from './look.ts'

interface Series {
  name: string
  values: number[]
  paint?: Paint
}

/** A chart as its publisher would describe it; drawing it needs nothing else. */
export interface Chart {
  /** column: upright bars; row: lying bars; several series stand side by side unless `stacked`. */
  kind: 'column' | 'row' | 'line' | 'pie'
  look: Look
  title: string
  subtitle?: string
  source: string
  categories: string[]
  series: Series[]
  stacked?: boolean
  /** Written before and after each value: `$`, ` m`, `%`. */
  before?: string
  after?: string
  decimals?: number
  /** Write each value at its bar, point or slice. */
  values?: boolean
  yTitle?: string
  /** Where the value axis begins; lines may start above zero. */
  from?: number
  donut?: boolean
  width?: number
  height?: number
}

/** A part of the picture, in pixels. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** The colour of a series, or of a slice in a pie. */
export function paintOf(chart: Chart, index: number): Paint {
  const { paints } = chart.look
  return chart.series[index]?.paint ?? paints[index % paints.length]!
}

/** A value as the chart writes it: thousands separated, fixed decimals, its unit around it. */
export function written(chart: Chart, value: number): string {
  const { before = '', after = '', decimals = 0 } = chart
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value < 0 ? '−' : ''}${before}${grouped}${fraction ? `.${fraction}` : ''}${after}`
}

export interface Scale {
  from: number
  to: number
  ticks: number[]
}

/** An axis over the values with about five round steps, from zero unless the chart says otherwise. */
export function scaleOf(chart: Chart): Scale {
  const tops = chart.stacked
    ? chart.categories.map((_, at) => chart.series.reduce((sum, series) => sum + series.values[at]!, 0))
    : chart.series.flatMap(({ values }) => values)
  const from = chart.from ?? 0
  const span = Math.max(...tops) - from
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => span / size <= 6)!
  const count = Math.ceil(span / step - 1e-9)
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((from + index * step).toPrecision(12)))
  return { from, to: ticks.at(-1)!, ticks }
}

/** An axis label: the value with as many decimals as the step needs. */
export function tickLabel(chart: Chart, { ticks }: Scale, tick: number): string {
  const step = (ticks[1] ?? 1) - ticks[0]!
  const decimals = String(Number(step.toPrecision(6))).split('.')[1]?.length ?? 0
  return written({ ...chart, decimals }, tick)
}
