import { and, desc, eq, isNotNull, or } from 'drizzle-orm'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import { planProgress, planProgresses } from '../calls/progress.ts'
import type { PlanProgress } from '../calls/schema.ts'
import type { Context } from '../core/context.ts'
import { maySeeUnreleased, mayUse, teamOf } from '../core/policy.ts'
import { fraction, orNull, rowsOf, whole, words } from '../core/postgres/rows.ts'
import { notAllowed, notFound } from '../core/problem.ts'
import { loadBenchmarks } from '../datasets/catalogue.ts'
import { departuresOf } from '../endpoints/as-sent.ts'
import { SentRequest } from '../endpoints/schema.ts'
import { commandOf } from './run-command.ts'
import { aggregateRun } from './scoring/aggregate-run.ts'
import {
  isGoing,
  Outcome,
  type OutcomeCounts,
  type Run,
  type RunMetric,
  type RunSummary,
  type ServerScore,
} from './schema.ts'
import { needsJudge } from './scoring/score-response.ts'
import type { StoredRun } from './stored-run.ts'
import { servedHeadline, serverScoresOf } from './submissions/server-scores.ts'

const noMetric: RunMetric = { name: '', value: null, low: null, high: null, n: 0 }
type Row = Awaited<ReturnType<typeof getRow>>

const mostListed = 500

/** The newest 500 runs that the actor may see, newest first: visitors see those of released models. */
export async function listRuns(ctx: Context): Promise<RunSummary[]> {
  return summariseAll(ctx, await selectRuns(ctx).where(visible(ctx)).orderBy(desc(runs.id)).limit(mostListed))
}

/** One run as lists show it. Throws not-found, also for what the actor may not see. */
export async function getRunSummary(ctx: Context, id: number): Promise<RunSummary> {
  const [summary] = await summariseAll(ctx, [await getRow(ctx, id)])
  return summary!
}

/** The stored run, if the actor may see it: one statement. Throws not-found otherwise. */
export async function getVisibleRun(ctx: Context, id: number): Promise<StoredRun> {
  return (await getRow(ctx, id)).run
}

/** The stored run, if the actor may pause, resume and end it. Throws not-found, and not-allowed for one that it sees. */
export async function getUsableRun(ctx: Context, id: number): Promise<StoredRun> {
  const { run, endpoint } = await getRow(ctx, id)
  if (!mayUse(ctx.actor, endpoint.teamId)) throw notAllowed('The run is not of your team')
  return run
}

async function summariseAll(ctx: Context, rows: Row[]): Promise<RunSummary[]> {
  const ids = rows.map(({ run }) => run.id)
  const [counts, progress, served] = await Promise.all([
    countOutcomes(ctx, ids),
    planProgresses(
      ctx,
      rows.flatMap(({ run }) => plansOf(run)),
    ),
    serverScoresOf(ctx, ids),
  ])
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
  const row = await getRow(ctx, id)
  const { run } = row
  const counts = (await countOutcomes(ctx, [id])).get(id) ?? emptyCounts()
  const progress = await planProgress(ctx, run.planId)
  const judge = await describeJudge(ctx, run)
  const serverScores = (await serverScoresOf(ctx, [id])).get(id) ?? []
  const summary = await summarise(ctx, row, counts, judge ? [progress, judge.progress] : [progress], serverScores)
  const [usage] = await rowsOf(ctx, { tokensIn: whole, tokensOut: whole, medianMs: orNull(fraction) })`
    select coalesce(sum(attempts.tokens_in), 0) as "tokensIn", coalesce(sum(attempts.tokens_out), 0) as "tokensOut",
      percentile_cont(0.5) within group (order by attempts.latency_ms) filter (where attempts.error_class is null) as "medianMs"
    from attempts join calls on calls.id = attempts.call_id where calls.plan_id = ${run.planId}`
  const errors = await rowsOf(ctx, { class: words, count: whole })`
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
    request: run.request && SentRequest.parse(run.request),
    seed: run.seed,
    limit: run.limit,
    endpointSettings: { protocol, baseUrl, remoteModel, sendsStyleTag: sendsStyleTag === true },
    codeVersion: run.codeVersion,
    fingerprint: run.fingerprint,
    medianLatencyMs: usage?.medianMs ?? null,
    tokensIn: usage?.tokensIn ?? 0,
    tokensOut: usage?.tokensOut ?? 0,
    command: commandOf(run, row.endpoint, judge?.name),
  }
}

/** The plans whose calls make up the run: the model's and, where one reads for it, the judge's. */
function plansOf({ planId, judgePlanId }: Row['run']): string[] {
  return judgePlanId ? [planId, judgePlanId] : [planId]
}

/** The judge that reads for a run: the one it names, if its scoring profile needs one. */
export async function judgeOf(run: StoredRun): Promise<StoredRun['judge']> {
  const benchmark = (await loadBenchmarks()).get(run.benchmark)
  return run.judgePlanId && benchmark && needsJudge(benchmark, run.scoringProfile) ? run.judge : null
}

async function describeJudge(ctx: Context, run: StoredRun): Promise<Run['judge']> {
  const judge = await judgeOf(run)
  if (!judge || !run.judgePlanId) return null
  const progress = await planProgress(ctx, run.judgePlanId)
  const { baseUrl, remoteModel } = run.endpointSettings
  return { ...judge, sameModel: judge.remoteModel === remoteModel && judge.baseUrl === baseUrl, progress }
}

const endpointColumns = {
  name: endpoints.name,
  promptProfile: endpoints.promptProfile,
  sampling: endpoints.sampling,
  extraBody: endpoints.extraBody,
  teamId: endpoints.teamId,
  deletedAt: endpoints.deletedAt,
}

function selectRuns(ctx: Context) {
  return ctx.db
    .select({ run: runs, model: models, endpoint: endpointColumns })
    .from(runs)
    .innerJoin(models, eq(models.id, runs.modelId))
    .innerJoin(endpoints, eq(endpoints.id, runs.endpointId))
    .$dynamic()
}

async function getRow(ctx: Context, id: number) {
  const [row] = await selectRuns(ctx).where(and(eq(runs.id, id), visible(ctx)))
  if (!row) throw notFound(`There is no run ${id}`)
  return row
}

/** Visitors and raters see runs of released models only, a team those on its own endpoints too. */
function visible({ actor }: Context) {
  if (maySeeUnreleased(actor)) return undefined
  const team = teamOf(actor)
  const released = isNotNull(models.releasedAt)
  return team === null ? released : or(released, eq(endpoints.teamId, team))
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
    endpoint: endpoint.deletedAt ? `${endpoint.name} (taken out)` : endpoint.name,
    scoringProfile: run.scoringProfile,
    status: isGoing(run.status) && plans.some(({ state }) => state === 'paused') ? 'paused' : run.status,
    reason: plans.find(({ reason }) => reason !== null)?.reason ?? null,
    headline: served ? { ...headline, value: served.value, n: run.examples } : headline,
    serverScored: served?.by ?? null,
    counts,
    departures: run.request ? departuresOf(SentRequest.parse(run.request)) : [],
    examples: run.examples,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  }
}

/** The metrics stored at the end, or those of what is scored so far. */
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

/** Predictions by outcome; what has no outcome yet is counted by the state of its call. */
async function countOutcomes(ctx: Context, runIds: number[]): Promise<Map<number, OutcomeCounts>> {
  const counts = new Map<number, OutcomeCounts>()
  if (runIds.length === 0) return counts
  const rows = await rowsOf(ctx, { runId: predictions.runId, count: whole, truncated: whole, outcome: Outcome.parse })`
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
