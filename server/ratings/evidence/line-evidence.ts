import { widestReach } from '../bounds/ways.ts'
import type { RatedList } from '../lists/rated-lists.ts'
import type { BoardRules } from '../rules.ts'
import type { BoardVotes } from '../votes/board-votes.ts'
import type { TieTreatment } from './held-out.ts'
import type { PairwiseRank } from './list-evidence.ts'
import { rateUnderTies } from './under-ties.ts'

/** What stands beside a rating. */
export interface LineEvidence {
  /** Ratings under each treatment of ties, where they exist; those of a tie model are spread wider. Null without ties. */
  underTies: Record<TieTreatment, number | null> | null
  /** Places from pairwise differences; null where there are too many models, or the bounds have no covariance. */
  pairwise: PairwiseRank | null
  /** How far from the anchor, with 95 % bounds of its own; null without an anchor in the list. */
  fromAnchor: { difference: number; lower: number; upper: number } | null
}

/** The evidence of the lines of a list, by position in its core; null for a model without a rating. */
export function evidenceOfLines(
  list: RatedList,
  from: BoardVotes,
  rules: BoardRules,
  ranks: PairwiseRank[] | null,
): (at: number | undefined) => LineEvidence | null {
  const anchorAt = rules.anchor ? list.core.indexOf(rules.anchor.model) : -1
  const underTies = rateUnderTies(list, from, rules)
  return (at) => {
    if (at === undefined) return null
    return {
      underTies: underTies && underTiesAt(underTies, at, anchorAt, rules),
      pairwise: ranks?.[at] ?? null,
      fromAnchor: anchorAt < 0 ? null : differenceTo(anchorAt, at, list),
    }
  }
}

/** One model's ratings under the treatments, each moved to the anchor. */
function underTiesAt(
  underTies: NonNullable<ReturnType<typeof rateUnderTies>>,
  at: number,
  anchorAt: number,
  { anchor }: BoardRules,
): LineEvidence['underTies'] {
  const ratings = Object.entries(underTies).map(([treatment, fit]) => {
    const shift = fit && anchorAt >= 0 ? anchor!.rating - fit[anchorAt]! : 0
    return [treatment, fit && fit[at]! + shift]
  })
  return Object.fromEntries(ratings) as LineEvidence['underTies']
}

function differenceTo(anchorAt: number, at: number, { ratings, bounds }: RatedList): LineEvidence['fromAnchor'] {
  const ways = bounds?.ways ?? (bounds?.covariance ? [bounds.covariance] : null)
  if (!ratings || !ways) return null
  const difference = ratings[at]! - ratings[anchorAt]!
  const { reach } = widestReach(ways).ofDifference(at, anchorAt)
  return { difference, lower: difference - reach, upper: difference + reach }
}
