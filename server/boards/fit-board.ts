import type { StoredPairCount, StoredRating } from '#drizzle/schema/boards.ts'
import { compareCounts } from '../ratings/comparisons.ts'
import type { PairCounts } from '../ratings/counts.ts'
import type { GraphReport } from '../ratings/graph.ts'
import { intervalsOf, sandwichCovariance, standardErrors } from '../ratings/intervals.ts'
import { rankRanges } from '../ratings/ranks.ts'
import { rateAll, type RatingList } from '../ratings/rate-all.ts'

export interface FittedBoard {
  ratings: StoredRating[]
  /** In words: whether the fit reached its end. */
  converged: string
  /** What a reader must know before trusting a number. */
  notes: string[]
}

/** What every fit of a board uses; stored with each snapshot. */
export const fitMethod = 'Bradley–Terry, a tie is half a win to each, sandwich intervals'
export const fitParameters = { ties: 'half', interval: 'sandwich', level: 0.95, mean: 1000, pointsPerTenfoldOdds: 400 }

/**
 * Rates the models of a study from its counts, which name models by id; `unsure` is left out. Where no finite rating
 * exists the model gets none, a standing says why, and its rank range claims nothing. `models` are in the order of
 * their slugs, so that the same votes give the same digits.
 */
export function fitBoard(models: { id: string; name: string }[], counts: StoredPairCount[]): FittedBoard {
  const columns = countColumns(models, counts)
  const { graph, lists } = rateAll(compareCounts(columns))
  const main = lists.find(({ fit }) => fit !== null)
  const ratings = models.map((model, index) => unrated(model.id, index, models.length, graph, tally(columns, index)))
  if (main) rateCore(main, ratings)
  return { ratings, converged: endOf(main), notes: notesOn(models, graph, main) }
}

const verdictColumns = { model_a: 'winsA', model_b: 'winsB', tie: 'ties', both_bad: 'bothBad' } as const

function countColumns(models: { id: string }[], counts: StoredPairCount[]): PairCounts {
  const position = new Map(models.map(({ id }, index) => [id, index]))
  const cells = new Map<string, { a: number; b: number; winsA: number; winsB: number; ties: number; bothBad: number }>()
  for (const { modelA, modelB, verdict, votes } of counts) {
    const column = verdictColumns[verdict as keyof typeof verdictColumns] as (typeof verdictColumns)['tie'] | undefined
    const [a, b] = [position.get(modelA), position.get(modelB)]
    if (!column || a === undefined || b === undefined) continue
    const cell = cells.get(`${a} ${b}`) ?? { a, b, winsA: 0, winsB: 0, ties: 0, bothBad: 0 }
    cell[column] += votes
    cells.set(`${a} ${b}`, cell)
  }
  const sorted = [...cells.values()].sort((one, other) => one.a - other.a || one.b - other.b)
  return {
    models: models.length,
    a: Int32Array.from(sorted, ({ a }) => a),
    b: Int32Array.from(sorted, ({ b }) => b),
    winsA: Float64Array.from(sorted, ({ winsA }) => winsA),
    winsB: Float64Array.from(sorted, ({ winsB }) => winsB),
    ties: Float64Array.from(sorted, ({ ties }) => ties),
    bothBad: Float64Array.from(sorted, ({ bothBad }) => bothBad),
  }
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
  const none = { elo: null, low: null, high: null, standardError: null, rankBest: 1, rankWorst: models }
  return { modelId, ...none, standing: standingOf(index, graph), ...sums }
}

function standingOf(model: number, graph: GraphReport): StoredRating['standing'] {
  if (graph.unplayed.includes(model)) return 'no-votes'
  if (graph.undefeated.includes(model)) return 'unbeaten'
  if (graph.winless.includes(model)) return 'winless'
  return 'apart'
}

/** Fills in the numbers of the models that wins both ways join; ranks are among these. */
function rateCore({ core, fit, comparisons }: RatingList, ratings: StoredRating[]) {
  const { ratings: elo, strengths } = fit!
  const errors = standardErrors(sandwichCovariance(comparisons, strengths))
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
    } satisfies Partial<StoredRating>)
  })
}

function endOf(main: RatingList | undefined): string {
  if (!main?.fit) return 'nothing to fit'
  const { converged, iterations } = main.fit
  return `${converged ? 'converged' : 'not converged'} after ${iterations} steps`
}

function notesOn(models: { name: string }[], graph: GraphReport, main: RatingList | undefined): string[] {
  const notes: string[] = []
  const named = (members: number[]) => members.map((model) => models[model]!.name).join(', ')
  if (graph.weak.length === 0) return ['No vote yet.']
  if (!main) {
    notes.push('No two models have each won against the other, even by a tie, so no finite rating exists yet.')
  } else if (main.fit && !main.fit.converged) {
    notes.push('The fit did not converge: do not quote these numbers.')
  }
  if (main && graph.undefeated.length > 0)
    notes.push(`Has lost to nobody yet, so any high rating would fit: ${named(graph.undefeated)}.`)
  if (main && graph.winless.length > 0)
    notes.push(`Has won against nobody yet, so any low rating would fit: ${named(graph.winless)}.`)
  if (graph.weak.length > 1)
    notes.push('The votes fall into groups that never met; between them nothing is known. Only the largest is rated.')
  return notes
}
