import { eq } from 'drizzle-orm'
import type { Metric } from '#benchmarks/benchmark.ts'
import { predictions, runs, type StoredMetric, type StoredPart } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { findTask } from '../datasets/catalogue.ts'
import type { StoredRun } from './create-run.ts'
import { meanInterval } from './mean-interval.ts'

interface MarkedPrediction {
  score: number | null
  also: Record<string, number> | null
  tags: string[]
  prompt: StoredPart[]
}

/** Computes the run's metrics from the predictions that have a mark: refused and unparsed ones count as 0, errors are missing and not among them. */
export async function aggregateRun(ctx: Context, run: StoredRun): Promise<StoredMetric[]> {
  const { benchmark } = await findTask(run.benchmark, run.split)
  const { score, also, tags, prompt } = predictions
  const rows = await ctx.db.select({ score, also, tags, prompt }).from(predictions).where(eq(predictions.runId, run.id))
  return benchmark.metrics.map((metric) => aggregate(metric, rows))
}

function aggregate(metric: Metric, rows: MarkedPrediction[]): StoredMetric {
  const marks = rows
    .filter((row) => row.score !== null && (!metric.tag || row.tags.includes(metric.tag)))
    .map((row) => ({ row, value: metric.of ? (row.also?.[metric.of] ?? 0) : row.score!, cluster: clusterOf(row) }))
  if (metric.kind === 'group-mean') return groupMean(metric, marks)
  const interval = meanInterval(marks)
  return { name: metric.name, ...(interval ?? { value: null, low: null, high: null, n: 0 }) }
}

/** Questions on one picture stand or fall together. */
const clusterOf = (row: MarkedPrediction) => row.prompt.find((part) => part.imageSha256)?.imageSha256 ?? ''

/** The unweighted mean of group means; no interval is claimed for it. */
function groupMean(metric: Metric, marks: { row: MarkedPrediction; value: number }[]): StoredMetric {
  const groups = new Map<string, number[]>()
  for (const { row, value } of marks) {
    const group = row.tags.find((tag) => tag.startsWith(metric.by ?? ''))
    if (group) groups.set(group, [...(groups.get(group) ?? []), value])
  }
  if (groups.size === 0) return { name: metric.name, value: null, low: null, high: null, n: 0 }
  const means = [...groups.values()].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  const value = means.reduce((sum, groupMean) => sum + groupMean, 0) / means.length
  return { name: metric.name, value, low: null, high: null, n: marks.length }
}

/** Stores metrics and the final status: `incomplete` when calls ended without an answer. */
export async function finishRun(ctx: Context, run: StoredRun, callsWithoutAnswer: number): Promise<void> {
  const metrics = await aggregateRun(ctx, run)
  await ctx.db
    .update(runs)
    .set({ metrics, status: callsWithoutAnswer > 0 ? 'incomplete' : 'complete', finishedAt: new Date(ctx.now()) })
    .where(eq(runs.id, run.id))
}
