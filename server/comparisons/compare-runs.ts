import type { Metric } from '#benchmarks/benchmark.ts'
import { holmAdjusted } from '#server/ratings/chance/holm.ts'
import type { Context } from '../core/context.ts'
import { InputError } from '../core/problem.ts'
import { loadBenchmarks } from '../datasets/catalogue.ts'
import { getRunSummary, getVisibleRun } from '../runs/read-runs.ts'
import type { RunSummary } from '../runs/schema.ts'
import type { StoredRun } from '../runs/stored-run.ts'
import { countFlips } from './figures/flips.ts'
import { pairedDifference } from './figures/paired-difference.ts'
import { pairsAt, type PairedScores } from './figures/paired-scores.ts'
import { readPairs, type ReadPairs } from './read-pairs.ts'
import type {
  ComparedRun,
  Comparison,
  ComparisonMatrix,
  Differing,
  LeftOut,
  RunPair,
  ScoreDifference,
  SubScoreDifference,
} from './schema.ts'
import { whatDiffers } from './what-differs.ts'

/**
 * Two runs of the same questions: their paired difference, flips and sub-scores, or why they cannot be compared. Throws
 * not-found for a run that the actor may not see, InputError for a run and itself.
 */
export async function compareRuns(ctx: Context, { a, b }: RunPair): Promise<Comparison> {
  refuseSame([a, b])
  const [storedA, storedB] = [await getVisibleRun(ctx, a), await getVisibleRun(ctx, b)]
  const runs = { a: comparedRun(await getRunSummary(ctx, a)), b: comparedRun(await getRunSummary(ctx, b)) }
  const differs = await whatDiffers(storedA, storedB)
  if (isBarred(differs))
    return { ...runs, differs, leftOut: null, overall: null, why: barredWords(differs), subScores: [] }
  const pairs = await readPairs(ctx, a, b)
  const { leftOut } = pairs
  if (pairs.scores.a.length === 0)
    return { ...runs, differs, leftOut, overall: null, why: nothingLeftWords(leftOut), subScores: [] }
  const overall = differenceOf(pairs.scores)
  return { ...runs, differs, leftOut, overall, why: null, subScores: await subScoresOf(storedA, pairs) }
}

/** Several runs of one benchmark, each held against each other one. Throws as `compareRuns` does. */
export async function compareAll(ctx: Context, ids: number[]): Promise<ComparisonMatrix> {
  refuseSame(ids)
  const stored: StoredRun[] = []
  for (const id of ids) stored.push(await getVisibleRun(ctx, id))
  const runs: ComparedRun[] = []
  for (const id of ids) runs.push(comparedRun(await getRunSummary(ctx, id)))
  const pairs: Omit<ComparisonMatrix['pairs'][number], 'holmP'>[] = []
  for (let a = 0; a < ids.length; a++)
    for (let b = a + 1; b < ids.length; b++) pairs.push({ a, b, ...(await overallOf(ctx, stored[a]!, stored[b]!)) })
  return { runs, pairs: withHolm(pairs, ({ overall }) => overall) }
}

async function overallOf(ctx: Context, a: StoredRun, b: StoredRun) {
  const differs = await whatDiffers(a, b)
  if (isBarred(differs)) return { overall: null, why: barredWords(differs) }
  const { scores, leftOut } = await readPairs(ctx, a.id, b.id)
  if (scores.a.length === 0) return { overall: null, why: nothingLeftWords(leftOut) }
  return { overall: differenceOf(scores), why: null }
}

function refuseSame(ids: number[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) throw new InputError(`Run ${repeated} is named twice: name runs that differ.`)
}

function comparedRun(run: RunSummary): ComparedRun {
  const { id, benchmark, split, sample, model, endpoint, scoringProfile, status, examples } = run
  return { id, benchmark, split, sample, model, endpoint, scoringProfile, status, examples }
}

const isBarred = (differs: Differing[]) => differs.some(({ bars }) => bars)

function barredWords(differs: Differing[]): string {
  const barring = differs.filter(({ bars }) => bars)
  return `Not comparable: ${barring.map(({ setting, a, b }) => `${setting.toLowerCase()} ${a} and ${b}`).join('; ')}.`
}

function nothingLeftWords({ unscored, otherPrompt }: LeftOut): string {
  if (otherPrompt > 0 && unscored === 0) return 'Not comparable: no example was sent in the same words to both.'
  if (unscored > 0) return 'Nothing to compare: no example has a score in both runs.'
  return 'Nothing to compare: the runs share no example.'
}

function differenceOf(scores: PairedScores): ScoreDifference {
  return { ...pairedDifference(scores), flips: countFlips(scores) }
}

/** Sub-scores of the benchmark that are means over some of its examples, in its order. */
async function subScoresOf(run: StoredRun, { scores, tagLists, tagsOf }: ReadPairs): Promise<SubScoreDifference[]> {
  const metrics = (await loadBenchmarks()).get(run.benchmark)?.metrics ?? []
  const names = metrics.flatMap((metric) => tagsOfMetric(metric, tagLists))
  const found = [...new Set(names)].flatMap((name) => {
    const has = tagLists.map((tags) => tags.includes(name))
    const places = Int32Array.from(placesWhere(tagsOf, has))
    return places.length > 0 ? [{ name, ...differenceOf(pairsAt(scores, places)) }] : []
  })
  return withHolm(found, (subScore) => subScore)
}

/** The tags that a metric makes a mean of: one, or one for each group. Means of further values are not of scores. */
function tagsOfMetric(metric: Metric, tagLists: string[][]): string[] {
  if (metric.kind === 'mean') return metric.tag && !metric.of ? [metric.tag] : []
  const { by } = metric.kind === 'groups' && !metric.of ? metric : {}
  if (by === undefined) return []
  return [...new Set(tagLists.flat())]
    .filter((tag) => tag.startsWith(by))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}

function* placesWhere(tagsOf: Int32Array, has: boolean[]): Generator<number> {
  for (let k = 0; k < tagsOf.length; k++) if (has[tagsOf[k]!]) yield k
}

/** Adds Holm's p-values, over all that have one. */
function withHolm<Line>(lines: Line[], differenceIn: (line: Line) => ScoreDifference | null) {
  const tested = lines.map((line) => differenceIn(line)?.bounds?.p ?? null)
  const adjusted = holmAdjusted(tested.filter((p) => p !== null))
  let next = 0
  return lines.map((line, index) => ({ ...line, holmP: tested[index] === null ? null : adjusted[next++]! }))
}
