import { LRUCache } from 'lru-cache'
import { pairCounts } from '#drizzle/schema/battles.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf, whole } from '#server/core/postgres/rows.ts'
import { fisherCovariance } from '#server/ratings/bounds/intervals.ts'
import { informationGains } from '#server/ratings/evidence/pairing.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { keyOf } from '../served.ts'

/** What one more vote on each pair is worth to the board, by the pair's name. */
export type PairGains = ReadonlyMap<string, number>

/** A fit is drawn by for so long: it moves little meanwhile, and costs more than a draw. */
const freshMs = 10_000
/** A faint pull to the middle, so that models without votes have ratings and errors, too. */
const penalty = 0.05

const kept = new LRUCache<string, { at: number; gains: PairGains }>({ max: 20 })

/**
 * By how much one more vote on each of these pairs would make the summed variances of the ratings fall, under the
 * Bradley–Terry fit to the votes that count (A-optimal design; `informationGains`). At most ten seconds old.
 */
export async function readPairGains(
  ctx: Context,
  studyId: string,
  pairs: readonly { low: string; high: string }[],
): Promise<PairGains> {
  const models = [...new Set(pairs.flatMap(({ low, high }) => [low, high]))].sort()
  const key = [ctx.config.dataDir, studyId, ...models].join(' ')
  const before = kept.get(key)
  if (before && ctx.now() - before.at < freshMs) return before.gains
  const gains = await measureGains(ctx, studyId, models)
  kept.set(key, { at: ctx.now(), gains })
  return gains
}

const cell = { low: pairCounts.modelA, high: pairCounts.modelB, winsLow: whole, winsHigh: whole, ties: whole }

async function measureGains(ctx: Context, studyId: string, models: string[]): Promise<PairGains> {
  const cells = await rowsOf(ctx, cell)`
    select least(model_a, model_b) as low, greatest(model_a, model_b) as high,
      coalesce(sum(votes) filter (where verdict = case when model_a < model_b then 'model_a' else 'model_b' end::verdict), 0)::int as "winsLow",
      coalesce(sum(votes) filter (where verdict = case when model_a < model_b then 'model_b' else 'model_a' end::verdict), 0)::int as "winsHigh",
      coalesce(sum(votes) filter (where verdict in ('tie', 'both_bad')), 0)::int as ties
    from pair_counts where study_id = ${studyId} and model_a = any(${models}::uuid[]) and model_b = any(${models}::uuid[])
    group by 1, 2`
  const numbers = new Map(models.map((id, number) => [id, number]))
  const comparisons = compareCounts({
    models: models.length,
    a: Int32Array.from(cells, ({ low }) => numbers.get(low)!),
    b: Int32Array.from(cells, ({ high }) => numbers.get(high)!),
    winsA: Float64Array.from(cells, ({ winsLow }) => winsLow),
    winsB: Float64Array.from(cells, ({ winsHigh }) => winsHigh),
    ties: Float64Array.from(cells, ({ ties }) => ties),
    bothBad: new Float64Array(cells.length),
  })
  const { strengths } = fitBradleyTerry(comparisons, { penalty })
  const { trace } = informationGains(strengths, fisherCovariance(comparisons, strengths, penalty))
  const named = Array.from(trace.values, (gain, pair) => {
    const [low, high] = [models[trace.a[pair]!]!, models[trace.b[pair]!]!]
    return [keyOf({ low, high }), gain] as const
  })
  return new Map(named)
}

/** So much of all draws is even: every pair is drawn, whatever the fit says. */
const uniform = 0.1

/** The chance of each pair to be drawn next; they add up to one. */
export function adaptiveChances(pairs: readonly { low: string; high: string }[], gains: PairGains): number[] {
  const worth = pairs.map((pair) => gains.get(keyOf(pair)) ?? 0)
  const total = worth.reduce((sum, gain) => sum + gain, 0)
  if (total === 0) return pairs.map(() => 1 / pairs.length)
  return worth.map((gain) => Math.min(1, uniform / pairs.length + ((1 - uniform) * gain) / total))
}
