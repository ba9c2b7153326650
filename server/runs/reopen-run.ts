import { isDeepStrictEqual } from 'node:util'
import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { receiveMissed } from '../calls/receiver.ts'
import { getPlan, resumePlan, retryErrors, workHere } from '../calls/service.ts'
import type { Context } from '../core/context.ts'
import { getTask } from '../datasets/catalogue.ts'
import { openReading } from '../datasets/service.ts'
import { type StoredRun, runChanged } from './stored-run.ts'
import { endpointOf, judgeSettingsOf, settingsOf } from './endpoint-settings.ts'
import { judgeCustomer } from './judge/judge-customer.ts'
import { judgeEndpointIdOf } from './judge/judge.ts'
import { readRun } from './read-run.ts'
import { runCustomer } from './run-customer.ts'
import { scorerOf } from './scoring/score-response.ts'
import { settleModel } from './settle-run.ts'

/** Refuses to go on with a run whose settings are no longer what its fingerprint was made of, and says what differs. */
export async function checkUnchanged(ctx: Context, run: StoredRun): Promise<void> {
  const { benchmark } = await getTask(run.benchmark, run.split)
  const differences: string[] = []
  if (benchmark.version !== run.benchmarkVersion) {
    differences.push(`${benchmark.id} is now version ${benchmark.version}, the run began with ${run.benchmarkVersion}`)
  }
  differences.push(...differencesOf(run.endpointSettings, settingsOf(await endpointOf(ctx, run.endpointId))))
  const { needsJudge } = scorerOf(benchmark, run.scoringProfile)
  const judgeId = await judgeEndpointIdOf(ctx, run)
  if (needsJudge && judgeId && run.judge) {
    const now = judgeSettingsOf(await endpointOf(ctx, judgeId), needsJudge)
    differences.push(...differencesOf({ ...run.judge }, { ...now }, 'of the judge '))
  }
  if (differences.length > 0) throw runChanged(`${differences.join('; ')}. Start a new run, or set them back`)
}

function differencesOf(before: Record<string, unknown>, now: Record<string, unknown>, whose = ''): string[] {
  return Object.entries(before)
    .filter(([name, value]) => !isDeepStrictEqual(now[name], value))
    .map(([name, value]) => `${name} ${whose}was ${JSON.stringify(value)}, now ${JSON.stringify(now[name])}`)
}

/**
 * Puts a run that stopped back to work: only what has no answer yet is asked of model and judge, failed calls included.
 */
export async function reopenRun(ctx: Context, run: StoredRun): Promise<void> {
  if (run.status === 'cancelled') throw runChanged(`Run ${run.id} was cancelled; start a new one`)
  await checkUnchanged(ctx, run)
  await ctx.db.update(runs).set({ status: 'running', finishedAt: null }).where(eq(runs.id, run.id))
  await retryErrors(ctx, run.planId)
  for (const planId of [run.planId, run.judgePlanId]) {
    if (planId && (await getPlan(ctx, planId)).state === 'paused') await resumePlan(ctx, planId)
  }
  if ((await getPlan(ctx, run.planId)).state === 'finished') await scoreStored(ctx, run)
}

/**
 * Reads the data of a run once more, where it lies now: its pictures are taken from there from now on. Throws run-changed
 * when it is other data, and InputError when there is none; then everything stays as it was.
 */
export async function attachData(ctx: Context, run: StoredRun, path: string): Promise<void> {
  await using data = await openReading(ctx, await getTask(run.benchmark, run.split), path)
  await readRun(ctx, run.id, { data, attaching: true })
  await ctx.db.update(runs).set({ dataPath: path }).where(eq(runs.id, run.id))
  await workHere(ctx, run.planId, { bound: true })
}

/**
 * Scores stored replies that have no score, without one call to the model. What only the judge can tell and it has not
 * told yet is left to its plan, which is released.
 */
export async function scoreStored(ctx: Context, run: StoredRun): Promise<void> {
  await receiveMissed(ctx, runCustomer, await getPlan(ctx, run.planId))
  if (run.judgePlanId) await receiveMissed(ctx, judgeCustomer, await getPlan(ctx, run.judgePlanId))
  await settleModel(ctx, run)
}
