import { and, desc, eq, isNotNull, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Benchmark } from '#benchmarks/benchmark.ts'
import { teams } from '#drizzle/schema/accounts.ts'
import { plans } from '#drizzle/schema/calls.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { models } from '#drizzle/schema/models.ts'
import { runs } from '#drizzle/schema/runs.ts'
import { planProgress, planProgresses } from '../calls/progress.ts'
import { failedAttempts } from '../calls/read-attempts.ts'
import type { PlanProgress } from '../calls/schema.ts'
import type { Context } from '../core/context.ts'
import { maySeeUnreleased, mayUse, teamOf } from '../core/policy.ts'
import { fraction, orNull, rowsOf, whole, words } from '../core/postgres/rows.ts'
import { notAllowed, notFound } from '../core/problem.ts'
import { loadBenchmarks } from '../datasets/catalogue.ts'
import { knownSize } from '../datasets/parts.ts'
import { departuresOf } from '../endpoints/as-sent.ts'
import { SentRequest } from '../endpoints/schema.ts'
import { commandOf } from './run-command.ts'
import { aggregateRun } from './scoring/aggregate-run.ts'
import { countOutcomes, emptyCounts, otherModelsOf } from './scoring/count-outcomes.ts'
import { remarksOn, remarksOnPart, remarksOnRequests } from './scoring/run-remarks.ts'
import { pictureFacts, spentBy, type Spent } from './spending/read-costs.ts'
import {
  isGoing,
  type OtherModel,
  type OutcomeCounts,
  type Run,
  type RunMetric,
  type RunSummary,
  type ServerScore,
} from './schema.ts'
import { needsJudge } from './scoring/score-response.ts'
import { hideInRun, hideInSummary, ownEndpoint, ownJudge, type Sees } from './showing/hide-addresses.ts'
import type { StoredRun } from './stored-run.ts'
import { servedHeadline, serverScoresOf } from './submissions/server-scores.ts'

const noMetric: RunMetric = { name: '', value: null, low: null, high: null, n: 0 }
type Row = Awaited<ReturnType<typeof getRow>>

const mostListed = 500

const usageShape = {
  tokensIn: whole,
  tokensOut: whole,
  tokensCached: whole,
  tokensThinking: whole,
  medianMs: orNull(fraction),
}

/** The newest 500 runs that the actor may see, newest first: visitors see those of released models. */
export async function listRuns(ctx: Context): Promise<RunSummary[]> {
  return summariseAll(ctx, await selectRuns(ctx).where(visible(ctx)).orderBy(desc(runs.id)).limit(mostListed))
}

/** The newest 500 runs of one endpoint that the actor may see, newest first. */
export async function listRunsOf(ctx: Context, endpointId: string): Promise<RunSummary[]> {
  const chosen = and(eq(runs.endpointId, endpointId), visible(ctx))
  return summariseAll(ctx, await selectRuns(ctx).where(chosen).orderBy(desc(runs.id)).limit(mostListed))
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

/** The stored run, if the actor may see it, and whose words of its endpoints they may read. Throws not-found. */
export async function viewRun(ctx: Context, id: number): Promise<{ run: StoredRun; sees: Sees }> {
  const row = await getRow(ctx, id)
  return { run: row.run, sees: seesOf(ctx, row) }
}

/** Of its own endpoint and of the judge's, where one was named: whether the actor may use them. */
function seesOf({ actor }: Context, { run, endpoint, judgeTeam }: Row): Sees {
  return { model: mayUse(actor, endpoint.teamId), judge: run.judgePlanId === null || mayUse(actor, judgeTeam) }
}

/** The stored run, if the actor may pause, resume and end it. Throws not-found, and not-allowed for one that it sees. */
export async function getUsableRun(ctx: Context, id: number): Promise<StoredRun> {
  const { run, endpoint } = await getRow(ctx, id)
  if (!mayUse(ctx.actor, endpoint.teamId)) throw notAllowed('The run is not of your team')
  return run
}

async function summariseAll(ctx: Context, rows: Row[]): Promise<RunSummary[]> {
  const ids = rows.map(({ run }) => run.id)
  const [counts, others, spent, progress, served] = await Promise.all([
    countOutcomes(ctx, ids),
    otherModelsOf(ctx, ids),
    spentBy(ctx, ids),
    planProgresses(
      ctx,
      rows.flatMap(({ run }) => plansOf(run)),
    ),
    serverScoresOf(ctx, ids),
  ])
  return Promise.all(
    rows.map(async (row) => {
      const { id } = row.run
      const plans = plansOf(row.run).map((plan) => progress.get(plan)!)
      const said = { counts: counts.get(id) ?? emptyCounts(), otherModels: others.get(id) ?? [], ...spent.get(id)! }
      return hideInSummary(
        await summarise(ctx, row, said, plans, served.get(id)),
        seesOf(ctx, row),
        row.endpoint.builtIn,
      )
    }),
  )
}

/** One run with its settings, metrics, errors and progress. Throws not-found, also for what the actor may not see. */
export async function getRun(ctx: Context, id: number): Promise<Run> {
  const row = await getRow(ctx, id)
  return shownTo(row, await readWhole(ctx, row), seesOf(ctx, row))
}

/** One run, read once for readers who may see different things of it. Knows no owner. Throws not-found. */
export async function getRunForAll(ctx: Context, id: number): Promise<(sees: Sees) => Run> {
  const row = await getRow(ctx, id)
  const whole = await readWhole(ctx, row)
  return (sees) => shownTo(row, whole, sees)
}

function shownTo({ run, endpoint }: Row, whole: Run, sees: Sees): Run {
  const judge = sees.judge ? whole.judge?.name : whole.judge && ownJudge
  const named = sees.model || endpoint.builtIn ? endpoint : { ...endpoint, name: ownEndpoint }
  return hideInRun(whole, sees, endpoint.builtIn, commandOf(run, named, judge ?? undefined))
}

async function readWhole(ctx: Context, row: Row): Promise<Run> {
  const { run } = row
  const { id } = run
  const counts = (await countOutcomes(ctx, [id])).get(id) ?? emptyCounts()
  const otherModels = counts.otherModel > 0 ? (await otherModelsOf(ctx, [id])).get(id)! : []
  const said = { counts, otherModels, ...(await spentBy(ctx, [id])).get(id)! }
  const progress = await planProgress(ctx, run.planId)
  const judge = await describeJudge(ctx, run)
  const serverScores = (await serverScoresOf(ctx, [id])).get(id) ?? []
  const summary = await summarise(ctx, row, said, judge ? [progress, judge.progress] : [progress], serverScores)
  const [usage] = await rowsOf(ctx, usageShape)`
    select coalesce(sum(attempts.tokens_in), 0) as "tokensIn", coalesce(sum(attempts.tokens_out), 0) as "tokensOut",
      coalesce(sum(replies.tokens_cached), 0) as "tokensCached",
      coalesce(sum(replies.tokens_thinking), 0) as "tokensThinking",
      percentile_cont(0.5) within group (order by attempts.latency_ms) filter (where attempts.error_class is null) as "medianMs"
    from attempts join calls on calls.id = attempts.call_id
    left join replies on replies.call_id = calls.id and attempts.error_class is null
    where calls.plan_id = ${run.planId}`
  const errors = await rowsOf(ctx, { class: words, count: whole })`
    select case plan_id when ${run.planId} then '' else 'judge: ' end || coalesce(error_class, 'internal') as class,
      count(*)::int as count
    from calls where plan_id = any(${plansOf(run)}::uuid[]) and state = 'error' group by 1 order by 2 desc`
  const { sendsStyleTag } = run.endpointSettings
  const { protocol = '', baseUrl = '', remoteModel = '' } = run.endpointSettings as Record<string, string>
  return {
    ...summary,
    endpointId: run.endpointId,
    team: row.team,
    metrics: await metricsOf(ctx, row),
    serverScores,
    progress,
    errors: Object.fromEntries(errors.map((error) => [error.class, error.count])),
    failedAttempts: await failedAttempts(ctx, plansOf(run)),
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
    pictures: run.settings.pictures
      ? { policy: run.settings.pictures, ...(await pictureFacts(ctx, run.planId)) }
      : null,
    reuse: run.reuse,
    seed: run.seed,
    limit: run.limit,
    endpointSettings: { protocol, baseUrl, remoteModel, sendsStyleTag: sendsStyleTag === true },
    acceptedChanges: run.acceptedChanges,
    codeVersion: run.codeVersion,
    fingerprint: run.fingerprint,
    medianLatencyMs: usage?.medianMs ?? null,
    tokensIn: usage?.tokensIn ?? 0,
    tokensOut: usage?.tokensOut ?? 0,
    tokensCached: usage?.tokensCached ?? 0,
    tokensThinking: usage?.tokensThinking ?? 0,
    otherModels,
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
  builtIn: endpoints.builtIn,
  deletedAt: endpoints.deletedAt,
}

const judgeEndpoints = alias(endpoints, 'judge_endpoints')

function selectRuns(ctx: Context) {
  const columns = { run: runs, model: models, endpoint: endpointColumns, team: teams.name }
  return ctx.db
    .select({ ...columns, judgeTeam: judgeEndpoints.teamId })
    .from(runs)
    .innerJoin(models, eq(models.id, runs.modelId))
    .innerJoin(endpoints, eq(endpoints.id, runs.endpointId))
    .leftJoin(teams, eq(teams.id, endpoints.teamId))
    .leftJoin(plans, eq(plans.id, runs.judgePlanId))
    .leftJoin(judgeEndpoints, eq(judgeEndpoints.id, plans.endpointId))
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
  { counts, otherModels, cost, reused }: { counts: OutcomeCounts; otherModels: OtherModel[] } & Spent,
  plans: PlanProgress[],
  serverScores: ServerScore[] = [],
): Promise<RunSummary> {
  const { run, model, endpoint } = row
  const benchmark = (await loadBenchmarks()).get(run.benchmark)
  const [headline = noMetric] = await metricsOf(ctx, row)
  const served = headline.value === null ? servedHeadline(serverScores) : null
  const departures = run.request ? departuresOf(SentRequest.parse(run.request), run.settings.pictures) : []
  const partOf = benchmark ? partOfSplit(run, benchmark) : null
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
    remarks: [
      ...remarksOnPart(run.examples, partOf),
      ...remarksOn(counts, otherModels, String(run.endpointSettings['remoteModel'])),
      ...remarksOnRequests(departures, reused, run.examples),
    ],
    departures,
    cost,
    reused,
    examples: run.examples,
    partOf,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    withdrawn: run.withdrawnAt && { at: run.withdrawnAt.toISOString(), reason: run.withdrawnReason ?? '' },
  }
}

/** How many examples the split has, where all of the data was read and held fewer. */
function partOfSplit({ split, limit, examples, dataRevision }: StoredRun, benchmark: Benchmark): number | null {
  const size = limit === null && dataRevision !== null ? knownSize({ benchmark, split }) : null
  return size !== null && examples < size ? size : null
}

/** The metrics stored at the end, or those of what is scored so far. */
async function metricsOf(ctx: Context, { run }: Row): Promise<RunMetric[]> {
  return run.metrics ?? aggregateRun(ctx, run)
}
