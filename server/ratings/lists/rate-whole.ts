import { boundsFrom } from '../bounds/bounds-of.ts'
import { fisherCovariance, intervalsOf } from '../bounds/intervals.ts'
import { fitBradleyTerry } from '../fits/bradley-terry.ts'
import { covariateCovariance, fitCovariates } from '../fits/covariates.ts'
import { onlineElo } from '../fits/elo.ts'
import { RulesNotMet, type BoardRules } from '../rules.ts'
import { pointsPerNatural } from '../scale.ts'
import { compareFor, singleVotes, type BoardVotes } from '../votes/board-votes.ts'
import { observeStyle } from '../votes/observations.ts'
import type { RatedList, RatedLists } from './rated-lists.ts'

/** A faint pull to the mean: half a vote's worth of information, at most, on each model. */
const priorPenalty = 0.1

/** The posterior mode of all models under a faint prior. */
export function ratePosterior(from: BoardVotes, rules: BoardRules): RatedLists {
  const comparisons = compareFor(from, rules)
  const fit = fitBradleyTerry(comparisons, { penalty: priorPenalty })
  const bounds = boundsFrom(fit.ratings, fisherCovariance(comparisons, fit.strengths, priorPenalty))
  return {
    ...inOneList({ ratings: fit.ratings, bounds, end: fit }),
    interval: 'posterior',
    notes: [{ about: 'prior', penalty: priorPenalty }],
  }
}

/** Online Elo in the order of the votes; it has no bounds. */
export function rateOnline(from: BoardVotes, rules: BoardRules): RatedLists {
  const ratings = onlineElo(singleVotes(from, rules))
  return { ...inOneList({ ratings }), interval: 'none', notes: [{ about: 'order-of-votes' }] }
}

/** Ratings at equal length and markdown, with what those add to the odds. */
export function rateWithStyle(from: BoardVotes, rules: BoardRules): RatedLists {
  const votes = singleVotes(from, rules)
  if (Object.keys(from.style ?? {}).length === 0) throw new RulesNotMet('style')
  const { observations, constant } = observeStyle(votes, from.style!, { ties: rules.ties })
  const fit = fitCovariates(observations)
  const n = fit.ratings.length
  const size = n + observations.names.length
  const { sandwich } = covariateCovariance(observations, fit)
  const errors = Float64Array.from({ length: size }, (_, i) => Math.sqrt(Math.max(0, sandwich[i * size + i]!)))
  const around = intervalsOf(fit.coefficients, errors.subarray(n))
  const points = errors.subarray(0, n).map((error) => error * pointsPerNatural)
  const bounds = { ...intervalsOf(fit.ratings, points), covariance: null, notes: [] }
  return {
    ...inOneList({ ratings: fit.ratings, bounds, end: fit }),
    interval: 'sandwich',
    coefficients: observations.names.map((name, k) => ({
      name,
      value: fit.coefficients[k]!,
      lower: around.lower[k]!,
      upper: around.upper[k]!,
    })),
    notes: constant.map((style) => ({ about: 'constant-style', style })),
  }
}

function inOneList(rated: Partial<RatedList> & { ratings: Float64Array }) {
  const models = Array.from(rated.ratings.keys())
  const places = models.map(() => 'core' as const)
  const list: RatedList = { models, places, core: models, bounds: null, end: null, tieParameter: null, ...rated }
  return { lists: [list], graph: null, prior: null, coefficients: [] }
}
