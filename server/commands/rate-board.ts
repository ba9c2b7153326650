import { InputError, UsageError } from '#server/core/problem.ts'
import { compareCounts } from '#server/ratings/comparisons.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/counts.ts'
import type { Place } from '#server/ratings/graph.ts'
import { rankRanges } from '#server/ratings/ranks.ts'
import { rateAll } from '#server/ratings/rate-all.ts'
import { averageRows, bothBadRates, scoreFractions, winMatrix } from '#server/ratings/win-matrix.ts'
import type { RatedVotes } from './rate-file.ts'
import { ratePart, type BoardWords, type Rated, type RateOptions } from './rate-methods.ts'

/** One line of a leaderboard; ratings and bounds are null where the votes fix none. */
export interface BoardRow {
  model: string
  rating: number | null
  lower: number | null
  upper: number | null
  rankBest: number | null
  rankWorst: number | null
  /** Whether the votes put it above or below every rating here, or say neither. */
  place: Place
  /** Posterior mode with a prior, where there is no rating; never to be read as one. */
  prior: number | null
  /** Rating with ties left out, where the method can and it exists. */
  tiesDropped: number | null
  battles: number
  /** Mean score over opponents, ties a half. */
  averageWinRate: number
  bothBadRate: number
}

/** Models that can be compared with each other; nothing compares two of these. */
export interface BoardList {
  rows: BoardRow[]
}

export interface Board extends BoardWords {
  votes: number
  outcomes: Record<'model_a' | 'model_b' | 'tie' | 'both_bad', number>
  unsure: number
  notBlind: number
  method: RateOptions['method']
  ties: TieRule
  anchor: RateOptions['anchor'] | null
  lists: BoardList[]
}

/** Rates votes as asked; notes say in words what a reader must know. Throws InputError where the votes cannot answer. */
export function rateVotes(rated: RatedVotes, options: RateOptions): Board {
  const { names, votes } = rated
  const anchor = options.anchor ? names.indexOf(options.anchor.model) : undefined
  if (anchor === -1) throw new UsageError(`No vote names the anchor ${options.anchor!.model}`)
  const board: Board = {
    votes: votes.a.length,
    outcomes: outcomesOf(votes),
    unsure: rated.unsure,
    notBlind: rated.notBlind,
    method: options.method,
    ties: options.ties,
    interval: options.interval,
    anchor: options.anchor ?? null,
    lists: [],
    tieParameter: null,
    coefficients: [],
    notes: [],
  }
  const parts = ratePart(rated, options, anchor, board)
  if (parts.length > 1)
    board.notes.push(`The votes fall into ${parts.length} groups that never met: nothing compares their ratings.`)
  const extras = extraColumns(rated, options)
  for (const part of parts) {
    const rows = rowsOf(part, names, shiftOf(part, anchor, options), extras)
    board.lists.push({ rows: rows.sort(inOrder) })
  }
  return board
}

function rowsOf(part: Rated, names: string[], shift: number, extras: ReturnType<typeof extraColumns>): BoardRow[] {
  const ranks = rankRanges({
    lower: Float64Array.from(part.intervals.values(), ({ lower }) => lower),
    upper: Float64Array.from(part.intervals.values(), ({ upper }) => upper),
  })
  const position = new Map([...part.intervals.keys()].map((model, k) => [model, k]))
  const moved = (value: number | undefined) => (value === undefined ? null : value + shift)
  return part.models.map((model, k): BoardRow => {
    const rating = part.ratings.get(model)
    const bounds = part.intervals.get(model)
    const at = position.get(model)
    return {
      model: names[model]!,
      rating: moved(rating),
      lower: moved(bounds?.lower),
      upper: moved(bounds?.upper),
      rankBest: at === undefined ? null : ranks.best[at]!,
      rankWorst: at === undefined ? null : ranks.worst[at]!,
      place: part.places[k]!,
      prior: rating === undefined ? (extras.prior?.[model] ?? null) : null,
      tiesDropped: moved(extras.tiesDropped?.[model]),
      battles: sumOf(extras.matrix.battles, model, names.length),
      averageWinRate: extras.average[model]!,
      bothBadRate: extras.bothBad[model]!,
    }
  })
}

const placeOrder: Place[] = ['above', 'core', 'mixed', 'below']

function inOrder(one: BoardRow, other: BoardRow): number {
  return (
    placeOrder.indexOf(one.place) - placeOrder.indexOf(other.place) ||
    (other.rating ?? other.prior ?? 0) - (one.rating ?? one.prior ?? 0) ||
    (one.model < other.model ? -1 : 1)
  )
}

function sumOf(matrix: Float64Array, row: number, n: number): number {
  return matrix.subarray(row * n, (row + 1) * n).reduce((sum, value) => sum + value, 0)
}

function outcomesOf({ verdict }: Votes): Board['outcomes'] {
  const counts = [0, 0, 0, 0]
  for (const code of verdict) counts[code]!++
  return { model_a: counts[0]!, model_b: counts[1]!, tie: counts[2]!, both_bad: counts[3]! }
}

function shiftOf(part: Rated, anchor: number | undefined, options: RateOptions): number {
  if (anchor === undefined || !part.models.includes(anchor)) return 0
  const rating = part.ratings.get(anchor)
  if (rating === undefined)
    throw new InputError(`${options.anchor!.model} has no finite rating to anchor the others on`)
  return options.anchor!.rating - rating
}

/** What stands beside the ratings for comparison. */
function extraColumns({ votes }: RatedVotes, options: RateOptions) {
  const counts = countVotes(votes)
  const { prior, graph } = rateAll(compareCounts(counts, options.ties))
  const dropped = compareCounts(counts, 'drop')
  const hasTies = votes.verdict.some((code) => code >= 2)
  const plain = options.method === 'bt' && options.ties !== 'drop' && !options.style
  const other = plain && hasTies && graph.connected ? rateAll(dropped) : null
  const matrix = winMatrix(counts)
  return {
    matrix,
    average: averageRows(scoreFractions(matrix), votes.models),
    bothBad: bothBadRates(matrix),
    prior: prior?.fit.ratings ?? null,
    tiesDropped: other?.graph.connected ? other.lists[0]!.fit!.ratings : null,
  }
}
