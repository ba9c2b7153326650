import type { Context } from '#server/core/context.ts'
import type { QueryCategory } from '#server/queries/categories/schema.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import { normalQuantile } from '#server/ratings/chance/distributions.ts'
import { significantCycles, testOwnFit, worstPairs, type FitTest } from '#server/ratings/evidence/fit-test.ts'
import { winMatrix } from '#server/ratings/votes/win-matrix.ts'
import { countColumns } from '#server/snapshots/count-columns.ts'
import { getBoardStudy, readModels } from '../read-boards.ts'
import { readNewestFit, readSnapshotCounts } from '#server/snapshots/read-newest-fit.ts'
import { rankModels, type IdentifiedModel } from '../rank-models.ts'
import type { BoardFitTest } from './schema.ts'

/** Of the cells of Pearson's test, those with an expected count below this make the p-value rough (Cochran 1954). */
const fewExpected = 5
const mostCycles = 20

/**
 * Whether one scale holds the votes of a board, from the counts of its newest snapshot: Pearson's test of the decisive
 * votes among its rated models, the pairs that fit worst (at most `most`), and circles of three. Models that may not be
 * named count in the test and are left out of both lists. Throws what getBoard throws.
 */
export async function getFitTest(
  ctx: Context,
  slug: string,
  category: QueryCategory | null = null,
  most = 10,
): Promise<BoardFitTest> {
  const study = await getBoardStudy(ctx, slug)
  const fit = await readNewestFit(ctx, study.id, category)
  const rated = (fit?.ratings ?? []).filter(({ elo }) => elo !== null).map(({ modelId: id }) => ({ id }))
  const none = { models: rated.length, test: null, pairs: [], cyclesFound: 0, cycles: [] }
  if (!fit || rated.length < 2) return none
  const named = new Map(rankModels(await readModels(ctx, study), fit.ratings).map((model) => [model.id, model]))
  const models = rated.map(({ id }) => named.get(id) ?? null)
  const counts = countColumns(rated, await readSnapshotCounts(ctx, fit.id))
  const matrix = winMatrix(counts)
  const cycles = significantCycles(matrix)
  const decisive = compareCounts(counts, 'drop')
  const test = testOwnFit(decisive)
  return {
    ...none,
    test: test && sumUp(decisive, test),
    pairs: test ? listPairs(decisive, test, models).slice(0, most) : [],
    cyclesFound: cycles.length,
    cycles: cycles.flatMap((cycle) => nameCycle(cycle, models, matrix.wins)).slice(0, mostCycles),
  }
}

function sumUp({ weight }: Comparisons, test: FitTest): BoardFitTest['test'] {
  const { chiSquare, degreesOfFreedom, pValue, expected, residuals } = test
  const critical = normalQuantile(1 - 0.025 / residuals.length)
  return {
    votes: weight.reduce((sum, votes) => sum + votes, 0),
    pairs: residuals.length,
    chiSquare,
    degreesOfFreedom,
    pValue: degreesOfFreedom > 0 ? pValue : null,
    thinPairs: weight.filter((votes, cell) => votes * Math.min(expected[cell]!, 1 - expected[cell]!) < fewExpected)
      .length,
    critical,
    pairsBeyond: residuals.filter((residual) => Math.abs(residual) > critical).length,
  }
}

type Named = (IdentifiedModel | null)[]

/** Worst first, each seen from the model that scores above what the scale expects. */
function listPairs({ a, b, weight, score }: Comparisons, test: FitTest, models: Named): BoardFitTest['pairs'] {
  return worstPairs(test, test.residuals.length).flatMap((cell) => {
    const turned = test.residuals[cell]! < 0
    const [first, second] = turned ? [b[cell]!, a[cell]!] : [a[cell]!, b[cell]!]
    const [above, below] = [models[first], models[second]]
    if (!above || !below) return []
    const votes = weight[cell]!
    const wins = turned ? votes - score[cell]! : score[cell]!
    const expected = turned ? 1 - test.expected[cell]! : test.expected[cell]!
    const residual = Math.abs(test.residuals[cell]!)
    return [{ model: shown(above), against: shown(below), votes, wins, observed: wins / votes, expected, residual }]
  })
}

function nameCycle(cycle: number[], models: Named, wins: Float64Array): BoardFitTest['cycles'] {
  const links = cycle.flatMap((winner, place) => {
    const loser = cycle[(place + 1) % cycle.length]!
    const [model, beaten] = [models[winner], models[loser]]
    if (!model || !beaten) return []
    const [won, lost] = [wins[winner * models.length + loser]!, wins[loser * models.length + winner]!]
    return [{ model: shown(model), beats: shown(beaten), wins: won, losses: lost }]
  })
  return links.length === cycle.length ? [links] : []
}

const shown = ({ id: _id, ...model }: IdentifiedModel) => model
