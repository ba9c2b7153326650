import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Benchmark, Example } from '#benchmarks/benchmark.ts'
import { predictions, runs } from '#drizzle/schema/runs.ts'
import { addCalls, openPlan, releasePlan } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { Interrupted } from '../core/problem.ts'
import { inTransaction } from '../core/transaction.ts'
import { getTask, type Task } from '../datasets/catalogue.ts'
import { openSplit } from '../datasets/service.ts'
import type { SamplingChoice } from '../endpoints/schema.ts'
import { endpointOf, settingsOf } from './endpoint-settings.ts'
import { fingerprintOf } from './fingerprint.ts'
import { judgeFor } from './judge/judge.ts'
import { defaultProfile } from './scoring/score-response.ts'
import { runSettings } from './run-settings.ts'
import { runsLike, takeEarlierReplies } from './spending/reuse.ts'
import { storeQuestion } from './store-question.ts'
import { getStoredRun, runChanged, type StoredRun } from './stored-run.ts'

export interface RunSettings {
  endpointId: string
  task: Task
  /** A folder or file with the data, instead of its usual place. */
  dataPath?: string | undefined
  /** Only this many examples, chosen by a hash of seed and example id. */
  limit?: number | undefined
  seed?: number | undefined
  /** Instead of the endpoint's. */
  promptProfile?: StoredRun['promptProfile'] | undefined
  scoringProfile?: string | undefined
  /** Over what the endpoint and the benchmark's definition set. */
  sampling?: SamplingChoice | undefined
  extraBody?: Record<string, unknown> | undefined
  /** In US dollars, where the run is to stop. */
  costLimit?: number | null | undefined
  /** Replies to the same requests, asked before, are taken instead of asking again. */
  reuse?: boolean | undefined
  /** The endpoint that reads what rules cannot, where the scoring profile needs one. */
  judgeEndpointId?: string | undefined
}

/** Writes down everything that could move the number. The examples follow with `prepareRun`. */
export async function createRun(ctx: Context, settings: RunSettings): Promise<StoredRun> {
  const { benchmark, split } = settings.task
  const endpoint = await endpointOf(ctx, settings.endpointId)
  const data = await openSplit(ctx, settings.task, settings.dataPath)
  const { judgeEndpointId } = settings
  const scoringProfile = settings.scoringProfile ?? defaultProfile(benchmark, { judged: judgeEndpointId !== undefined })
  const judge = await judgeFor(ctx, benchmark, scoringProfile, judgeEndpointId)
  const wantedPrompts = settings.promptProfile ?? endpoint.promptProfile
  const hasPrompts = benchmark.prompts[wantedPrompts] !== undefined
  const described = {
    benchmark: benchmark.id,
    benchmarkVersion: benchmark.version,
    split,
    layout: data.layout,
    dataRevision: data.revision,
    promptProfile: hasPrompts ? wantedPrompts : 'default',
    scoringProfile,
    judge,
    ...runSettings(benchmark, endpoint, {
      sampling: settings.sampling ?? {},
      extraBody: settings.extraBody ?? {},
    }),
    limit: settings.limit ?? null,
    seed: settings.seed ?? 0,
    endpointSettings: settingsOf(endpoint),
    codeVersion: ctx.config.codeVersion,
  }
  const plan = await openPlan(ctx, { endpointId: endpoint.id, customer: 'run', costLimit: settings.costLimit ?? null })
  const judgePlan =
    judge && judgeEndpointId && (await openPlan(ctx, { endpointId: judgeEndpointId, customer: 'judge' }))
  const [run] = await ctx.db
    .insert(runs)
    .values({
      ...described,
      missingPromptProfile: hasPrompts ? null : wantedPrompts,
      dataPath: settings.dataPath ?? null,
      endpointId: endpoint.id,
      modelId: endpoint.modelId,
      planId: plan.id,
      judgePlanId: judgePlan ? judgePlan.id : null,
      fingerprint: fingerprintOf(described),
      reuse: settings.reuse ?? false,
      examples: 0,
      createdBy: ctx.actor.kind === 'person' ? ctx.actor.personId : null,
    })
    .returning()
  return run!
}

const batchSize = 200

/**
 * Reads the examples, keeps their pictures, writes one prediction and one call for each, and lets the plan begin.
 * Running it again adds what is missing. Throws Interrupted once the signal is aborted.
 */
export async function prepareRun(ctx: Context, runId: number, signal?: AbortSignal): Promise<void> {
  const run = await getStoredRun(ctx, runId)
  if (run.status !== 'preparing') return
  const task = await getTask(run.benchmark, run.split)
  const data = await openSplit(ctx, task, run.dataPath ?? undefined)
  if (data.revision !== run.dataRevision) {
    throw runChanged(`The data of ${run.benchmark} ${run.split} changed since the run was created; start a new run`)
  }
  const chosen = run.limit === null ? null : await chooseExamples(data.examples(), run.limit, run.seed)
  const like = run.reuse ? await runsLike(ctx, run) : []
  let batch: { example: Example; position: number }[] = []
  let position = 0
  for await (const example of data.examples()) {
    if (signal?.aborted) throw new Interrupted(`The reading of the examples of run ${runId} was interrupted.`)
    if (chosen && !chosen.has(example.id)) continue
    batch.push({ example, position: position++ })
    if (batch.length === batchSize) {
      await writeExamples(ctx, run, task.benchmark, batch, like)
      batch = []
    }
  }
  if (batch.length > 0) await writeExamples(ctx, run, task.benchmark, batch, like)
  await ctx.db.update(runs).set({ status: 'running', examples: position }).where(eq(runs.id, runId))
  await releasePlan(ctx, run.planId)
}

/** The ids with the smallest hashes of (seed, id): the same for everyone who names the same seed. */
async function chooseExamples(examples: AsyncIterable<Example>, limit: number, seed: number): Promise<Set<string>> {
  const hashed: { id: string; hash: string }[] = []
  for await (const { id } of examples) {
    hashed.push({ id, hash: createHash('sha256').update(`${seed}:${id}`).digest('hex') })
  }
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return new Set(hashed.slice(0, limit).map(({ id }) => id))
}

async function writeExamples(
  ctx: Context,
  run: StoredRun,
  benchmark: Benchmark,
  batch: { example: Example; position: number }[],
  like: number[],
) {
  const rows: (Awaited<ReturnType<typeof storeQuestion>> & { exampleId: string; position: number })[] = []
  for (const { example, position } of batch) {
    rows.push({ exampleId: example.id, position, ...(await storeQuestion(ctx, run, benchmark, example)) })
  }
  // In one transaction, so that no worker asks what an earlier run was told already.
  await inTransaction(ctx, async (ctx) => {
    const callIds = await addCalls(
      ctx,
      run.planId,
      rows.map(({ exampleId, position }) => ({ key: exampleId, position })),
    )
    await ctx.db
      .insert(predictions)
      .values(rows.map((row) => ({ ...row, runId: run.id, callId: callIds.get(row.exampleId)! })))
      .onConflictDoNothing()
    await takeEarlierReplies(ctx, run, like, [...callIds.values()])
  })
}
