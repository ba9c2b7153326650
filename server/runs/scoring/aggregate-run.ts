import type { MarkMetric, Metric, RatioMetric } from '#benchmarks/benchmark.ts'
import { predictions, type StoredMetric } from '#drizzle/schema/runs.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, words, type RowOf } from '#server/core/postgres/rows.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { meanInterval, ratioInterval } from './mean-interval.ts'
import type { StoredRun } from '../stored-run.ts'

export interface MarkedPrediction {
  score: number | null
  also: Record<string, number> | null
  tags: string[]
  /** What predictions that are not independent share: their picture. One without a picture is a cluster by itself. */
  cluster: string
}

interface ClusteredMark {
  tags: string[]
  value: number
  cluster: string
}

/** Computes the run's metrics from the predictions that have a mark: refused and unparsed ones count as 0, errors are missing and not among them. */
export async function aggregateRun(ctx: Context, run: StoredRun): Promise<StoredMetric[]> {
  const { benchmark } = await getTask(run.benchmark, run.split)
  const marked = await readMarked(ctx, run)
  return benchmark.metrics.flatMap((metric) => aggregate(metric, marked))
}

const markedRow = {
  position: predictions.position,
  score: predictions.score,
  also: predictions.also,
  tags: predictions.tags,
  cluster: words,
}
const readAtOnce = 5_000

/**
 * What aggregation needs of every prediction and no more: a run may have hundreds of thousands, most of which share their
 * tags. A picture is known by the first 64 bits of its hash. Read in pieces, each of which is asked for again where the
 * database was away.
 */
async function readMarked(ctx: Context, { id }: StoredRun): Promise<MarkedPrediction[]> {
  const marked: MarkedPrediction[] = []
  const known = new Map<string, string[]>()
  let rows: RowOf<typeof markedRow>[]
  let last = -1
  do {
    // Sums of floating-point numbers depend on their order, and the digits must not.
    rows = await rowsOf(ctx, markedRow)`
      select position, score, also, tags,
        coalesce(left(jsonb_path_query_first(prompt, '$[*].imageSha256') #>> '{}', 16), example_id) as cluster
      from predictions where run_id = ${id} and position > ${last} order by position limit ${readAtOnce}`
    for (const { position, tags, ...mark } of rows) {
      const name = tags.join('\n')
      const shared = known.get(name) ?? tags
      known.set(name, shared)
      marked.push({ ...mark, tags: shared })
      last = position
    }
  } while (rows.length === readAtOnce)
  return marked
}

const noValue = { value: null, low: null, high: null, n: 0 }

/** One metric over marked predictions, in [0, 1] with 95 % intervals, or a count; one for each group where the metric says so. */
export function aggregate(metric: Metric, rows: MarkedPrediction[]): StoredMetric[] {
  if (metric.kind === 'ratio') return [ratioOf(metric, rows)]
  const marks = marksFor(metric, rows)
  switch (metric.kind) {
    case 'mean':
      return [{ name: metric.name, ...(meanInterval(marks) ?? noValue) }]
    case 'count':
      return [{ name: metric.name, ...countOf(marks), unit: 'count' }]
    case 'groups':
      return [...groupsOf(metric, marks)].map(([name, group]) => ({ name, ...(meanInterval(group) ?? noValue) }))
    case 'group-mean':
      return [groupMean(metric, marks)]
  }
}

/** The ratio of two sums of further values; without a value where no mark has them or the lower sum is 0. */
function ratioOf({ name, tag, over, under }: RatioMetric, rows: MarkedPrediction[]): StoredMetric {
  const marked = rows.filter((row) => row.score !== null && (!tag || row.tags.includes(tag)))
  const named = [...Object.keys(over), ...Object.keys(under)]
  if (!marked.some(({ also }) => also && named.some((value) => value in also))) return { name, ...noValue }
  const sums = marked.map(({ also, cluster }) => ({
    value: weighed(over, also),
    weight: weighed(under, also),
    cluster,
  }))
  return { name, ...(ratioInterval(sums) ?? noValue), n: marked.length }
}

function weighed(weights: Record<string, number>, also: Record<string, number> | null): number {
  return Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * (also?.[name] ?? 0), 0)
}

/** No interval is claimed for a count. */
function countOf(marks: ClusteredMark[]) {
  if (marks.length === 0) return noValue
  return { ...noValue, value: marks.reduce((sum, { value }) => sum + value, 0), n: marks.length }
}

/** The values a metric is over. A further value that no scorer of the run gives, as `close` under some profiles, has none. */
function marksFor({ tag, of }: MarkMetric, rows: MarkedPrediction[]): ClusteredMark[] {
  if (of && !rows.some(({ also }) => also && of in also)) return []
  return rows
    .filter((row) => row.score !== null && (!tag || row.tags.includes(tag)))
    .map((row) => ({ tags: row.tags, value: of ? (row.also?.[of] ?? 0) : row.score!, cluster: row.cluster }))
}

/** Marks by tag, in the order of the tags' names, numbers by their size. */
function groupsOf({ by = '' }: MarkMetric, marks: ClusteredMark[]): Map<string, ClusteredMark[]> {
  const groups = new Map<string, ClusteredMark[]>()
  for (const mark of marks) {
    for (const tag of new Set(mark.tags.filter((tag) => tag.startsWith(by)))) {
      const group = groups.get(tag)
      if (group) group.push(mark)
      else groups.set(tag, [mark])
    }
  }
  return new Map([...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })))
}

/** The unweighted mean of group means; no interval is claimed for it. */
function groupMean(metric: MarkMetric, marks: ClusteredMark[]): StoredMetric {
  const means = [...groupsOf(metric, marks).values()].map(
    (group) => group.reduce((sum, { value }) => sum + value, 0) / group.length,
  )
  if (means.length === 0) return { name: metric.name, ...noValue }
  const value = means.reduce((sum, groupMean) => sum + groupMean, 0) / means.length
  return { name: metric.name, value, low: null, high: null, n: marks.length }
}
