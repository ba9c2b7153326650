import { RulesNotMet, type BoardRules } from '../rules.ts'
import { compareCounts, reweightPairs, type Comparisons } from './comparisons.ts'
import { countVotes, type PairCounts, type TieRule, type Votes } from './counts.ts'
import type { StyleSides } from './observations.ts'
import { compareGroups, compareVotes, groupCounts, type VoteGroups } from './vote-groups.ts'

/** What a board is rated from. The counts hold every vote; the rest is there where it is known. */
export interface BoardVotes {
  counts: PairCounts
  /** One by one in the order in which they came, with their raters and items; each of weight one. */
  votes?: Votes
  /** What each of `votes` weighs where the rules ask for it. */
  weight?: Float64Array
  /** Counts of style on both sides of each of `votes`, by name. */
  style?: Record<string, StyleSides>
  /** The counts once more, in parts. */
  categories?: PairCounts[]
}

/** Votes known one by one, counted. Throws RangeError for votes that are not valid (`checkVotes`). */
export function boardVotes({ weight, ...votes }: Votes, style?: Record<string, StyleSides>): BoardVotes {
  return { counts: countVotes(votes), votes, ...(weight && { weight }), ...(style && { style }) }
}

/** The votes one by one, with their weights where the rules ask for them. */
export function singleVotes({ votes, weight }: BoardVotes, { weights }: Pick<BoardRules, 'weights'>): Votes {
  if (!votes) throw new RulesNotMet('single-votes')
  if (weights !== 'column') return votes
  if (!weight) throw new RulesNotMet('weights')
  return { ...votes, weight }
}

/** The comparisons of all votes under rules. */
export function compareFor(from: BoardVotes, { ties, weights }: Pick<BoardRules, 'ties' | 'weights'>): Comparisons {
  switch (weights) {
    case 'votes':
      return compareCounts(from.counts, ties)
    case 'column':
      return compareVotes(singleVotes(from, { weights }), ties)
    case 'equal-pairs':
      return reweightPairs(compareCounts(from.counts, ties))
    case 'equal-categories':
      if (!from.categories) throw new RulesNotMet('categories')
      return compareGroups(weighAlike(from.counts.models, from.categories, ties)).comparisons
  }
}

/** The votes of every part, weighted so that each part adds up to the same and all to the number of votes. */
function weighAlike(models: number, counts: PairCounts[], ties: TieRule): VoteGroups {
  const parts = counts.map((own) => groupCounts(own, ties)).filter(({ count }) => count.length > 0)
  const sizes = parts.map(({ count }) => count.reduce((sum, votes) => sum + votes, 0))
  const share = sizes.reduce((sum, votes) => sum + votes, 0) / parts.length
  const column = (pick: (part: VoteGroups) => ArrayLike<number>) => parts.flatMap((part) => Array.from(pick(part)))
  return {
    models,
    a: Int32Array.from(column(({ a }) => a)),
    b: Int32Array.from(column(({ b }) => b)),
    score: Float64Array.from(column(({ score }) => score)),
    weight: Float64Array.from(parts.flatMap(({ count }, k) => Array.from(count, () => share / sizes[k]!))),
    count: Float64Array.from(column(({ count }) => count)),
  }
}
