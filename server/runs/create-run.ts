import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Benchmark, Example, ImagePart, Part } from '#benchmarks/benchmark.ts'
import { endpoints } from '#drizzle/schema/endpoints.ts'
import { predictions, runs, type StoredPart } from '#drizzle/schema/runs.ts'
import { addCalls, getPlan, openPlan, releasePlan, resumePlan, retryErrors } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { defineProblem, notFound } from '../core/problem.ts'
import { findTask, type Task } from '../datasets/catalogue.ts'
import { openSplit } from '../datasets/service.ts'
import { drawOverlays } from '../images/draw-overlays.ts'
import { storeImage } from '../images/service.ts'
import { defaultProfile, refuseWithoutJudge } from './score-response.ts'

export type StoredRun = typeof runs.$inferSelect

export const runChanged = defineProblem('run-changed', 409, 'The run cannot go on as it began')

export interface RunSettings {
  endpointId: string
  task: Task
  /** A folder or file with the data, instead of its usual place. */
  dataPath?: string
  /** Only so many examples, chosen by a hash of seed and example id. */
  limit?: number
  seed?: number
  scoringProfile?: string
}

/** Writes down everything that could move the number. The examples follow with `prepareRun`. */
export async function createRun(ctx: Context, settings: RunSettings): Promise<StoredRun> {
  const { benchmark, split } = settings.task
  const endpoint = await endpointOf(ctx, settings.endpointId)
  const data = await openSplit(ctx, settings.task, settings.dataPath)
  const scoringProfile = settings.scoringProfile ?? defaultProfile(benchmark)
  refuseWithoutJudge(benchmark, scoringProfile)
  const described = {
    benchmark: benchmark.id,
    benchmarkVersion: benchmark.version,
    split,
    layout: data.layout,
    dataRevision: data.revision,
    promptProfile: promptProfileOf(benchmark, endpoint.promptProfile),
    scoringProfile,
    maxTokens: benchmark.generation.maxTokens,
    temperature: benchmark.generation.temperature,
    limit: settings.limit ?? null,
    seed: settings.seed ?? 0,
    endpointSettings: settingsOf(endpoint),
    codeVersion: ctx.config.codeVersion,
  }
  const plan = await openPlan(ctx, { endpointId: endpoint.id, customer: 'run' })
  const [run] = await ctx.db
    .insert(runs)
    .values({
      ...described,
      dataPath: settings.dataPath ?? null,
      endpointId: endpoint.id,
      modelId: endpoint.modelId,
      planId: plan.id,
      fingerprint: createHash('sha256').update(JSON.stringify(described)).digest('hex'),
      examples: 0,
      createdBy: ctx.actor.kind === 'person' ? ctx.actor.personId : null,
    })
    .returning()
  return run!
}

/** Only profiles that the benchmark defines are sent; others fall back to the default prompt, and the run says so. */
function promptProfileOf(benchmark: Benchmark, wanted: StoredRun['promptProfile']): StoredRun['promptProfile'] {
  return benchmark.prompts[wanted] ? wanted : 'default'
}

async function endpointOf(ctx: Context, endpointId: string) {
  const [endpoint] = await ctx.db.select().from(endpoints).where(eq(endpoints.id, endpointId))
  if (!endpoint) throw notFound('No endpoint has this id')
  return endpoint
}

function settingsOf(endpoint: typeof endpoints.$inferSelect): Record<string, unknown> {
  const { protocol, baseUrl, remoteModel, extraBody, sendsStyleTag } = endpoint
  // A built-in endpoint gets another port at each start; its address says nothing of the answers.
  return { protocol, baseUrl: endpoint.builtIn ? 'built in' : baseUrl, remoteModel, extraBody, sendsStyleTag }
}

const batchSize = 200

/** Reads the examples, keeps their pictures, writes one prediction and one call for each, and lets the plan begin. Running it again adds what is missing. */
export async function prepareRun(ctx: Context, runId: number): Promise<void> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.id, runId))
  if (!run) throw notFound(`There is no run ${runId}`)
  if (run.status !== 'preparing') return
  const task = await findTask(run.benchmark, run.split)
  const data = await openSplit(ctx, task, run.dataPath ?? undefined)
  if (data.revision !== run.dataRevision) {
    throw runChanged(`The data of ${run.benchmark} ${run.split} changed since the run was created; start a new run`)
  }
  const chosen = run.limit === null ? null : await chooseExamples(data.examples(), run.limit, run.seed)
  let batch: { example: Example; position: number }[] = []
  let position = 0
  for await (const example of data.examples()) {
    if (chosen && !chosen.has(example.id)) continue
    batch.push({ example, position: position++ })
    if (batch.length === batchSize) {
      await writeExamples(ctx, run, task.benchmark, batch)
      batch = []
    }
  }
  if (batch.length > 0) await writeExamples(ctx, run, task.benchmark, batch)
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
) {
  const prompt = benchmark.prompts[run.promptProfile] ?? benchmark.prompts.default
  const stored: { example: Example; position: number; parts: StoredPart[] }[] = []
  for (const { example, position } of batch) {
    stored.push({ example, position, parts: await storeParts(ctx, prompt(example), `example ${example.id}`) })
  }
  const callIds = await addCalls(
    ctx,
    run.planId,
    stored.map(({ example, position }) => ({ key: example.id, position })),
  )
  await ctx.db
    .insert(predictions)
    .values(
      stored.map(({ example, position, parts }) => ({
        runId: run.id,
        exampleId: example.id,
        position,
        callId: callIds.get(example.id)!,
        question: example.question,
        choices: example.choices ?? null,
        tags: example.tags,
        gold: example.gold,
        prompt: parts,
      })),
    )
    .onConflictDoNothing()
}

async function storeParts(ctx: Context, parts: Part[], name: string): Promise<StoredPart[]> {
  return Promise.all(
    parts.map(async (part) =>
      typeof part === 'string'
        ? { text: part }
        : { imageSha256: (await storeImage(ctx, await drawn(part), `The picture of ${name}`)).sha256 },
    ),
  )
}

function drawn({ bytes, overlays = [] }: ImagePart): Promise<Uint8Array> | Uint8Array {
  return overlays.length > 0 ? drawOverlays(bytes, overlays) : bytes
}

/** Refuses to go on with a run whose settings are no longer what its fingerprint was made of, and says what differs. */
export async function checkUnchanged(ctx: Context, run: StoredRun): Promise<void> {
  const { benchmark } = await findTask(run.benchmark, run.split)
  const endpoint = await endpointOf(ctx, run.endpointId)
  const differences: string[] = []
  if (benchmark.version !== run.benchmarkVersion) {
    differences.push(`${benchmark.id} is now version ${benchmark.version}, the run began with ${run.benchmarkVersion}`)
  }
  const now = settingsOf(endpoint)
  for (const [name, value] of Object.entries(run.endpointSettings)) {
    if (JSON.stringify(now[name]) !== JSON.stringify(value)) {
      differences.push(`${name} was ${JSON.stringify(value)}, now ${JSON.stringify(now[name])}`)
    }
  }
  if (differences.length > 0) throw runChanged(`${differences.join('; ')}. Start a new run, or set them back`)
}

/** Puts a run that stopped back to work: only what has no answer yet is asked, failed calls among it. */
export async function reopenRun(ctx: Context, run: StoredRun): Promise<void> {
  await checkUnchanged(ctx, run)
  if (run.status === 'preparing') return prepareRun(ctx, run.id)
  await ctx.db.update(runs).set({ status: 'running', finishedAt: null }).where(eq(runs.id, run.id))
  await retryErrors(ctx, run.planId)
  if ((await getPlan(ctx, run.planId)).state === 'paused') await resumePlan(ctx, run.planId)
}
