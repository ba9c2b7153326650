import { createHash } from 'node:crypto'
import type { StoredFlip, StoredPairCount, StoredRating } from '#drizzle/schema/snapshots.ts'
import { compareCounts, reweightPairs, type Comparisons } from '../ratings/votes/comparisons.ts'
import type { PairCounts } from '../ratings/votes/counts.ts'
import type { GraphReport } from '../ratings/graph.ts'
import { intervalsOf, sandwichCovariance, standardErrors } from '../ratings/bounds/intervals.ts'
import { expectedWinRate } from './expected-win-rate.ts'
import { rankRanges } from '../ratings/bounds/ranks.ts'
import { rateAll, type RatingList } from '../ratings/rate-all.ts'
import { fitTieModel, tieCovariance, type TieModel } from '../ratings/fits/tie-models.ts'
import { compareGroups, groupCounts, type VoteGroups } from '../ratings/votes/vote-groups.ts'
import { votesToFlip } from '../ratings/evidence/votes-to-flip.ts'
import { averageRows, scoreFractions, winMatrix } from '../ratings/votes/win-matrix.ts'

/** How a fit takes the votes. A published board takes ties as half a win to each and every vote alike. */
export interface FitRules {
  ties: 'half' | TieModel
  /** `equal-categories`: every category weighs the same in all. `equal-pairs`: a vote weighs 1/max(votes of its pair, 50). */
  weights: 'votes' | 'equal-categories' | 'equal-pairs'
}

/** Counts to fit; the category is needed where categories are to weigh the same. */
export interface FittedCount extends StoredPairCount {
  category?: string
}

export interface FittedBoard {
  ratings: StoredRating[]
  /** Of a model of ties. */
  tieParameter: number | null
  /** In words: whether the fit reached its end. */
  converged: string
  /** What a reader must know before trusting a number; names no model, for some may be unreleased. */
  notes: string[]
}

/** What every fit of a board uses; stored with each snapshot. */
export const fitMethod = 'Bradley–Terry, a tie is half a win to each, sandwich intervals'
export const fitParameters = {
  ties: 'half',
  interval: 'sandwich',
  level: 0.95,
  mean: 1000,
  pointsPerTenfoldOdds: 400,
  /** A line with fewer votes is preliminary. */
  minimumVotes: 300,
}

/**
 * Rates the models of a study from its counts, which name models by id; `unsure` is left out. Where no finite rating
 * exists the model gets none, a standing says why, and its rank range claims nothing. `models` are in the order of
 * their slugs, so that the same votes give the same digits. Throws NoFiniteRatings where a model of ties has no fit.
 */
export function fitBoard(
  models: { id: string }[],
  counts: FittedCount[],
  rules: FitRules = { ties: 'half', weights: 'votes' },
): FittedBoard {
  const columns = countColumns(models, counts)
  const { graph, lists } = rateAll(compareFor(rules, models, counts, columns))
  const main = lists.find(({ fit }) => fit !== null)
  const matrix = winMatrix(columns)
  const averages = averageRows(scoreFractions(matrix), models.length)
  const ratings = models.map((model, index) => ({
    ...unrated(model.id, index, models.length, graph, tally(columns, index)),
    averageWinRate: Number.isNaN(averages[index]) ? null : averages[index]!,
  }))
  const core = main && fitCore(main, columns, rules)
  if (core) rateCore(core, ratings)
  return {
    ratings,
    tieParameter: core?.tieParameter ?? null,
    converged: endOf(core),
    notes: notesOn(graph, core),
  }
}

function compareFor(
  { weights }: FitRules,
  models: { id: string }[],
  counts: FittedCount[],
  columns: PairCounts,
): Comparisons {
  switch (weights) {
    case 'votes':
      return compareCounts(columns)
    case 'equal-pairs':
      return reweightPairs(compareCounts(columns))
    case 'equal-categories':
      return compareGroups(equalCategories(models, counts)).comparisons
  }
}

/** The votes of every category, weighted so that each category adds up to the same and all to the number of votes. */
function equalCategories(models: { id: string }[], counts: FittedCount[]): VoteGroups {
  const parts = [...Map.groupBy(counts, ({ category }) => category).values()]
    .map((own) => groupCounts(countColumns(models, own)))
    .filter(({ count }) => count.length > 0)
  const sizes = parts.map(({ count }) => count.reduce((sum, votes) => sum + votes, 0))
  const share = sizes.reduce((sum, votes) => sum + votes, 0) / parts.length
  const column = (pick: (part: VoteGroups) => ArrayLike<number>) => parts.flatMap((part) => Array.from(pick(part)))
  return {
    models: models.length,
    a: Int32Array.from(column(({ a }) => a)),
    b: Int32Array.from(column(({ b }) => b)),
    score: Float64Array.from(column(({ score }) => score)),
    weight: Float64Array.from(parts.flatMap(({ count }, k) => Array.from(count, () => share / sizes[k]!))),
    count: Float64Array.from(column(({ count }) => count)),
  }
}

const verdictColumns = { model_a: 'winsA', model_b: 'winsB', tie: 'ties', both_bad: 'bothBad' } as const

/** Counts that name models by id in columns, models numbered in the order given; `unsure` is left out. */
export function countColumns(models: { id: string }[], counts: StoredPairCount[]): PairCounts {
  const position = new Map(models.map(({ id }, index) => [id, index]))
  const cells = new Map<string, Cell>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    const column = verdictColumns[verdict as keyof typeof verdictColumns] as (typeof verdictColumns)['tie'] | undefined
    const [a, b] = [position.get(modelA), position.get(modelB)]
    if (!column || a === undefined || b === undefined) continue
    const cell = cells.get(`${a} ${b}`) ?? { a, b, winsA: 0, winsB: 0, ties: 0, bothBad: 0 }
    cell[column] += votes
    cells.set(`${a} ${b}`, cell)
  }
  return inColumns(
    models.length,
    [...cells.values()].sort((one, other) => one.a - other.a || one.b - other.b),
  )
}

/** Votes of one ordered pair. */
interface Cell {
  a: number
  b: number
  winsA: number
  winsB: number
  ties: number
  bothBad: number
}

function inColumns(models: number, cells: Cell[]): PairCounts {
  return {
    models,
    a: Int32Array.from(cells, ({ a }) => a),
    b: Int32Array.from(cells, ({ b }) => b),
    winsA: Float64Array.from(cells, ({ winsA }) => winsA),
    winsB: Float64Array.from(cells, ({ winsB }) => winsB),
    ties: Float64Array.from(cells, ({ ties }) => ties),
    bothBad: Float64Array.from(cells, ({ bothBad }) => bothBad),
  }
}

/** The counts among some models, numbered anew in the order given. */
function countsAmong({ a, b, winsA, winsB, ties, bothBad }: PairCounts, members: number[]): PairCounts {
  const number = new Map(members.map((model, k) => [model, k]))
  const cells = Array.from(a, (left, cell) => ({ a: number.get(left), b: number.get(b[cell]!), cell })).flatMap(
    ({ a: left, b: right, cell }) =>
      left === undefined || right === undefined
        ? []
        : { a: left, b: right, winsA: winsA[cell]!, winsB: winsB[cell]!, ties: ties[cell]!, bothBad: bothBad[cell]! },
  )
  return inColumns(members.length, cells)
}

type Tally = Pick<StoredRating, 'votes' | 'wins' | 'ties' | 'bothBad' | 'losses'>

function tally(counts: PairCounts, model: number): Tally {
  const sums = { votes: 0, wins: 0, ties: 0, bothBad: 0, losses: 0 }
  for (let cell = 0; cell < counts.a.length; cell++) {
    const isA = counts.a[cell] === model
    if (!isA && counts.b[cell] !== model) continue
    sums.wins += isA ? counts.winsA[cell]! : counts.winsB[cell]!
    sums.losses += isA ? counts.winsB[cell]! : counts.winsA[cell]!
    sums.ties += counts.ties[cell]!
    sums.bothBad += counts.bothBad[cell]!
  }
  return { ...sums, votes: sums.wins + sums.losses + sums.ties + sums.bothBad }
}

/** A line without a number: any rank is possible. */
function unrated(modelId: string, index: number, models: number, graph: GraphReport, sums: Tally): StoredRating {
  const none = {
    elo: null,
    low: null,
    high: null,
    standardError: null,
    rankBest: 1,
    rankWorst: models,
    expectedWinRate: null,
  }
  return { modelId, ...none, standing: standingOf(index, graph), ...sums }
}

function standingOf(model: number, graph: GraphReport): StoredRating['standing'] {
  if (graph.unplayed.includes(model)) return 'no-votes'
  if (graph.undefeated.includes(model)) return 'unbeaten'
  if (graph.winless.includes(model)) return 'winless'
  return 'apart'
}

/** The ratings of the models that wins both ways join, by position in `core`. */
interface RatedCore {
  core: number[]
  elo: Float64Array
  errors: Float64Array
  tieParameter: number | null
  converged: boolean
  iterations: number
}

function fitCore({ core, fit, comparisons }: RatingList, columns: PairCounts, { ties }: FitRules): RatedCore {
  if (ties === 'half') {
    const { ratings: elo, strengths, converged, iterations } = fit!
    const errors = standardErrors(sandwichCovariance(comparisons, strengths))
    return { core, elo, errors, tieParameter: null, converged, iterations }
  }
  const own = countsAmong(columns, core)
  const tied = fitTieModel(ties, own)
  const { ratings: elo, tieParameter, converged, iterations } = tied
  return { core, elo, errors: standardErrors(tieCovariance(ties, own, tied)), tieParameter, converged, iterations }
}

/** Fills in the numbers of the core; ranks are among its models. */
function rateCore({ core, elo, errors }: RatedCore, ratings: StoredRating[]) {
  const intervals = intervalsOf(elo, errors, fitParameters.level)
  const ranks = rankRanges(intervals)
  core.forEach((model, position) => {
    Object.assign(ratings[model]!, {
      elo: elo[position]!,
      low: intervals.lower[position]!,
      high: intervals.upper[position]!,
      standardError: errors[position]!,
      rankBest: ranks.best[position]!,
      rankWorst: ranks.worst[position]!,
      standing: 'rated',
      expectedWinRate: expectedWinRate(elo, position),
    } satisfies Partial<StoredRating>)
  })
}

function endOf(core: RatedCore | undefined): string {
  if (!core) return 'nothing to fit'
  return `${core.converged ? 'converged' : 'not converged'} after ${core.iterations} steps`
}

function notesOn(graph: GraphReport, core: RatedCore | undefined): string[] {
  if (graph.weak.length === 0) return ['No vote yet.']
  const notes: string[] = []
  if (!core) notes.push('No two models have each won against the other, even by a tie, so no finite rating exists yet.')
  else if (!core.converged) notes.push('The fit did not converge: do not quote these numbers.')
  if (graph.weak.length > 1)
    notes.push('The votes fall into groups that never met; between them nothing is known. Only the largest is rated.')
  return notes
}

/** SHA-256 of all that the ratings of a board are a function of. */
export function hashCounts(models: string[], category: string | null, counts: StoredPairCount[]): string {
  const inputs = { category, models, counts, fitMethod, fitParameters }
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
