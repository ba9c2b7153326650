import { isDeepStrictEqual } from 'node:util'
import { and, eq } from 'drizzle-orm'
import type { Benchmark } from '#benchmarks/benchmark.ts'
import { predictions, type FormerScoring } from '#drizzle/schema/runs.ts'
import { openPlan } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { defineProblem } from '#server/core/problem.ts'
import { getTask, type Task } from '#server/datasets/catalogue.ts'
import { openSplit } from '#server/datasets/service.ts'
import { type StoredRun, runChanged } from '../stored-run.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { judgeEndpointIdOf, judgeFor } from '../judge/judge.ts'
import { needsJudge } from './score-response.ts'
import { readQuestion } from '../reading/read-question.ts'

export const runNotSettled = defineProblem(
  'run-not-settled',
  409,
  'Only a run that has come to its end can be scored again',
)

/**
 * Makes a run forget its scores, so that `scoreStored` gives it new ones from the stored replies: under another profile
 * or judge if one is named, by today's code in any case. How it was scored before is noted on it. Replies of the model
 * stay, and so do those of a judge that is the same as before. Throws InputError for what cannot be scored so.
 */
export async function forgetScores(
  ctx: Context,
  run: StoredRun,
  wanted: { profile?: string | undefined; judgeEndpointId?: string | undefined },
): Promise<void> {
  if (!['complete', 'incomplete', 'finalised'].includes(run.status))
    throw runNotSettled(`Run ${run.id} is ${run.status}`)
  const task = await getTask(run.benchmark, run.split)
  const { benchmark } = task
  const { version: benchmarkVersion } = benchmark
  if (benchmarkVersion !== run.benchmarkVersion) await checkQuestions(ctx, run, task)
  const scoringProfile = wanted.profile ?? run.scoringProfile
  const known = needsJudge(benchmark, scoringProfile) ? await judgeEndpointIdOf(ctx, run) : undefined
  const judgeEndpointId = wanted.judgeEndpointId ?? known
  const judge = await judgeFor(ctx, benchmark, scoringProfile, judgeEndpointId)
  const { codeVersion } = ctx.config
  const fingerprint = fingerprintOf({ ...run, benchmarkVersion, scoringProfile, judge, codeVersion })
  const judgePlanId =
    judgeEndpointId && !isDeepStrictEqual(judge, run.judge)
      ? (await openPlan(ctx, { endpointId: judgeEndpointId, customer: 'judge' })).id
      : run.judgePlanId
  await ctx.sql`
    with forgotten as (
      update predictions set outcome = null, answer = null, score = null, also = null, steps = null, scored_at = null,
        judge_call_id = null, judge_prompt = null, judge = null
      where run_id = ${run.id}
    )
    update runs set status = 'running', metrics = null, finished_at = null, benchmark_version = ${benchmarkVersion}, scoring_profile = ${scoringProfile},
      code_version = ${codeVersion}, fingerprint = ${fingerprint}, judge = coalesce(${json(judge)}::text::jsonb, judge),
      judge_plan_id = ${judgePlanId}, former_scorings = former_scorings || ${json([formerly(ctx, run, benchmark)])}::text::jsonb
    where id = ${run.id}`
}

/**
 * Throws run-changed unless the benchmark still has the same questions, prompts, options, tags and gold answers as when
 * the run began.
 */
async function checkQuestions(ctx: Context, run: StoredRun, task: Task): Promise<void> {
  const { benchmark } = task
  const data = await openSplit(ctx, task, run.dataPath ?? undefined)
  let asked = 0
  let same =
    data.revision === run.dataRevision && isDeepStrictEqual(run.settings.definition, { ...benchmark.generation })
  for await (const example of same ? data.examples() : []) {
    const [row] = await ctx.db
      .select({ question, choices, tags, gold, prompt, fault })
      .from(predictions)
      .where(and(eq(predictions.runId, run.id), eq(predictions.exampleId, example.id)))
    if (!row) continue
    asked++
    const { columns } = await readQuestion(run, benchmark, example)
    const now: unknown = JSON.parse(JSON.stringify(columns))
    same &&= isDeepStrictEqual(row, now)
    if (!same) break
  }
  if (same && asked === run.examples) return
  throw runChanged(
    `${benchmark.id} is now version ${benchmark.version} and asks differently from version ${run.benchmarkVersion}; start a new run`,
  )
}

const { question, choices, tags, gold, prompt, fault } = predictions

function formerly(ctx: Context, run: StoredRun, benchmark: Benchmark): FormerScoring {
  const { scoringProfile: profile, benchmarkVersion, codeVersion, metrics } = run
  const judge = needsJudge(benchmark, profile) ? run.judge : null
  return {
    profile,
    benchmarkVersion,
    codeVersion,
    judge,
    metrics: metrics ?? [],
    until: new Date(ctx.now()).toISOString(),
  }
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
