import { alignColumns } from '../../align-columns.ts'
import { dollars } from '#server/calls/spending/cost.ts'
import type { Run, RunMetric } from '#server/runs/schema.ts'

const headings = [
  'run',
  'model',
  'benchmark',
  'split',
  'scoring',
  'metric',
  'score',
  '95 % interval',
  'n',
  'missing',
  'unparsed',
  'refused',
  'withheld',
  'cut',
  'empty',
  'cost',
]

/**
 * The final table: one line a metric, scores in percent, with what is missing from them beside them. A score with a mark
 * has a warning.
 */
export function runTable(runs: Run[]): string {
  const lines = runs.flatMap((run) =>
    run.metrics.map((metric, index) => {
      const first = index === 0
      const { counts } = run
      return [
        first ? String(run.id) : '',
        first ? run.model.name : '',
        first ? run.benchmark.id : '',
        first ? run.split + (run.sample ? ' (sample)' : '') : '',
        first ? run.scoringProfile : '',
        ...marked(metricCells(metric), first && run.remarks.some(({ kind }) => kind === 'warning')),
        first ? String(counts.error + counts.pending + counts.skipped) : '',
        first ? String(counts.unparsed) : '',
        first ? String(counts.refused) : '',
        first ? String(counts.withheld) : '',
        first ? String(counts.truncated) : '',
        first ? String(counts.empty) : '',
        first && run.cost.spent !== null ? dollars(run.cost.spent) : '',
      ]
    }),
  )
  return alignColumns([headings, ...lines])
}

/** One line a benchmark and the plain mean of their scores: what a model's page begins with. A mean takes whole scores only. */
export function summaryTable(runs: Run[]): string {
  const lines = runs.map(({ benchmark, split, sample, headline, counts, status }) => [
    benchmark.id,
    split + (sample ? ' (sample)' : ''),
    ...metricCells(headline),
    String(counts.error + counts.pending + counts.skipped),
    status,
  ])
  const whole = runs.flatMap(({ status, partOf, headline: { value, unit } }) =>
    status === 'complete' && partOf === null && value !== null && !unit ? [value] : [],
  )
  const mean = whole.length > 0 ? whole.reduce((sum, value) => sum + value, 0) / whole.length : null
  const [{ model }] = runs as [Run]
  const headings = [model.name, 'split', 'metric', 'score', '95 % interval', 'n', 'missing', 'state']
  return alignColumns([headings, ...lines, [`mean of ${whole.length}`, '', '', percent(mean), '', '', '', '']])
}

function marked([name, value, ...rest]: [string, string, ...string[]], warned: boolean): string[] {
  return [name, warned && value !== '–' ? `${value} !` : value, ...rest]
}

/** Name, value, 95 % interval and n of a metric, in percent; a count as it is. */
export function metricCells({ name, value, unit, low, high, n }: RunMetric): [string, string, string, string] {
  return [
    name,
    unit && value !== null ? String(value) : percent(value),
    low === null ? '–' : `${percent(low)} to ${percent(high)}`,
    String(n),
  ]
}

const percent = (value: number | null) => (value === null ? '–' : (100 * value).toFixed(1))
