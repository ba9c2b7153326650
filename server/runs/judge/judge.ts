import type { Benchmark } from '#benchmarks/benchmark.ts'
import type { StoredJudge } from '#drizzle/schema/runs.ts'
import { getPlan } from '#server/calls/service.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import type { StoredRun } from '../stored-run.ts'
import { endpointOf, judgeSettingsOf } from '../endpoint-settings.ts'
import { refuseWithoutJudge, scorerOf } from '../scoring/score-response.ts'

/**
 * The judge as a run and its scores name it; null where the profile needs none and none is named. Throws InputError
 * when it needs one and none is named, and when it would never ask the one named.
 */
export async function judgeFor(
  ctx: Context,
  benchmark: Benchmark,
  profile: string,
  endpointId: string | undefined,
): Promise<StoredJudge | null> {
  const { needsJudge } = scorerOf(benchmark, profile)
  if (endpointId === undefined) {
    refuseWithoutJudge(benchmark, profile)
    return null
  }
  if (!needsJudge) {
    throw new InputError(
      `The profile '${profile}' of ${benchmark.id} reads responses by rule and would ask no judge. Name none, or another profile.`,
    )
  }
  return judgeSettingsOf(await endpointOf(ctx, endpointId), needsJudge)
}

/** The endpoint that reads responses of this run; undefined where none was ever named. */
export async function judgeEndpointIdOf(ctx: Context, run: StoredRun): Promise<string | undefined> {
  return run.judgePlanId === null ? undefined : (await getPlan(ctx, run.judgePlanId)).endpointId
}
