import type { StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import type { PairCounts } from '#server/ratings/votes/counts.ts'
import { normalQuantile } from '#server/ratings/chance/distributions.ts'
import { differenceError, sandwichCovariance } from '#server/ratings/bounds/intervals.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import { tallyPairs, type PairTally } from '../charts/read-matrix.ts'
import { readNewestFit, readSnapshotCounts } from '#server/snapshots/read-newest-fit.ts'
import { rankModels, type IdentifiedModel } from '../rank-models.ts'
import type { Stability } from '../schema.ts'

/**
 * How far the order of a study's board is settled, from the counts of its newest snapshot: the gap between neighbours
 * with its own error, since overlap of two intervals is a weaker test. Throws what getBoard throws.
 */
export async function getStability(ctx: Context, slug: string): Promise<Stability> {
  const study = await getBoardStudy(ctx, slug)
  const fit = await readNewestFit(ctx, study.id, null)
  const shown = rankModels(await readModels(ctx, study), fit?.ratings ?? []).filter(({ elo }) => elo !== null)
  if (!fit || shown.length < 2) return { neighbours: [] }
  const { ids, tallies } = ratedTallies(fit.ratings, await readSnapshotCounts(ctx, fit.id))
  const counts = pairCounts(ids.length, tallies)
  const place = new Map(ids.map((id, index) => [id, index]))
  return { neighbours: compareNeighbours(shown, place, counts, tallies, fit.votesUsed) }
}

/** The votes among rated models alone, for these are what the published fit rests on. */
function ratedTallies(ratings: StoredRating[], counts: StoredPairCount[]) {
  const ids = ratings.filter(({ elo }) => elo !== null).map(({ modelId }) => modelId)
  return { ids, tallies: tallyPairs(ids, counts) }
}

function pairCounts(models: number, tallies: PairTally[]): PairCounts {
  const column = (key: keyof PairTally) => tallies.map((tally) => tally[key])
  return {
    models,
    a: Int32Array.from(column('row')),
    b: Int32Array.from(column('column')),
    winsA: Float64Array.from(column('wins')),
    winsB: Float64Array.from(column('losses')),
    ties: Float64Array.from(column('ties')),
    bothBad: Float64Array.from(column('bothBad')),
  }
}

/** An error falls with the root of the votes, so a gap is beyond chance after N·(z·error/gap)² of them. */
function compareNeighbours(
  shown: IdentifiedModel[],
  place: Map<string, number>,
  counts: PairCounts,
  tallies: PairTally[],
  votesUsed: number,
): Stability['neighbours'] {
  const comparisons = compareCounts(counts)
  const covariance = sandwichCovariance(comparisons, fitBradleyTerry(comparisons).strengths)
  const between = new Map(tallies.map((tally) => [`${tally.row} ${tally.column}`, tally]))
  return shown.slice(1).map(({ id, ...below }, index) => {
    const { id: aboveId, ...above } = shown[index]!
    const [i, j] = [place.get(aboveId)!, place.get(id)!]
    const gap = above.elo! - below.elo!
    const error = differenceError(covariance, i, j)
    const met = between.get(`${Math.min(i, j)} ${Math.max(i, j)}`)
    const needed = votesUsed * ((normalQuantile(0.975) * error) / gap) ** 2
    return {
      ...{ above, below, gap, error },
      votes: met ? met.wins + met.losses + met.ties + met.bothBad : 0,
      votesLeft: Number.isFinite(needed) ? Math.max(0, Math.ceil(needed - votesUsed)) : null,
    }
  })
}
