import type { Benchmark } from '#benchmarks/benchmark.ts'
import { models as table } from '#drizzle/schema/models.ts'
import { runs as runTable } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { maySeeUnreleased } from '../core/policy.ts'
import { rowsOf, type RowOf } from '../core/postgres/rows.ts'
import { notFound } from '../core/problem.ts'
import { loadBenchmarks } from '../datasets/catalogue.ts'
import { knownSize } from '../datasets/parts.ts'
import { departuresOf } from '../endpoints/as-sent.ts'
import { SentRequest } from '../endpoints/schema.ts'
import type { ServerScore } from '../runs/schema.ts'
import { defaultProfile } from '../runs/scoring/score-response.ts'
import { servedHeadline, serverScoresOf } from '../runs/submissions/server-scores.ts'
import { academicAverage } from './academic-average.ts'
import type { BenchmarkScores, Board, BoardRow } from './schema.ts'

export type ModelScores = Pick<BoardRow, 'scores' | 'average'>

interface Scores {
  benchmarks: Board['benchmarks']
  /** By model. */
  scores: Map<string, ModelScores>
}

/**
 * The scores of a study's models and the columns they stand in. A study made of samples shows sample splits and nothing
 * else, and no average of them; every other study shows published splits and no sample.
 */
export async function readScores(ctx: Context, study: { sample: boolean }, models: { id: string }[]): Promise<Scores> {
  const runs = await newestRuns(ctx, ctx.sql`model_id = any(${models.map(({ id }) => id)}::uuid[])`)
  const scores = new Map(models.map(({ id }): [string, ModelScores] => [id, { scores: {}, average: null }]))
  const columns: Board['benchmarks'] = []
  for (const benchmark of (await loadBenchmarks()).values()) {
    const { id, title, splits } = benchmark
    const belongs = ({ split }: NewestRun) => (study.sample ? split === 'sample' : splits[split]?.published)
    const { profile, shown } = column(benchmark, runs.filter(belongs))
    if (shown.length > 0) columns.push({ id, title, split: shown[0]!.split, profile })
    for (const run of shown) {
      const score = scoreOf(run)
      if (score) scores.get(run.modelId)!.scores[id] = score
    }
  }
  if (!study.sample) for (const row of scores.values()) row.average = academicAverage(row.scores)
  return { benchmarks: columns, scores }
}

/** What the runs of this installation say of one benchmark, best first; visitors see released models only. Throws not-found. */
export async function getBenchmarkScores(ctx: Context, id: string): Promise<BenchmarkScores> {
  const benchmark = (await loadBenchmarks()).get(id)
  if (!benchmark) throw notFound(`There is no benchmark '${id}'`)
  const { id: modelId, slug, name, baseline } = table
  const models = await rowsOf(ctx, { id: modelId, slug, name, baseline })`
    select id, slug, name, baseline from models where released_at is not null or ${maySeeUnreleased(ctx.actor)}`
  const runs = await newestRuns(ctx, ctx.sql`benchmark = ${id}`)
  const { profile, shown } = column(benchmark, runs)
  const scores = shown.flatMap((run) => {
    const model = models.find((candidate) => candidate.id === run.modelId)
    const score = scoreOf(run)
    if (!model || !score) return []
    const { slug, name, baseline } = model
    return [{ model: { slug, name, baseline }, split: run.split, ...score }]
  })
  return { profile, scores: scores.sort((one, other) => other.value - one.value) }
}

const newestRun = {
  id: runTable.id,
  modelId: runTable.modelId,
  benchmark: runTable.benchmark,
  split: runTable.split,
  profile: runTable.scoringProfile,
  metrics: runTable.metrics,
  examples: runTable.examples,
  request: runTable.request,
  settings: runTable.settings,
}
type NewestRun = RowOf<typeof newestRun> & { serverScores: ServerScore[] }

/**
 * The newest whole run of each model, benchmark, split and scoring profile, at the newest version of the benchmark; where
 * servers scored some of them, the newest of those.
 */
async function newestRuns(ctx: Context, chosen: ReturnType<Context['sql']>): Promise<NewestRun[]> {
  const sizes = JSON.stringify(await knownSizes())
  const runs = await rowsOf(ctx, newestRun)`
    select distinct on (model_id, benchmark, split, scoring_profile) id, model_id as "modelId", benchmark, split,
      scoring_profile as profile, metrics, examples, request, settings
    from runs r
    where ${chosen} and status in ('complete', 'finalised') and withdrawn_at is null and "limit" is null
      and metrics is not null
      and examples >= coalesce((${sizes}::text::jsonb ->> (benchmark || ' ' || split))::int, 0)
      and benchmark_version = (
        select max(benchmark_version) from runs
        where benchmark = r.benchmark and status in ('complete', 'finalised') and withdrawn_at is null
      )
    order by model_id, benchmark, split, scoring_profile,
      exists (select 1 from server_scores s where s.run_id = r.id and s.file_matches_run and s.scores <> '[]') desc,
      finished_at desc, id desc`
  const served = await serverScoresOf(
    ctx,
    runs.map(({ id }) => id),
  )
  return runs.map((run) => ({ ...run, serverScores: served.get(run.id) ?? [] }))
}

/** How many examples a whole split has, by benchmark and split: a run over a part of one stands on no board. */
async function knownSizes(): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {}
  for (const benchmark of (await loadBenchmarks()).values()) {
    for (const split of Object.keys(benchmark.splits)) {
      const size = knownSize({ benchmark, split })
      if (size !== null) sizes[`${benchmark.id} ${split}`] = size
    }
  }
  return sizes
}

/** A column holds scores of one profile: `official`, or the default where no run of it is official. */
function column(benchmark: Benchmark, runs: NewestRun[]): { profile: string; shown: NewestRun[] } {
  const eligible = runs.filter((run) => run.benchmark === benchmark.id)
  const profile = eligible.some((run) => run.profile === 'official') ? 'official' : defaultProfile(benchmark)
  return { profile, shown: eligible.filter((run) => run.profile === profile) }
}

/** The headline of a run, or that of the benchmark's server where the gold answers are withheld; null: it has neither. */
function scoreOf(run: NewestRun): BoardRow['scores'][string] | null {
  const { id: runId, metrics, examples, serverScores } = run
  const headline = metrics?.[0]
  const departures = departuresOfRun(run)
  if (headline?.value != null) {
    const { value, low, high, n } = headline
    return { value, low, high, n, runId, serverScored: null, departures }
  }
  const served = servedHeadline(serverScores)
  if (!served) return null
  return { value: served.value, low: null, high: null, n: examples, runId, serverScored: served.by, departures }
}

function departuresOfRun({ request, settings }: NewestRun): string[] {
  return request ? departuresOf(SentRequest.parse(request), settings.pictures) : []
}
