import { runs } from '#drizzle/schema/runs.ts'
import { openGrowingPlan, openPlan } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { inTransaction } from '../core/transaction.ts'
import type { Task } from '../datasets/catalogue.ts'
import { openReading, type SplitReading } from '../datasets/service.ts'
import type { SamplingChoice } from '../endpoints/schema.ts'
import { endpointOf, settingsOf } from './endpoint-settings.ts'
import { fingerprintOf } from './fingerprint.ts'
import { judgeFor } from './judge/judge.ts'
import { defaultProfile } from './scoring/score-response.ts'
import { runSettings } from './run-settings.ts'
import type { StoredRun } from './stored-run.ts'

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

/**
 * Writes down everything that could move the number but the revision of the data. Workers take the run up at once: its
 * examples are read while they are asked. Throws InputError when the data is not there.
 */
export async function createRun(ctx: Context, settings: RunSettings): Promise<StoredRun> {
  await using data = await openReading(ctx, settings.task, settings.dataPath)
  return await createRunOver(ctx, settings, data)
}

/** As createRun, over data that is open already and stays so. */
export async function createRunOver(ctx: Context, settings: RunSettings, data: SplitReading): Promise<StoredRun> {
  const { benchmark, split } = settings.task
  const endpoint = await endpointOf(ctx, settings.endpointId)
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
    dataRevision: null,
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
  return inTransaction(ctx, async (ctx) => {
    const here = settings.dataPath !== undefined
    const plan = await openGrowingPlan(ctx, {
      endpointId: endpoint.id,
      customer: 'run',
      here,
      costLimit: settings.costLimit ?? null,
    })
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
  })
}
