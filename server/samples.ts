import { join } from 'node:path'
import { baselineCatalogue } from './baselines/catalogue.ts'
import { startBaselines } from './baselines/start.ts'
import type { Context } from './core/context.ts'
import { loadBenchmarks, type Task } from './datasets/catalogue.ts'
import { registerBuiltIn } from './endpoints/service.ts'
import { loadSamplePool } from './queries/sample-pool.ts'
import { importPool } from './queries/service.ts'
import { createRun } from './runs/create-run.ts'
import { endpointsWithRun } from './runs/stored-run.ts'
import { NewStudy } from './studies/schema.ts'
import { addModel, createStudy, enteredEndpoints, findStoredStudy, openStudy } from './studies/service.ts'

const samplePool = { slug: 'sample', name: 'Sample pool', licence: 'Public-domain photographs and pictures of our own' }

/**
 * Starts the built-in baselines, registers them, and gives them everything that the samples ask: the queries of the
 * sample study and the sample split of each benchmark. What an earlier start did stays; only what is missing is added.
 */
export async function loadSamples(ctx: Context, signal: AbortSignal): Promise<{ stop(): Promise<void> }> {
  const baselines = await startBaselines({ cacheDir: join(ctx.config.dataDir, 'baselines') })
  const stop = () => baselines.stop()
  try {
    ctx.egress.allow(baselines.url)
    const endpoints = []
    for (const { name, title, description } of baselineCatalogue) {
      if (!baselines.models.includes(name)) continue
      endpoints.push(await registerBuiltIn(ctx, { name, title, description, baseUrl: baselines.url }))
    }
    if (!signal.aborted) await fillSampleStudy(ctx, endpoints)
    for (const task of await sampleTasks()) {
      if (!signal.aborted) await runWhatIsMissing(ctx, task, endpoints)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

type BuiltIn = Awaited<ReturnType<typeof registerBuiltIn>>

async function fillSampleStudy(ctx: Context, endpoints: BuiltIn[]) {
  const study = await findStoredStudy(ctx, 'sample')
  if (study?.status === 'closed') return
  const known = study !== undefined
  if (!known) {
    await importPool(ctx, samplePool, await loadSamplePool())
    const plan = { name: 'Sample study', pool: samplePool.slug, endpoints: endpoints.map(({ id }) => id) }
    const described = NewStudy.parse({ ...plan, quotaPerPair: 40, sessionGoal: 20 })
    await createStudy(ctx, described, { slug: 'sample', sample: true })
  }
  const entered = await enteredEndpoints(ctx, 'sample')
  for (const { id } of endpoints) {
    if (known && !entered.includes(id)) await addModel(ctx, 'sample', id)
  }
  await openStudy(ctx, 'sample')
}

async function sampleTasks(): Promise<Task[]> {
  const benchmarks = [...(await loadBenchmarks()).values()]
  return benchmarks
    .filter((benchmark) => 'sample' in benchmark.splits && !benchmark.variantOf)
    .map((benchmark) => ({ benchmark, split: 'sample' }))
}

async function runWhatIsMissing(ctx: Context, task: Task, endpoints: BuiltIn[]) {
  const done = await endpointsWithRun(ctx, task)
  for (const endpoint of endpoints) {
    if (done.includes(endpoint.id)) continue
    await createRun(ctx, { endpointId: endpoint.id, task })
  }
}
