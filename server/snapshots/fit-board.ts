import { createHash } from 'node:crypto'
import type { StoredFlip, StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import { rateBoard, tallyOf, type BoardLine, type BoardList, type RatedBoard } from '../ratings/board.ts'
import { votesToFlip } from '../ratings/evidence/votes-to-flip.ts'
import { publishedRules, type BoardRules } from '../ratings/rules.ts'
import { clustersInWords } from '../ratings/bounds/cluster-words.ts'
import type { IntervalMade } from '../ratings/lists/rated-lists.ts'
import { totalVotes, type PairCounts, type Votes } from '../ratings/votes/counts.ts'
import { groupCounts } from '../ratings/votes/vote-groups.ts'
import { countColumns } from './count-columns.ts'
import { expectedWinRate } from './expected-win-rate.ts'

/** In what a board may depart from the published rules: counts answer these alone. */
export type FitRules = Pick<BoardRules, 'method' | 'weights' | 'designEffect'>

/** Counts to fit; the category is needed where categories are to weigh the same. */
export interface FittedCount extends StoredPairCount {
  category?: string
}

export interface FittedBoard {
  ratings: StoredRating[]
  /** Of a model of ties. */
  tieParameter: number | null
  /** What the bounds are made of in the end. */
  interval: IntervalMade
  /** Of the bounds, against independent votes; null where they take votes for independent. */
  designEffect: number | null
  /** In words: whether the fit reached its end. */
  converged: string
  /** What a reader must know before trusting a number; names no model, for some may be unreleased. */
  notes: string[]
}

/** What bounds of boards are made of, or were: snapshots keep the rule by which they were taken. */
type BoardInterval = 'clustered' | 'sandwich'

const boundsIn: Record<BoardInterval, string> = {
  clustered: 'bounds clustered by rater and question',
  sandwich: 'sandwich intervals',
}

/** What a fit of a board is called, in words; stored with each snapshot. */
export const methodOf = (interval: BoardInterval) => `Bradley–Terry, a tie is half a win to each, ${boundsIn[interval]}`

/** What every fit of a board uses; stored with each snapshot. */
export const fitParameters = {
  ties: publishedRules.ties,
  interval: 'clustered' satisfies BoardInterval as BoardInterval,
  level: 0.95,
  mean: 1000,
  pointsPerTenfoldOdds: 400,
  /** A line with fewer votes is preliminary. */
  minimumVotes: 300,
}

/** How a snapshot's bounds were made, from its parameters. */
export const intervalOf = (parameters: Record<string, unknown>): BoardInterval =>
  parameters.interval === 'sandwich' ? 'sandwich' : 'clustered'

/**
 * Rates the models of a study from its counts, which name models by id; `unsure` is left out. Of groups that never met
 * only the largest with ratings has numbers. Where no finite rating exists the model gets none, a standing says why, and
 * its rank range claims nothing. `models` are in the order of their slugs, so that the same votes give the same digits.
 * Bounds take in the raters and questions of `votes`, numbered as the models are; without votes, or with others than
 * those counted, they take each for independent. Throws NoFiniteRatings where a model of ties has no fit.
 */
export function fitBoard(
  models: { id: string }[],
  counts: FittedCount[],
  { interval = 'clustered', ...rules }: Partial<FitRules> & { interval?: BoardInterval } = {},
  votes?: Votes,
): FittedBoard {
  const columns = countColumns(models, counts)
  const categories = rules.weights === 'equal-categories' ? countCategories(models, counts) : []
  const own = votes && votes.a.length === totalVotes(columns) ? { votes } : {}
  const board = rateBoard({ counts: columns, categories, ...own }, { ...publishedRules, ...rules, interval })
  const main = board.lists.find(({ lines }) => lines.some(({ rating }) => rating !== null))
  return {
    ratings: storedRatings(models, board, main),
    tieParameter: main?.tieParameter ?? null,
    interval: board.interval,
    designEffect: clusterNote(board)?.designEffect ?? null,
    converged: endOf(main),
    notes: notesOn(board, main),
  }
}

function countCategories(models: { id: string }[], counts: FittedCount[]): PairCounts[] {
  return [...Map.groupBy(counts, ({ category }) => category).values()].map((own) => countColumns(models, own))
}

function storedRatings(models: { id: string }[], board: RatedBoard, main: BoardList | undefined): StoredRating[] {
  const lines = new Map(board.lists.flatMap((list) => list.lines.map((line) => [line.model, { line, list }])))
  const rated = (main?.lines ?? []).filter(({ rating }) => rating !== null).sort((x, y) => x.model - y.model)
  const elo = rated.map(({ rating }) => rating!)
  return models.map(({ id }, model): StoredRating => {
    const { averageWinRate, ...sums } = tallyOf(board.tallies, model)
    const shared = { modelId: id, ...sums, averageWinRate: Number.isNaN(averageWinRate) ? null : averageWinRate }
    const { line, list } = lines.get(model) ?? {}
    const at = list === main && line ? rated.indexOf(line) : -1
    if (at >= 0) return { ...shared, ...storedLine(line!), expectedWinRate: expectedWinRate(elo, at) }
    const none = { elo: null, low: null, high: null, standardError: null, expectedWinRate: null }
    // A rating in another list than the one that is shown compares with none of it.
    const standing = line ? (line.standing === 'rated' ? 'apart' : line.standing) : 'no-votes'
    return { ...shared, ...none, rankBest: 1, rankWorst: models.length, standing }
  })
}

function storedLine({ rating, lower, upper, standardError, rankBest, rankWorst, standing }: BoardLine) {
  return { elo: rating, low: lower, high: upper, standardError, rankBest: rankBest!, rankWorst: rankWorst!, standing }
}

function endOf(main: BoardList | undefined): string {
  if (!main?.end) return 'nothing to fit'
  return `${main.end.converged ? 'converged' : 'not converged'} after ${main.end.iterations} steps`
}

/** Of the list that is shown: the first with bounds. */
const clusterNote = ({ notes }: Pick<RatedBoard, 'notes'>) => notes.find((note) => note.about === 'clustered')

function notesOn({ lists, notes }: RatedBoard, main: BoardList | undefined): string[] {
  if (lists.length === 0) return ['No vote yet.']
  const words: string[] = []
  if (!main) words.push('No two models have each won against the other, even by a tie, so no finite rating exists yet.')
  else if (main.end?.converged === false) words.push('The fit did not converge: do not quote these numbers.')
  if (notes.some(({ about }) => about === 'groups'))
    words.push('The votes fall into groups that never met; between them nothing is known. Only the largest is rated.')
  const clustered = clusterNote({ notes })
  if (clustered) words.push(...clustersInWords(clustered, 'question'))
  if (main && notes.some(({ about }) => about === 'no-clusters'))
    words.push('The bounds take every vote for independent, and are too narrow where one rater cast many.')
  const widened = notes.find((note) => note.about === 'widened')
  if (main && widened)
    words.push(
      `The bounds are those of independent votes, widened by the board’s design effect of ${widened.designEffect.toFixed(1)}.`,
    )
  return words
}

/** The design effect of a snapshot, from its parameters; nothing where its bounds take votes for independent. */
export const designEffectOf = ({ designEffect }: Record<string, unknown>): Pick<BoardRules, 'designEffect'> =>
  typeof designEffect === 'number' ? { designEffect } : {}

/** SHA-256 of all that the ratings of a board are a function of; the bounds are one of the votes' raters and questions, too. */
export function hashCounts(
  models: string[],
  category: string | null,
  counts: StoredPairCount[],
  interval: BoardInterval = 'clustered',
): string {
  const inputs = {
    ...{ category, models, counts },
    fitMethod: methodOf(interval),
    fitParameters: { ...fitParameters, interval },
  }
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex')
}

/** Beyond this many models the search takes a second and more, which a server that takes votes does not have. */
const mostModelsToFlip = 64

/**
 * The fewest votes found without which the second model of a board would lead it; null where fewer than two are rated,
 * or more than 64.
 */
export function flipTop(ratings: StoredRating[], counts: StoredPairCount[]): StoredFlip | null {
  const rated = ratings.filter(({ elo }) => elo !== null)
  const [first, second] = rated.toSorted((one, other) => other.elo! - one.elo!)
  if (!first || !second || rated.length > mostModelsToFlip) return null
  const core = countColumns(
    rated.map(({ modelId }) => ({ id: modelId })),
    counts,
  )
  const flip = votesToFlip(groupCounts(core), rated.indexOf(first), rated.indexOf(second))
  return { first: first.modelId, second: second.modelId, gap: first.elo! - second.elo!, votes: flip?.votes ?? null }
}
