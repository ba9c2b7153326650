import { InputError, UsageError } from '#server/core/problem.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { clusterCovariance } from '#server/ratings/bounds/cluster.ts'
import { compareCounts, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/votes/counts.ts'
import { covariateCovariance, fitCovariates } from '#server/ratings/fits/covariates.ts'
import { onlineElo } from '#server/ratings/fits/elo.ts'
import type { Place } from '#server/ratings/graph.ts'
import {
  fisherCovariance,
  intervalsOf,
  sandwichCovariance,
  sandwichErrors,
  standardErrors,
  type Covariance,
  type Intervals,
} from '#server/ratings/bounds/intervals.ts'
import { observeStyle } from '#server/ratings/votes/observations.ts'
import { rateAll } from '#server/ratings/rate-all.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { fitTieModel, tieCovariance } from '#server/ratings/fits/tie-models.ts'
import { compareVotes, groupVotes } from '#server/ratings/votes/vote-groups.ts'
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
  /** Whether votes count by the column `weight`. */
  weights: boolean
}

/** What one method makes of some models: ratings by position among them, and how sure it is. */
export interface Rated {
  models: number[]
  places: Place[]
  ratings: Map<number, number>
  intervals: Map<number, { lower: number; upper: number }>
  /** Models with ratings, and the covariance of their strengths, where the method gives one. */
  core: number[]
  covariance: Covariance | null
}

/** Rates votes by the method asked for: one list for models that can be compared with each other. */
export function ratePart(
  rated: RatedVotes,
  options: RateOptions,
  anchor: number | undefined,
  board: BoardWords,
): Rated[] {
  const weighable = options.style || options.method === 'bt' || options.method === 'map'
  if (options.weights && !weighable) throw new UsageError(`--weights is for --method bt or map, not ${options.method}.`)
  if (options.style) return [rateWithStyle(rated, options, board)]
  switch (options.method) {
    case 'bt':
      return rateBradleyTerry(rated, options, anchor, board)
    case 'map':
      return [ratePosterior(rated, options, board)]
    case 'elo': {
      board.interval = 'none'
      board.notes.push('Online Elo depends on the order of the votes: it shows activity and gives no ranks.')
      return [whole(onlineElo(rated.votes), null, null)]
    }
    case 'rao-kupper':
    case 'davidson': {
      const counts = countVotes(rated.votes)
      const fit = fitTieModel(options.method, counts, options.ties)
      const covariance = tieCovariance(options.method, counts, fit, options.ties)
      board.tieParameter = fit.tieParameter
      board.interval = 'model-based'
      board.notes.push('Under a model of ties ratings are spread wider than with ties as half-wins.')
      return [whole(fit.ratings, intervalsOf(fit.ratings, standardErrors(covariance)), covariance)]
    }
  }
}

function whole(ratings: Float64Array, intervals: Intervals | null, covariance: Covariance | null): Rated {
  const models = Array.from(ratings.keys())
  return rateList(
    models,
    models,
    models.map(() => 'core'),
    ratings,
    intervals,
    covariance,
  )
}

function rateList(
  models: number[],
  core: number[],
  places: Place[],
  ratings: Float64Array | null,
  intervals: Pick<Intervals, 'lower' | 'upper'> | null,
  covariance: Covariance | null = null,
): Rated {
  return {
    models,
    core,
    covariance,
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
  const comparisons = comparisonsOf(votes, options.ties)
  const fit = fitBradleyTerry(comparisons, { penalty: priorPenalty })
  const covariance = fisherCovariance(comparisons, fit.strengths, priorPenalty)
  board.interval = 'posterior'
  board.notes.push(`Ratings are pulled to the mean by a prior (λ = ${priorPenalty}).`)
  return whole(fit.ratings, intervalsOf(fit.ratings, standardErrors(covariance)), covariance)
}

/** Comparisons of votes, by their weights where they carry any. */
export function comparisonsOf(votes: Votes, ties: TieRule): Comparisons {
  return votes.weight ? compareVotes(votes, ties) : compareCounts(countVotes(votes), ties)
}

function rateWithStyle({ votes, style }: RatedVotes, options: RateOptions, board: BoardWords): Rated {
  if (Object.keys(style).length === 0)
    throw new InputError('the votes carry no style counts: columns tokens_a, tokens_b and so on, or conv_metadata')
  const { observations, constant } = observeStyle(votes, style, { ties: options.ties })
  const { names } = observations
  for (const name of constant) board.notes.push(`The ${name} of both sides are always alike and were left out.`)
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
    null,
  )
}

function rateBradleyTerry(
  { votes, names }: RatedVotes,
  options: RateOptions,
  anchor: number | undefined,
  board: BoardWords,
): Rated[] {
  const comparisons = comparisonsOf(votes, options.ties)
  const { lists, graph } = rateAll(comparisons, anchor === undefined ? {} : { anchor })
  board.notes.push(
    ...noteEach(graph.undefeated, names, 'never beaten, so no finite rating fits'),
    ...noteEach(graph.winless, names, 'never won, so no finite rating fits'),
    ...noteEach(graph.unplayed, names, 'no votes that count'),
  )
  return lists.map(({ models, core, fit, places }) => {
    if (!fit) return rateList(models, core, places, null, null)
    if (!fit.converged) board.notes.push(`The fit has not converged: its last step was ${fit.lastStep} natural units.`)
    if (core.length > mostWithErrors) {
      board.notes.push(`Bounds are left out: they need a matrix of ${core.length} × ${core.length} numbers.`)
      return rateList(models, core, places, fit.ratings, null)
    }
    const { bounds, covariance } = boundsOf(votesAmong(votes, core), fit.strengths, fit.ratings, options, board)
    return rateList(models, core, places, fit.ratings, bounds, covariance)
  })
}

/** A line for each model, or one for all where they are many. */
function noteEach(models: number[], names: string[], says: string): string[] {
  if (models.length > 20) return [`${models.length} models: ${says}.`]
  return models.map((model) => `${names[model]}: ${says}.`)
}

/** With fewer raters or items than this, their sandwich is too sure of itself (Cameron and Miller 2015). */
const fewClusters = 30
/** Above this many models the inverse of their information takes minutes and gigabytes. */
const mostWithErrors = 6000
/** Up to here covariances are formed whole; above, errors are computed one by one. */
const mostWithCovariance = 400

/** The votes among some models, numbered anew. */
export function votesAmong(votes: Votes, core: number[]): Votes {
  const number = new Int32Array(votes.models).fill(-1)
  core.forEach((model, k) => (number[model] = k))
  const keep = (_: number, t: number) => number[votes.a[t]!]! >= 0 && number[votes.b[t]!]! >= 0
  return {
    models: core.length,
    a: votes.a.filter(keep).map((model) => number[model]!),
    b: votes.b.filter(keep).map((model) => number[model]!),
    verdict: votes.verdict.filter(keep),
    ...(votes.weight && { weight: votes.weight.filter(keep) }),
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
): { bounds: Pick<Intervals, 'lower' | 'upper'>; covariance: Covariance | null } {
  const comparisons = comparisonsOf(votes, ties)
  const around = (covariance: Covariance) => ({
    bounds: intervalsOf(ratings, standardErrors(covariance)),
    covariance,
  })
  const sandwich = () =>
    votes.models <= mostWithCovariance
      ? around(sandwichCovariance(comparisons, strengths))
      : { bounds: intervalsOf(ratings, sandwichErrors(comparisons, strengths)), covariance: null }
  switch (interval) {
    case 'sandwich':
      return sandwich()
    case 'cluster-rater':
    case 'cluster-item': {
      const cluster = interval === 'cluster-rater' ? votes.rater : votes.item
      if (!cluster) throw new InputError(`--interval ${interval} needs a column ${interval.slice('cluster-'.length)}`)
      const groups = groupVotes(votes, ties, cluster)
      const clusters = new Set(groups.cluster).size
      if (clusters < 2) throw new InputError(`--interval ${interval} needs more than one ${interval.slice(8)}`)
      if (clusters < fewClusters)
        board.notes.push(
          `With ${clusters} ${interval.slice(8)}s these bounds are too narrow: ${fewClusters} are needed.`,
        )
      return around(clusterCovariance(groups, comparisons, strengths))
    }
    case 'bootstrap': {
      const summary = summariseBootstrap(bootstrap(groupVotes(votes, ties), strengths, { seed, rounds }))
      if (!summary.unreliable) return { bounds: summary, covariance: null }
      board.interval = 'sandwich'
      board.notes.push(
        `${summary.nonFinite} of ${rounds} bootstrap rounds had no finite ratings: the bounds are the sandwich's.`,
      )
      return sandwich()
    }
  }
}
