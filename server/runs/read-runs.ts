import { desc, eq } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { runs } from '#drizzle/schema/runs.ts'
import { planProgress, planProgresses } from '../calls/progress.ts'
import type { PlanProgress } from '../calls/schema.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { loadBenchmarks } from '../datasets/catalogue.ts'
import { aggregateRun } from './scoring/aggregate-run.ts'
import type { OutcomeCounts, Run, RunMetric, RunSummary, ServerScore } from './schema.ts'
import { needsJudge } from './scoring/score-response.ts'
import { servedHeadline, serverScoresOf } from './submissions/server-scores.ts'

const noMetric: RunMetric = { name: '', value: null, low: null, high: null, n: 0 }
type Row = NonNullable<Awaited<ReturnType<typeof runRow>>>

/** All runs that the actor may see, newest first: visitors see those of released models. */
export async function listRuns(ctx: Context): Promise<RunSummary[]> {
  const rows = (await selectRuns(ctx).orderBy(desc(runs.id)).limit(500)).filter((row) => maySee(ctx, row))
  const counts = await countOutcomes(
    ctx,
    rows.map((row) => row.run.id),
  )
  const progress = await planProgresses(
    ctx,
    rows.flatMap(({ run }) => plansOf(run)),
  )
  const served = await serverScoresOf(
    ctx,
    rows.map((row) => row.run.id),
  )
  return Promise.all(
    rows.map((row) => {
      const { id } = row.run
      const plans = plansOf(row.run).map((plan) => progress.get(plan)!)
      return summarise(ctx, row, counts.get(id) ?? emptyCounts(), plans, served.get(id))
    }),
  )
}

/** One run with its settings, metrics, errors and progress. Throws not-found, also for what the actor may not see. */
export async function getRun(ctx: Context, id: number): Promise<Run> {
  const row = await runRow(ctx, id)
  if (!row || !maySee(ctx, row)) throw notFound(`There is no run ${id}`)
  const { run } = row
  const counts = (await countOutcomes(ctx, [id])).get(id) ?? emptyCounts()
  const progress = await planProgress(ctx, run.planId)
  const judge = await describeJudge(ctx, row)
  const serverScores = (await serverScoresOf(ctx, [id])).get(id) ?? []
  const summary = await summarise(ctx, row, counts, judge ? [progress, judge.progress] : [progress], serverScores)
  const [usage] = await ctx.sql<{ tokensIn: number; tokensOut: number; medianMs: number | null }[]>`
    select coalesce(sum(attempts.tokens_in), 0)::int as "tokensIn", coalesce(sum(attempts.tokens_out), 0)::int as "tokensOut",
      percentile_cont(0.5) within group (order by attempts.latency_ms) filter (where attempts.error_class is null) as "medianMs"
    from attempts join calls on calls.id = attempts.call_id where calls.plan_id = ${run.planId}`
  const errors = await ctx.sql<{ class: string; count: number }[]>`
    select case plan_id when ${run.planId} then '' else 'judge: ' end || coalesce(error_class, 'internal') as class,
      count(*)::int as count
    from calls where plan_id = any(${plansOf(run)}::uuid[]) and state = 'error' group by 1 order by 2 desc`
  const { sendsStyleTag } = run.endpointSettings
  const { protocol = '', baseUrl = '', remoteModel = '' } = run.endpointSettings as Record<string, string>
  return {
    ...summary,
    metrics: await metricsOf(ctx, row),
    serverScores,
    progress,
    errors: Object.fromEntries(errors.map((error) => [error.class, error.count])),
    dataRevision: run.dataRevision,
    layout: run.layout,
    promptProfile: run.promptProfile,
    missingPromptProfile: run.missingPromptProfile,
    judge,
    formerScorings: run.formerScorings.map(({ metrics, ...former }) => ({
      ...former,
      headline: metrics[0] ?? noMetric,
    })),
    maxTokens: run.maxTokens,
    temperature: run.temperature,
    seed: run.seed,
    limit: run.limit,
    endpointSettings: { protocol, baseUrl, remoteModel, sendsStyleTag: sendsStyleTag === true },
    codeVersion: run.codeVersion,
    fingerprint: run.fingerprint,
    medianLatencyMs: usage?.medianMs ?? null,
    tokensIn: usage?.tokensIn ?? 0,
    tokensOut: usage?.tokensOut ?? 0,
    command: commandOf(row, judge?.name),
  }
}

/** The plans whose calls make up the run: the model's and, where one reads for it, the judge's. */
function plansOf({ planId, judgePlanId }: Row['run']): string[] {
  return judgePlanId ? [planId, judgePlanId] : [planId]
}

/** The judge of a run whose profile needs one. */
async function describeJudge(ctx: Context, { run }: Row): Promise<Run['judge']> {
  const benchmark = (await loadBenchmarks()).get(run.benchmark)
  if (!run.judge || !run.judgePlanId || !benchmark || !needsJudge(benchmark, run.scoringProfile)) return null
  const progress = await planProgress(ctx, run.judgePlanId)
  const { baseUrl, remoteModel } = run.endpointSettings
  const sameModel = run.judge.remoteModel === remoteModel && run.judge.baseUrl === baseUrl
  return { ...run.judge, sameModel, progress }
}

function selectRuns(ctx: Context) {
  return ctx.db
    .select({ run: runs, model: models, endpoint: { name: endpoints.name, promptProfile: endpoints.promptProfile } })
    .from(runs)
    .innerJoin(models, eq(models.id, runs.modelId))
    .innerJoin(endpoints, eq(endpoints.id, runs.endpointId))
    .$dynamic()
}

async function runRow(ctx: Context, id: number) {
  const [row] = await selectRuns(ctx).where(eq(runs.id, id))
  return row
}

function maySee({ actor }: Context, { model }: { model: typeof models.$inferSelect }): boolean {
  const staff = actor.kind === 'system' || (actor.kind === 'person' && actor.role !== 'rater')
  return staff || model.releasedAt !== null
}

async function summarise(
  ctx: Context,
  row: Row,
  counts: OutcomeCounts,
  plans: PlanProgress[],
  serverScores: ServerScore[] = [],
): Promise<RunSummary> {
  const { run, model, endpoint } = row
  const benchmark = (await loadBenchmarks()).get(run.benchmark)
  const [headline = noMetric] = await metricsOf(ctx, row)
  const served = headline.value === null ? servedHeadline(serverScores) : null
  return {
    id: run.id,
    benchmark: { id: run.benchmark, title: benchmark?.title ?? run.benchmark, version: run.benchmarkVersion },
    split: run.split,
    sample: run.split === 'sample',
    model: { slug: model.slug, name: model.name, baseline: model.baseline },
    endpoint: endpoint.name,
    scoringProfile: run.scoringProfile,
    status: isGoing(run) && plans.some(({ state }) => state === 'paused') ? 'paused' : run.status,
    reason: plans.find(({ reason }) => reason !== null)?.reason ?? null,
    headline: served ? { ...headline, value: served.value, n: run.examples } : headline,
    serverScored: served?.by ?? null,
    counts,
    examples: run.examples,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  }
}

const isGoing = ({ status }: Row['run']) => status === 'preparing' || status === 'running'

/** Those stored at the end, or of what is scored so far. */
async function metricsOf(ctx: Context, { run }: Row): Promise<RunMetric[]> {
  return run.metrics ?? aggregateRun(ctx, run)
}

const emptyCounts = (): OutcomeCounts => ({
  scored: 0,
  unparsed: 0,
  refused: 0,
  withheld: 0,
  error: 0,
  pending: 0,
  skipped: 0,
  truncated: 0,
})

/** Predictions by outcome; what has no outcome yet goes by the state of its call. */
async function countOutcomes(ctx: Context, runIds: number[]): Promise<Map<number, OutcomeCounts>> {
  const counts = new Map<number, OutcomeCounts>()
  if (runIds.length === 0) return counts
  const rows = await ctx.sql<{ runId: number; outcome: keyof OutcomeCounts; count: number; truncated: number }[]>`
    select run_id as "runId", count(*)::int as count, count(*) filter (where truncated)::int as truncated,
      coalesce(outcome::text, case coalesce(judge.state, calls.state)
        when 'error' then 'error' when 'skipped' then 'skipped' else 'pending' end) as outcome
    from predictions join calls on calls.id = predictions.call_id left join calls judge on judge.id = judge_call_id
    where run_id in ${ctx.sql(runIds)} group by 1, 4`
  for (const row of rows) {
    const of = counts.get(row.runId) ?? emptyCounts()
    of[row.outcome] += row.count
    of.truncated += row.truncated
    counts.set(row.runId, of)
  }
  return counts
}

/** Names what could move the number and is not the default. */
function commandOf({ run, endpoint }: Row, judge: string | undefined): string {
  const { limit, seed, scoringProfile } = run
  const prompts = run.missingPromptProfile ?? run.promptProfile
  return [
    `npx arena run --tasks ${run.benchmark} --split ${run.split} --endpoint ${quoted(endpoint.name)}`,
    limit === null ? '' : ` --limit ${limit} --seed ${seed}`,
    prompts === endpoint.promptProfile ? '' : ` --prompt-profile ${prompts}`,
    scoringProfile === 'official' && judge === undefined ? '' : ` --scoring-profile ${scoringProfile}`,
    judge === undefined ? '' : ` --judge ${quoted(judge)}`,
  ].join('')
}

const quoted = (name: string) => (/^[\w@.:/-]+$/.test(name) ? name : JSON.stringify(name))
