import { InputError } from '#server/core/problem.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bootstrap.ts'
import { fitBradleyTerry } from '#server/ratings/bradley-terry.ts'
import { clusterCovariance } from '#server/ratings/cluster.ts'
import { compareCounts } from '#server/ratings/comparisons.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/counts.ts'
import { covariateCovariance, fitCovariates } from '#server/ratings/covariates.ts'
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
import { observeVotes, styleCovariate } from '#server/ratings/observations.ts'
import { rateAll } from '#server/ratings/rate-all.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { fitTieModel, tieCovariance } from '#server/ratings/tie-models.ts'
import { groupVotes } from '#server/ratings/vote-groups.ts'
import type { RatedVotes } from './rate-file.ts'

/** What a method adds to the words around a board. */
export interface BoardWords {
  /** What the bounds are made of. */
  interval: string
  tieParameter: number | null
  coefficients: { name: string; value: number; lower: number; upper: number }[]
  notes: string[]
}

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

/** What one method makes of some models: ratings by position among them, and how sure it is. */
export interface Rated {
  models: number[]
  places: Place[]
  ratings: Map<number, number>
  intervals: Map<number, { lower: number; upper: number }>
}

/** Rates votes by the method asked for: one list for models that can be compared with each other. */
export function ratePart(
  rated: RatedVotes,
  options: RateOptions,
  anchor: number | undefined,
  board: BoardWords,
): Rated[] {
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

function ratePosterior({ votes }: RatedVotes, options: RateOptions, board: BoardWords): Rated {
  const comparisons = compareCounts(countVotes(votes), options.ties)
  const fit = fitBradleyTerry(comparisons, { penalty: priorPenalty })
  const covariance = fisherCovariance(comparisons, fit.strengths, priorPenalty)
  board.interval = 'posterior'
  board.notes.push(`Ratings are pulled to the mean by a prior (λ = ${priorPenalty}).`)
  return whole(fit.ratings, intervalsOf(fit.ratings, standardErrors(covariance)))
}

function rateWithStyle({ votes, style }: RatedVotes, options: RateOptions, board: BoardWords): Rated {
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
  board: BoardWords,
): Rated[] {
  const comparisons = compareCounts(countVotes(votes), options.ties)
  const { lists, graph } = rateAll(comparisons, anchor === undefined ? {} : { anchor })
  for (const model of graph.undefeated) board.notes.push(`${names[model]} was never beaten: it has no finite rating.`)
  for (const model of graph.winless) board.notes.push(`${names[model]} never won: it has no finite rating.`)
  for (const model of graph.unplayed) board.notes.push(`${names[model]} has no votes that count.`)
  return lists.map(({ models, core, fit, places }) => {
    if (!fit) return rateList(models, core, places, null, null)
    if (!fit.converged) board.notes.push(`The fit has not converged: its last step was ${fit.lastStep} natural units.`)
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
  board: BoardWords,
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
