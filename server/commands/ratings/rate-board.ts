import { InputError, UsageError } from '#server/core/problem.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/votes/counts.ts'
import type { Place } from '#server/ratings/graph.ts'
import type { tieTreatments } from '#server/ratings/evidence/held-out.ts'
import { rankRanges } from '#server/ratings/bounds/ranks.ts'
import { rateAll } from '#server/ratings/rate-all.ts'
import { summariseBattles, type BattleSummary } from '#server/ratings/votes/win-matrix.ts'
import {
  differenceToAnchor,
  evidenceOf,
  pairwiseRanks,
  rateUnderTies,
  type ListEvidence,
  type PairwiseRank,
} from './rate-evidence.ts'
import type { RatedVotes } from './rate-file.ts'
import { comparisonsOf, ratePart, type BoardWords, type Rated, type RateOptions } from './rate-methods.ts'

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
  /** Ratings under each treatment of ties, where they exist; those of a tie model are spread wider. */
  underTies: Record<(typeof tieTreatments)[number], number | null> | null
  /** Places from pairwise differences; null where there are too many models, or the bounds have no covariance. */
  pairwise: PairwiseRank | null
  /** How far from the anchor, with bounds of its own; null without an anchor. */
  fromAnchor: { difference: number; lower: number; upper: number } | null
  battles: number
  /** Mean score over opponents, ties a half. */
  averageWinRate: number
  bothBadRate: number
}

/** Models that can be compared with each other; nothing compares two of these. */
export interface BoardList extends ListEvidence {
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
  /** Whether votes count by their column of weights. */
  weighted: boolean
  seed: number
  lists: BoardList[]
}

/** Rates votes as asked; notes say in words what a reader must know. Throws InputError where the votes cannot answer. */
export function rateVotes(rated: RatedVotes, options: RateOptions): Board {
  const { names } = rated
  const votes = options.weights ? weigh(rated) : rated.votes
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
    weighted: options.weights,
    seed: options.seed,
    lists: [],
    tieParameter: null,
    coefficients: [],
    notes: [],
  }
  if (rated.weight && !options.weights)
    board.notes.push('The file has a column weight, which was not used; --weights makes votes count by it.')
  const parts = ratePart({ ...rated, votes }, options, anchor, board)
  if (parts.length > 1)
    board.notes.push(`The votes fall into ${parts.length} groups that never met: nothing compares their ratings.`)
  const beside = { summary: summariseBattles(countVotes(votes)), prior: priorOf(parts, votes, options) }
  for (const part of parts) {
    const pairwise = pairwiseRanks(part)
    const rows = rowsOf(part, { ...rated, votes }, anchor, options, { ...beside, ranks: pairwise?.ranks ?? null })
    const evidence = evidenceOf(part, votes, names, pairwise?.critical ?? null, options)
    board.lists.push({ rows: rows.sort(inOrder), ...evidence })
  }
  return board
}

function weigh({ votes, weight }: RatedVotes): Votes {
  if (!weight) throw new InputError('--weights needs a column weight')
  return { ...votes, weight }
}

/** What stands beside the ratings. */
interface Beside {
  summary: BattleSummary
  prior: Float64Array | null
  ranks: Map<number, PairwiseRank> | null
}

function rowsOf(
  part: Rated,
  { names, votes }: RatedVotes,
  anchor: number | undefined,
  options: RateOptions,
  { summary, prior, ranks: pairwise }: Beside,
): BoardRow[] {
  const ranks = rankRanges({
    lower: Float64Array.from(part.intervals.values(), ({ lower }) => lower),
    upper: Float64Array.from(part.intervals.values(), ({ upper }) => upper),
  })
  const position = new Map([...part.intervals.keys()].map((model, k) => [model, k]))
  const shift = shiftOf(part, anchor, options)
  const moved = (value: number | undefined) => (value === undefined ? null : value + shift)
  const underTies = underTiesOf(part, votes, anchor, options)
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
      prior: rating === undefined ? (prior?.[model] ?? null) : null,
      underTies: rating === undefined ? null : (underTies?.(model) ?? null),
      pairwise: pairwise?.get(model) ?? null,
      fromAnchor: anchor === undefined ? null : differenceToAnchor(part, model, anchor),
      battles: summary.battles[model]!,
      averageWinRate: summary.averageWinRate[model]!,
      bothBadRate: summary.bothBadRate[model]!,
    }
  })
}

/** Ratings of a model under each treatment of ties, each moved to the anchor; null where no vote was a tie. */
function underTiesOf(part: Rated, votes: Votes, anchor: number | undefined, options: RateOptions) {
  const hasTies = votes.verdict.some((code) => code >= 2)
  if (!hasTies || options.method !== 'bt' || options.style || part.core.length < 2) return null
  const ratings = Object.entries(rateUnderTies(votes, part.core))
  return (model: number) =>
    Object.fromEntries(
      ratings.map(([treatment, fit]) => {
        const held = anchor === undefined ? undefined : fit?.get(anchor)
        return [treatment, fit ? fit.get(model)! + (held === undefined ? 0 : options.anchor!.rating - held) : null]
      }),
    ) as NonNullable<BoardRow['underTies']>
}

/** The posterior mode of all models, where some have no rating of their own. */
function priorOf(parts: Rated[], votes: Votes, options: RateOptions): Float64Array | null {
  const isWhole = parts.length === 1 && parts[0]!.ratings.size === votes.models
  return isWhole ? null : (rateAll(comparisonsOf(votes, options.ties)).prior?.fit.ratings ?? null)
}

const placeOrder: Place[] = ['above', 'core', 'mixed', 'below']

function inOrder(one: BoardRow, other: BoardRow): number {
  return (
    placeOrder.indexOf(one.place) - placeOrder.indexOf(other.place) ||
    (other.rating ?? other.prior ?? 0) - (one.rating ?? one.prior ?? 0) ||
    (one.model < other.model ? -1 : 1)
  )
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
