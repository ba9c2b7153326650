import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import type { Context } from '#server/core/context.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import { readNewestFit, readSnapshotCounts } from '#server/snapshots/read-newest-fit.ts'
import { rankModels } from '../rank-models.ts'
import type { RatedModel } from '../schema.ts'
import type { Matrix, PairColumns } from './schema.ts'

/**
 * Every pair of a study's board that met, for all categories or one, from the counts that its newest snapshot keeps: no
 * vote is read. Throws what getBoard throws.
 */
export async function getMatrix(ctx: Context, slug: string, category: QueryCategory | null = null): Promise<Matrix> {
  const study = await getBoardStudy(ctx, slug)
  const fit = await readNewestFit(ctx, study.id, category)
  const models = rankModels(await readModels(ctx, study), fit?.ratings ?? [])
  const counts = fit ? await readSnapshotCounts(ctx, fit.id) : []
  const tallies = tallyPairs(
    models.map(({ id }) => id),
    counts,
  )
  return { models: models.map(({ id: _id, ...named }) => named), pairs: pairColumns(models, tallies) }
}

/** What a pair's votes were, seen from its row. */
interface PairTally {
  row: number
  column: number
  wins: number
  losses: number
  ties: number
  bothBad: number
  rowFirst: number
}

const mirrored = { model_a: 'losses', model_b: 'wins', tie: 'ties', both_bad: 'bothBad' } as const
const straight = { model_a: 'wins', model_b: 'losses', tie: 'ties', both_bad: 'bothBad' } as const

/**
 * Adds up both orders of each pair, the row being the model that comes first in `models`. `unsure` says nothing of
 * strength and is left out, as are models that are not in the list. Pairs come row by row.
 */
export function tallyPairs(models: string[], counts: StoredPairCount[]): PairTally[] {
  const place = new Map(models.map((id, index) => [id, index]))
  const tallies = new Map<number, PairTally>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    const [a, b] = [place.get(modelA), place.get(modelB)]
    if (a === undefined || b === undefined || !(verdict in straight)) continue
    const [row, column] = a < b ? [a, b] : [b, a]
    const key = row * models.length + column
    const tally = tallies.get(key) ?? { row, column, wins: 0, losses: 0, ties: 0, bothBad: 0, rowFirst: 0 }
    tally[(row === a ? straight : mirrored)[verdict as keyof typeof straight]] += votes
    if (row === a) tally.rowFirst += votes
    tallies.set(key, tally)
  }
  return [...tallies.entries()].sort(([one], [other]) => one - other).map(([, tally]) => tally)
}

function pairColumns(models: RatedModel[], tallies: PairTally[]): PairColumns {
  const figures = tallies.map((tally) => compareWithFit(tally, models[tally.row]!.elo, models[tally.column]!.elo))
  const columnOf = (key: keyof PairTally) => tallies.map((tally) => tally[key])
  return {
    row: columnOf('row'),
    column: columnOf('column'),
    wins: columnOf('wins'),
    losses: columnOf('losses'),
    ties: columnOf('ties'),
    bothBad: columnOf('bothBad'),
    rowFirst: columnOf('rowFirst'),
    expected: figures.map(({ expected }) => expected),
    difference: figures.map(({ difference }) => difference),
  }
}

/** (S - N·p)/√(N·p(1-p)) with ties as half a win; to four digits, which is more than a cell can show. */
function compareWithFit(tally: PairTally, rowElo: number | null, columnElo: number | null) {
  if (rowElo === null || columnElo === null) return { expected: null, difference: null }
  const votes = tally.wins + tally.losses + tally.ties + tally.bothBad
  const score = tally.wins + (tally.ties + tally.bothBad) / 2
  const p = expectedScore(rowElo, columnElo)
  const difference = (score - votes * p) / Math.sqrt(votes * p * (1 - p))
  return { expected: Number(p.toFixed(4)), difference: Number(difference.toFixed(4)) }
}
