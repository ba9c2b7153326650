import { fitBradleyTerry, NoFiniteRatings } from '#server/ratings/fits/bradley-terry.ts'
import { countVotes, type Votes } from '#server/ratings/votes/counts.ts'
import { significantCycles, testOwnFit, worstPairs } from '#server/ratings/evidence/fit-test.ts'
import { scoreHeldOut, tieTreatments, type HeldOutScore } from '#server/ratings/evidence/held-out.ts'
import {
  algebraicConnectivity,
  differenceError,
  fisherCovariance,
  widestDifference,
} from '#server/ratings/bounds/intervals.ts'
import { NoInformation } from '#server/ratings/linear/laplacian-solver.ts'
import { rankOdds } from '#server/ratings/bounds/ranks.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { fitTieModel } from '#server/ratings/fits/tie-models.ts'
import { winMatrix } from '#server/ratings/votes/win-matrix.ts'
import { comparisonsOf, votesAmong, type Rated, type RateOptions } from './rate-methods.ts'

type Treatment = (typeof tieTreatments)[number]

/** Places from pairwise differences that all hold at once, and how often a model comes out first. */
export interface PairwiseRank {
  best: number
  worst: number
  median: number
  chanceFirst: number
}

/** What a list of comparable models rests on; null where there are too many models or no covariance. */
export interface ListEvidence {
  /** Second eigenvalue of the information (natural units): near zero, some split of the models hangs by few votes. */
  connectivity: number | null
  /** The two models whose difference is least certain, and its standard error in Elo points. */
  leastCertain: { models: [string, string]; error: number } | null
  /** Above this many standard errors a difference is significant, for all pairs at once. */
  criticalDifference: number | null
  /** Pearson's test on decisive votes, the pairs that fit worst, and circles of wins that are beyond chance together. */
  fit: {
    chiSquare: number
    degreesOfFreedom: number
    pValue: number | null
    worstPairs: { models: [string, string]; residual: number }[]
    cycles: [string, string, string][]
  } | null
  /** How well each treatment of ties foretells a fifth of the votes that it has not seen. */
  heldOut: HeldOutScore[] | null
}

/** More models than this, and what is computed for every pair is left out. */
const mostWithPairs = 250

/** Ratings of the core under every treatment of ties, Elo points of mean 1000; null where a treatment has none. */
export function rateUnderTies(votes: Votes, core: number[]): Record<Treatment, Map<number, number> | null> {
  const own = votesAmong(votes, core)
  const counts = countVotes(own)
  const ratingsBy = (treatment: Treatment) => {
    const isModel = treatment === 'rao-kupper' || treatment === 'davidson'
    // A model of ties knows no weights.
    if (isModel && (votes.weight !== undefined || core.length > mostWithPairs)) return null
    try {
      const fit = isModel ? fitTieModel(treatment, counts) : fitBradleyTerry(comparisonsOf(own, treatment))
      return new Map(core.map((model, k) => [model, fit.ratings[k]!]))
    } catch (error) {
      if (error instanceof NoFiniteRatings || error instanceof NoInformation) return null
      throw error
    }
  }
  return Object.fromEntries(tieTreatments.map((treatment) => [treatment, ratingsBy(treatment)])) as Record<
    Treatment,
    Map<number, number> | null
  >
}

/** Places by differences, per model of the core; null where the list has no covariance. */
export function pairwiseRanks(part: Rated): { ranks: Map<number, PairwiseRank>; critical: number } | null {
  const { core, covariance } = part
  if (!covariance || core.length > mostWithPairs || core.length < 2) return null
  const strengths = Float64Array.from(core, (model) => part.ratings.get(model)! / pointsPerNatural)
  const { critical, ranges, atMost, median } = rankOdds(strengths, covariance)
  const ranks = core.map((model, k): [number, PairwiseRank] => [
    model,
    {
      best: ranges.best[k]!,
      worst: ranges.worst[k]!,
      median: median[k]!,
      chanceFirst: atMost[k * core.length]!,
    },
  ])
  return { ranks: new Map(ranks), critical }
}

/** The difference to the anchor with its own 95% bounds, Elo points; null without a covariance. */
export function differenceToAnchor(
  part: Rated,
  model: number,
  anchor: number,
): { difference: number; lower: number; upper: number } | null {
  const [at, anchorAt] = [part.core.indexOf(model), part.core.indexOf(anchor)]
  if (!part.covariance || at < 0 || anchorAt < 0) return null
  const difference = part.ratings.get(model)! - part.ratings.get(anchor)!
  const reach = 1.959963984540054 * differenceError(part.covariance, at, anchorAt)
  return { difference, lower: difference - reach, upper: difference + reach }
}

/** What a list rests on, computed from its core's own votes. */
export function evidenceOf(
  part: Rated,
  votes: Votes,
  names: string[],
  critical: number | null,
  options: RateOptions,
): ListEvidence {
  const { core } = part
  const none = { connectivity: null, leastCertain: null, criticalDifference: critical, fit: null, heldOut: null }
  if (core.length > mostWithPairs || core.length < 2 || options.method !== 'bt' || options.style) return none
  const own = votesAmong(votes, core)
  const counts = countVotes(own)
  const name = (k: number) => names[core[k]!]!
  const strengths = Float64Array.from(core, (model) => (part.ratings.get(model)! - 1000) / pointsPerNatural)
  const fisher = fisherCovariance(comparisonsOf(own, options.ties), strengths)
  const widest = widestDifference(part.covariance ?? fisher)
  return {
    connectivity: algebraicConnectivity(fisher),
    leastCertain: { models: [name(widest.a), name(widest.b)], error: widest.error },
    criticalDifference: critical,
    fit: fitOf(own, name),
    heldOut: scoreHeldOut(counts, options.seed),
  }
}

/** The test of decisive votes against their own fit, which half-won ties would make look better than it is. */
function fitOf(own: Votes, name: (k: number) => string): ListEvidence['fit'] {
  const decisive = comparisonsOf(own, 'drop')
  const test = testOwnFit(decisive)
  if (!test) return null
  return {
    chiSquare: test.chiSquare,
    degreesOfFreedom: test.degreesOfFreedom,
    pValue: Number.isNaN(test.pValue) ? null : test.pValue,
    worstPairs: worstPairs(test).map((cell) => ({
      models: [name(decisive.a[cell]!), name(decisive.b[cell]!)],
      residual: test.residuals[cell]!,
    })),
    cycles: significantCycles(winMatrix(countVotes(own))).map(([i, j, k]) => [name(i), name(j), name(k)]),
  }
}
