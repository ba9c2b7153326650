import type { Context } from '#server/core/context.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import type { PairCounts } from '#server/ratings/votes/counts.ts'
import { normalQuantile } from '#server/ratings/chance/distributions.ts'
import { independentCovariance } from '#server/ratings/bounds/independent.ts'
import { differenceError } from '#server/ratings/bounds/intervals.ts'
import { countColumns } from '#server/snapshots/count-columns.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import { readNewestFit, readSnapshotCounts, type SnapshotFit } from '#server/snapshots/read-newest-fit.ts'
import { rankModels, type IdentifiedModel } from '../rank-models.ts'
import type { Stability } from './schema.ts'

/**
 * How far the order of a study's board is settled, from the counts of its newest snapshot: the gap between neighbours
 * with its own error, since overlap of two intervals is a weaker test: that of independent votes, widened by the board's
 * design effect. Throws what getBoard throws.
 */
export async function getStability(ctx: Context, slug: string): Promise<Stability> {
  const study = await getBoardStudy(ctx, slug)
  const fit = await readNewestFit(ctx, study.id, null)
  const shown = rankModels(await readModels(ctx, study), fit?.ratings ?? []).filter(({ elo }) => elo !== null)
  if (!fit || shown.length < 2) return { neighbours: [] }
  // The votes among rated models alone are what the published fit rests on.
  const rated = fit.ratings.filter(({ elo }) => elo !== null).map(({ modelId: id }) => ({ id }))
  const counts = countColumns(rated, await readSnapshotCounts(ctx, fit.id))
  const place = new Map(rated.map(({ id }, index) => [id, index]))
  return { neighbours: compareNeighbours(shown, place, counts, fit) }
}

/** An error falls with the root of the votes, so a gap is beyond chance after N·(z·error/gap)² of them. */
function compareNeighbours(
  shown: IdentifiedModel[],
  place: Map<string, number>,
  counts: PairCounts,
  { votesUsed, parameters }: SnapshotFit,
): Stability['neighbours'] {
  const comparisons = compareCounts(counts)
  const designEffect = Number(parameters.designEffect ?? 1)
  const covariance = independentCovariance(comparisons, fitBradleyTerry(comparisons).strengths)
  const votesBetween = votesOfPairs(comparisons)
  return shown.slice(1).map(({ id, ...below }, index) => {
    const { id: aboveId, ...above } = shown[index]!
    const [i, j] = [place.get(aboveId)!, place.get(id)!]
    const gap = above.elo! - below.elo!
    const error = Math.sqrt(designEffect) * differenceError(covariance, i, j)
    const needed = votesUsed * ((normalQuantile(0.975) * error) / gap) ** 2
    return {
      ...{ above, below, gap, error },
      votes: votesBetween(i, j),
      votesLeft: Number.isFinite(needed) ? Math.max(0, Math.ceil(needed - votesUsed)) : null,
    }
  })
}

function votesOfPairs({ models, a, b, weight }: Comparisons): (one: number, other: number) => number {
  const votes = new Map(Array.from(a, (first, cell) => [first * models + b[cell]!, weight[cell]!]))
  return (one, other) => votes.get(Math.min(one, other) * models + Math.max(one, other)) ?? 0
}
