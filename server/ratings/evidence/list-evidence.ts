import { algebraicConnectivity, fisherCovariance } from '../bounds/intervals.ts'
import { rankOdds } from '../bounds/ranks.ts'
import { widestDifference } from '../bounds/ways.ts'
import type { RatedList } from '../lists/rated-lists.ts'
import type { BoardRules } from '../rules.ts'
import { meanRating, pointsPerNatural } from '../scale.ts'
import { rowsAmong } from '../votes/among.ts'
import { compareFor, type BoardVotes } from '../votes/board-votes.ts'
import type { PairCounts } from '../votes/counts.ts'
import { winMatrix } from '../votes/win-matrix.ts'
import { significantCycles, testOwnFit, worstPairs } from './fit-test.ts'
import { scoreHeldOut, type HeldOutScore } from './held-out.ts'

/**
 * What a list of comparable models rests on; null where there are too many models, no covariance or another method. Models
 * are numbers here, names where a board is printed.
 */
export interface ListEvidence<Model = number> {
  /** Second eigenvalue of the information (natural units): near zero, some split of the models hangs by few votes. */
  connectivity: number | null
  /** The two models whose difference is least certain, and its standard error in Elo points. */
  leastCertain: { models: [Model, Model]; error: number } | null
  /** Above this many standard errors a difference is significant, for all pairs at once; null where steps decide. */
  criticalDifference: number | null
  /** Pearson's test on decisive votes, the pairs that fit worst, and circles of wins that are beyond chance together. */
  fit: {
    chiSquare: number
    degreesOfFreedom: number
    pValue: number | null
    worstPairs: { models: [Model, Model]; residual: number }[]
    cycles: [Model, Model, Model][]
  } | null
  /** How well each treatment of ties predicts a fifth of the votes that it has not seen. */
  heldOut: HeldOutScore[] | null
}

/** Places from pairwise differences that all hold at once, and how often a model comes out first. */
export interface PairwiseRank {
  best: number
  worst: number
  median: number
  chanceFirst: number
}

/** More models than this, and what is computed for every pair is left out. */
export const mostWithPairs = 250

/** What a list rests on, from the votes among its rated models. `critical` comes from `pairwiseRanks`. */
export function evidenceOf(
  { core, ratings, bounds }: RatedList,
  from: BoardVotes,
  rules: BoardRules,
  critical: number | null,
): ListEvidence {
  const none = { connectivity: null, leastCertain: null, criticalDifference: critical, fit: null, heldOut: null }
  if (!ratings || core.length > mostWithPairs || rules.method !== 'bt' || rules.style) return none
  const counts = rowsAmong(from.counts, core)
  const strengths = ratings.map((rating) => (rating - meanRating) / pointsPerNatural)
  const fisher = fisherCovariance(rowsAmong(compareFor(from, rules), core), strengths)
  const widest = widestDifference(bounds?.ways ?? [bounds?.covariance ?? fisher])
  return {
    connectivity: algebraicConnectivity(fisher),
    leastCertain: { models: [core[widest.a]!, core[widest.b]!], error: widest.error },
    criticalDifference: critical,
    fit: fitOf(counts, from, rules, core),
    heldOut: scoreHeldOut(counts, rules.seed),
  }
}

/** The test of decisive votes against their own fit, which half-won ties would make look better than it is. */
function fitOf(counts: PairCounts, from: BoardVotes, rules: BoardRules, core: number[]): ListEvidence['fit'] {
  const decisive = rowsAmong(compareFor(from, { ...rules, ties: 'drop' }), core)
  const test = testOwnFit(decisive)
  if (!test) return null
  return {
    chiSquare: test.chiSquare,
    degreesOfFreedom: test.degreesOfFreedom,
    pValue: Number.isNaN(test.pValue) ? null : test.pValue,
    worstPairs: worstPairs(test).map((cell) => ({
      models: [core[decisive.a[cell]!]!, core[decisive.b[cell]!]!],
      residual: test.residuals[cell]!,
    })),
    cycles: significantCycles(winMatrix(counts)).map(([i, j, k]) => [core[i]!, core[j]!, core[k]!]),
  }
}

/** Places by differences, by position in the core; null where the list has no covariance or too many models. */
export function pairwiseRanks({
  core,
  ratings,
  bounds,
}: RatedList): { ranks: PairwiseRank[]; critical: number | null } | null {
  const covariance = bounds?.covariance
  if (!ratings || !covariance || core.length > mostWithPairs || core.length < 2) return null
  const { critical, ranges, atMost, median } = rankOdds(
    ratings.map((rating) => rating / pointsPerNatural),
    covariance,
  )
  const places = bounds.places ?? ranges
  const ranks = core.map((_, k) => ({
    best: places.best[k]!,
    worst: places.worst[k]!,
    median: median[k]!,
    chanceFirst: atMost[k * core.length]!,
  }))
  return { ranks, critical: bounds.places ? null : critical }
}
