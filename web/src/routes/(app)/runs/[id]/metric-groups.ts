import type { RunMetric } from '#server/runs/schema.ts'

/** The scores of one kind of group, as `question type`, with the group's own names. */
export interface MetricGroup {
  kind: string
  metrics: RunMetric[]
}

/**
 * Parts a run's metrics: those that stand alone, and those named `kind: group` by kind. Groups go from the best score
 * down, but numbers by their size, as the counts of a counting benchmark.
 */
export function groupMetrics(metrics: RunMetric[]): { alone: RunMetric[]; groups: MetricGroup[] } {
  const alone: RunMetric[] = []
  const groups: MetricGroup[] = []
  for (const metric of metrics) {
    const [, kind, name] = /^(.+?): (.*)$/s.exec(metric.name) ?? []
    if (kind === undefined || name === undefined) {
      alone.push(metric)
      continue
    }
    const named = { ...metric, name }
    const group = groups.find((candidate) => candidate.kind === kind)
    if (group) group.metrics.push(named)
    else groups.push({ kind, metrics: [named] })
  }
  for (const { metrics } of groups) {
    if (metrics.some(({ name }) => !/^\d+$/.test(name)))
      metrics.sort((one, other) => (other.value ?? -1) - (one.value ?? -1) || one.name.localeCompare(other.name, 'en'))
  }
  return { alone, groups }
}
