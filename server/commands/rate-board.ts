import { InputError, UsageError } from '#server/core/problem.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bootstrap.ts'
import { fitBradleyTerry } from '#server/ratings/bradley-terry.ts'
import { clusterCovariance } from '#server/ratings/cluster.ts'
import { compareCounts } from '#server/ratings/comparisons.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/counts.ts'
import { covariateCovariance, fitCovariates, observeVotes, styleCovariate } from '#server/ratings/covariates.ts'
import { onlineElo } from '#server/ratings/elo.ts'
import type { Place } from '#server/ratings/graph.ts'
import {
  fisherCovariance,
  intervalsOf,
  sandwichCovariance,
  standardErrors,
  type Covariance,
  type Intervals,
} from '#server/ratings/intervals.ts'
import { rankRanges } from '#server/ratings/ranks.ts'
import { rateAll } from '#server/ratings/rate-all.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { fitTieModel, tieCovariance } from '#server/ratings/tie-models.ts'
import { groupVotes } from '#server/ratings/vote-groups.ts'
import { averageRows, bothBadRates, scoreFractions, winMatrix } from '#server/ratings/win-matrix.ts'
import type { RatedVotes } from './rate-file.ts'

export const methods = ['bt', 'elo', 'rao-kupper', 'davidson', 'map'] as const
export const intervalKinds = ['sandwich', 'bootstrap', 'cluster-rater', 'cluster-item'] as const

export interface RateOptions {
  method: (typeof methods)[number]
  ties: TieRule
  interval: (typeof intervalKinds)[number]
  rounds: number
  seed: number
  anchor?: { model: string; rating: number }
  style: boolean
}

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

export interface Board {
  votes: number
  outcomes: Record<'model_a' | 'model_b' | 'tie' | 'both_bad', number>
  unsure: number
  notBlind: number
  method: RateOptions['method']
  ties: TieRule
  /** What the bounds are made of. */
  interval: string
  anchor: RateOptions['anchor'] | null
  lists: BoardList[]
  tieParameter: number | null
  coefficients: { name: string; value: number; lower: number; upper: number }[]
  notes: string[]
}

/** What one method makes of some models: ratings by position among them, and how sure it is. */
interface Rated {
  models: number[]
  places: Place[]
  ratings: Map<number, number>
  intervals: Map<number, { lower: number; upper: number }>
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
  const matrix = winMatrix(countVotes(votes))
  const average = averageRows(scoreFractions(matrix), names.length)
  const bothBad = bothBadRates(matrix)
  const extras = extraColumns(rated, options)
  for (const part of parts) {
    const shift = shiftOf(part, anchor, options)
    const ranks = rankRanges({
      lower: Float64Array.from(part.intervals.values(), ({ lower }) => lower),
      upper: Float64Array.from(part.intervals.values(), ({ upper }) => upper),
    })
    const position = new Map([...part.intervals.keys()].map((model, k) => [model, k]))
    const rows = part.models.map((model, k): BoardRow => {
      const rating = part.ratings.get(model)
      const bounds = part.intervals.get(model)
      const at = position.get(model)
      return {
        model: names[model]!,
        rating: rating === undefined ? null : rating + shift,
        lower: bounds === undefined ? null : bounds.lower + shift,
        upper: bounds === undefined ? null : bounds.upper + shift,
        rankBest: at === undefined ? null : ranks.best[at]!,
        rankWorst: at === undefined ? null : ranks.worst[at]!,
        place: part.places[k]!,
        prior: rating === undefined ? (extras.prior?.[model] ?? null) : null,
        tiesDropped: extras.tiesDropped ? extras.tiesDropped[model]! + shift : null,
        battles: sumOf(matrix.battles, model, names.length),
        averageWinRate: average[model]!,
        bothBadRate: bothBad[model]!,
      }
    })
    board.lists.push({ rows: rows.sort(inOrder) })
  }
  return board
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
  return {
    prior: prior?.fit.ratings ?? null,
    tiesDropped: other?.graph.connected ? other.lists[0]!.fit!.ratings : null,
  }
}

function ratePart(rated: RatedVotes, options: RateOptions, anchor: number | undefined, board: Board): Rated[] {
  if (options.style) return [rateWithStyle(rated, options, board)]
  switch (options.method) {
    case 'bt':
      return rateBradleyTerry(rated, options, anchor, board)
    case 'map':
      return [ratePosterior(rated, options, board)]
    case 'elo': {
      board.interval = 'none'
      board.notes.push('Online Elo depends on the order of the votes: it shows activity and gives no ranks.')
      return [whole(onlineElo(rated.votes), null)]
    }
    case 'rao-kupper':
    case 'davidson': {
      const counts = countVotes(rated.votes)
      const fit = fitTieModel(options.method, counts, options.ties)
      const errors = standardErrors(tieCovariance(options.method, counts, fit, options.ties))
      board.tieParameter = fit.tieParameter
      board.interval = 'model-based'
      board.notes.push('Under a model of ties ratings are spread wider than with ties as half-wins.')
      return [whole(fit.ratings, intervalsOf(fit.ratings, errors))]
    }
  }
}

function whole(ratings: Float64Array, intervals: Intervals | null): Rated {
  const models = Array.from(ratings.keys())
  return rateList(
    models,
    models,
    models.map(() => 'core'),
    ratings,
    intervals,
  )
}

function rateList(
  models: number[],
  core: number[],
  places: Place[],
  ratings: Float64Array | null,
  intervals: Pick<Intervals, 'lower' | 'upper'> | null,
): Rated {
  return {
    models,
    places,
    ratings: new Map(ratings ? core.map((model, k) => [model, ratings[k]!]) : []),
    intervals: new Map(
      intervals ? core.map((model, k) => [model, { lower: intervals.lower[k]!, upper: intervals.upper[k]! }]) : [],
    ),
  }
}

/** A faint pull to the mean: half a vote's worth of information, at most, on each model. */
const priorPenalty = 0.1

function ratePosterior({ votes }: RatedVotes, options: RateOptions, board: Board): Rated {
  const comparisons = compareCounts(countVotes(votes), options.ties)
  const fit = fitBradleyTerry(comparisons, { penalty: priorPenalty })
  const covariance = fisherCovariance(comparisons, fit.strengths, priorPenalty)
  board.interval = 'posterior'
  board.notes.push(`Ratings are pulled to the mean by a prior (λ = ${priorPenalty}).`)
  return whole(fit.ratings, intervalsOf(fit.ratings, standardErrors(covariance)))
}

function rateWithStyle({ votes, style }: RatedVotes, options: RateOptions, board: Board): Rated {
  const names = Object.keys(style)
  if (names.length === 0)
    throw new InputError('the votes carry no style counts: columns tokens_a, tokens_b and so on, or conv_metadata')
  const columns = Object.fromEntries(names.map((name) => [name, styleCovariate(style[name]!.a, style[name]!.b)]))
  const observations = observeVotes(votes, columns, options.ties)
  const fit = fitCovariates(observations)
  const n = fit.ratings.length
  const size = n + names.length
  const { sandwich } = covariateCovariance(observations, fit)
  const errors = Float64Array.from({ length: size }, (_, i) => Math.sqrt(Math.max(0, sandwich[i * size + i]!)))
  const bounds = intervalsOf(fit.coefficients, errors.subarray(n))
  board.interval = 'sandwich'
  board.coefficients = names.map((name, k) => ({
    name,
    value: fit.coefficients[k]!,
    lower: bounds.lower[k]!,
    upper: bounds.upper[k]!,
  }))
  return whole(
    fit.ratings,
    intervalsOf(
      fit.ratings,
      errors.subarray(0, n).map((error) => error * pointsPerNatural),
    ),
  )
}

function rateBradleyTerry(
  { votes, names }: RatedVotes,
  options: RateOptions,
  anchor: number | undefined,
  board: Board,
): Rated[] {
  const comparisons = compareCounts(countVotes(votes), options.ties)
  const { lists, graph } = rateAll(comparisons, anchor === undefined ? {} : { anchor })
  for (const model of graph.undefeated) board.notes.push(`${names[model]} was never beaten: it has no finite rating.`)
  for (const model of graph.winless) board.notes.push(`${names[model]} never won: it has no finite rating.`)
  for (const model of graph.unplayed) board.notes.push(`${names[model]} has no votes that count.`)
  return lists.map(({ models, core, fit, places }) => {
    if (!fit) return rateList(models, core, places, null, null)
    const intervals = boundsOf(votesAmong(votes, core), fit.strengths, fit.ratings, options, board)
    return rateList(models, core, places, fit.ratings, intervals)
  })
}

/** The votes among some models, numbered anew. */
function votesAmong(votes: Votes, core: number[]): Votes {
  const number = new Int32Array(votes.models).fill(-1)
  core.forEach((model, k) => (number[model] = k))
  const keep = (_: number, t: number) => number[votes.a[t]!]! >= 0 && number[votes.b[t]!]! >= 0
  return {
    models: core.length,
    a: votes.a.filter(keep).map((model) => number[model]!),
    b: votes.b.filter(keep).map((model) => number[model]!),
    verdict: votes.verdict.filter(keep),
    ...(votes.rater && { rater: votes.rater.filter(keep) }),
    ...(votes.item && { item: votes.item.filter(keep) }),
  }
}

function boundsOf(
  votes: Votes,
  strengths: Float64Array,
  ratings: Float64Array,
  { interval, ties, rounds, seed }: RateOptions,
  board: Board,
): Pick<Intervals, 'lower' | 'upper'> {
  const comparisons = compareCounts(countVotes(votes), ties)
  const around = (covariance: Covariance) => intervalsOf(ratings, standardErrors(covariance))
  switch (interval) {
    case 'sandwich':
      return around(sandwichCovariance(comparisons, strengths))
    case 'cluster-rater':
    case 'cluster-item': {
      const cluster = interval === 'cluster-rater' ? votes.rater : votes.item
      if (!cluster) throw new InputError(`--interval ${interval} needs a column ${interval.slice('cluster-'.length)}`)
      return around(clusterCovariance(groupVotes(votes, ties, cluster), comparisons, strengths))
    }
    case 'bootstrap': {
      const summary = summariseBootstrap(bootstrap(groupVotes(votes, ties), strengths, { seed, rounds }))
      if (!summary.unreliable) return summary
      board.interval = 'sandwich'
      board.notes.push(
        `${summary.nonFinite} of ${rounds} bootstrap rounds had no finite ratings: the bounds are the sandwich's.`,
      )
      return around(sandwichCovariance(comparisons, strengths))
    }
  }
}
