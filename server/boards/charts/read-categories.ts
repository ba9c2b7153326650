import type { StoredRating } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { fitParameters } from '#server/snapshots/fit-board.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import { tallyPairs } from './read-matrix.ts'
import {
  readCategoryFits,
  readNewestFit,
  readSnapshotCounts,
  type SnapshotFit,
} from '#server/snapshots/read-newest-fit.ts'
import { rankModels, type IdentifiedModel } from '../rank-models.ts'
import type { BoardModelDetail, CategoryBoards, CategoryPlace } from './schema.ts'

const { minimumVotes } = fitParameters

/** Each category's own fit beside the board of all categories, from the newest snapshots. Throws what getBoard throws. */
export async function getCategoryBoards(ctx: Context, slug: string): Promise<CategoryBoards> {
  const { models, categories } = await readAll(ctx, slug)
  return { models: models.map(({ id: _id, ...named }) => named), minimumVotes, categories }
}

/** One model in each category, and the four models nearest to it by rating. Throws not-found. */
export async function getBoardModel(
  ctx: Context,
  slug: string,
  model: string,
  category: QueryCategory | null = null,
): Promise<BoardModelDetail> {
  const { study, models: board, categories } = await readAll(ctx, slug)
  if (!board.some((one) => one.slug === model)) throw notFound(`No model '${model}' is on this board`)
  const fit = await readNewestFit(ctx, study.id, category)
  const models = rankModels(await readModels(ctx, study), fit?.ratings ?? [])
  const place = models.findIndex((one) => one.slug === model)
  const counts = fit ? await readSnapshotCounts(ctx, fit.id) : []
  return {
    minimumVotes,
    categories: categories.flatMap(({ category: name, places }) =>
      places.filter((one) => one.model === model).map((one) => ({ ...one, category: name })),
    ),
    rivals: rivalsOf(models, place).map((rival) => {
      const ids = [models[place]!.id, rival.id]
      const [tally = { wins: 0, losses: 0, ties: 0, bothBad: 0 }] = tallyPairs(ids, counts)
      const { id: _id, ...named } = rival
      return { model: named, wins: tally.wins, losses: tally.losses, ties: tally.ties, bothBad: tally.bothBad }
    }),
  }
}

/** Up to four rated models around a place in a list from the highest rating down. */
function rivalsOf(models: IdentifiedModel[], place: number): IdentifiedModel[] {
  const elo = models[place]!.elo
  if (elo === null) return []
  return models
    .filter((model, index) => index !== place && model.elo !== null)
    .sort((one, other) => Math.abs(one.elo! - elo) - Math.abs(other.elo! - elo))
    .slice(0, 4)
    .sort((one, other) => other.elo! - one.elo!)
}

async function readAll(ctx: Context, slug: string) {
  const study = await getBoardStudy(ctx, slug)
  const [overall, fits] = [await readNewestFit(ctx, study.id, null), await readCategoryFits(ctx, study.id)]
  const models = rankModels(await readModels(ctx, study), overall?.ratings ?? [])
  const order = QueryCategory.options
  const categories = fits
    .map((fit) => ({
      category: fit.category!,
      snapshot: fit.id,
      votes: fit.votesUsed,
      places: placesIn(fit, models),
    }))
    .sort((one, other) => order.indexOf(one.category) - order.indexOf(other.category))
  return { study, models, categories }
}

/**
 * `models` go from the highest rating on the board of all down; a place is gained when fewer of the models rated in
 * both stand above.
 */
function placesIn(fit: SnapshotFit, models: IdentifiedModel[]): CategoryPlace[] {
  const ratings = new Map(fit.ratings.map((rating) => [rating.modelId, rating]))
  const here = idsOf(rankModels(models, fit.ratings))
  const overall = idsOf(models).filter((id) => here.includes(id))
  const inBoth = here.filter((id) => overall.includes(id))
  return models.map(({ id, slug }) => {
    const rating = ratings.get(id)
    return {
      model: slug,
      ...(rating ? shownRating(rating) : { ...noRating, rankWorst: models.length }),
      place: here.includes(id) ? here.indexOf(id) + 1 : null,
      gained: inBoth.includes(id) ? overall.indexOf(id) - inBoth.indexOf(id) : null,
    }
  })
}

const idsOf = (models: IdentifiedModel[]) => models.filter(({ elo }) => elo !== null).map(({ id }) => id)

const noRating = { votes: 0, elo: null, low: null, high: null, rankBest: 1 }

const shownRating = ({ votes, elo, low, high, rankBest, rankWorst }: StoredRating) => ({
  votes,
  elo,
  low,
  high,
  rankBest,
  rankWorst,
})
