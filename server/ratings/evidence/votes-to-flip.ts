import { fitBradleyTerry, NoFiniteRatings } from '../fits/bradley-terry.ts'
import { fisherCovariance, type Covariance } from '../bounds/intervals.ts'
import { pointsPerNatural, winChance } from '../scale.ts'
import { compareGroups, type VoteGroups } from '../votes/vote-groups.ts'

interface Flip {
  /** Votes to leave out so that the second model comes out ahead of the first. */
  votes: number
  /** How many of each group of votes. */
  removed: Float64Array
  /** Rating of the first less that of the second after a fit without them, Elo points; below zero. */
  gapAfter: number
}

/**
 * The fewest votes found whose removal puts `second` ahead of `first` (after Broderick and others 2020 on how few data
 * decide a result). Votes are taken in the order of their influence L·(e₁-e₂)ᵀ·H⁻¹·x·(o-p)/(1-leverage) on the gap, and
 * every answer is confirmed by a fit without them; null where no removal that leaves finite ratings reverses the order.
 */
export function votesToFlip(groups: VoteGroups, first: number, second: number): Flip | null {
  const { comparisons } = compareGroups(groups)
  const { strengths } = fitBradleyTerry(comparisons)
  const gap = pointsPerNatural * (strengths[first]! - strengths[second]!)
  if (gap < 0) return { votes: 0, removed: new Float64Array(groups.a.length), gapAfter: gap }
  const influences = influencesOnGap(groups, strengths, first, second, fisherCovariance(comparisons, strengths))
  const order = Array.from(influences.keys()).sort((x, y) => influences[y]! - influences[x]! || x - y)
  const helpful = order.filter((g) => influences[g]! > 0)
  const most = helpful.reduce((sum, g) => sum + groups.count[g]!, 0)
  const without = (votes: number) => gapWithout(groups, helpful, votes, first, second)
  let low = 0
  let high = Math.min(most, predictedVotes(groups, helpful, influences, gap))
  while (!(without(high).gapAfter < 0)) {
    if (high >= most) return null
    low = high
    high = Math.min(most, Math.ceil(high * 1.2) + 1)
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (without(middle).gapAfter < 0) high = middle
    else low = middle
  }
  return without(high)
}

/** What the gap between two models, Elo points, owes to one vote of each group; `inverse` is the Fisher covariance. */
function influencesOnGap(
  { a, b, score, weight }: VoteGroups,
  strengths: Float64Array,
  first: number,
  second: number,
  { matrix: inverse }: Covariance,
): Float64Array {
  const n = strengths.length
  return score.map((outcome, g) => {
    const i = a[g]!
    const j = b[g]!
    const p = winChance(strengths[i]! - strengths[j]!)
    const w = weight[g]!
    const pull = inverse[first * n + i]! - inverse[first * n + j]! - inverse[second * n + i]! + inverse[second * n + j]!
    const variance = inverse[i * n + i]! + inverse[j * n + j]! - 2 * inverse[i * n + j]!
    return (pointsPerNatural * pull * w * (outcome - p)) / (1 - w * p * (1 - p) * variance)
  })
}

function predictedVotes(groups: VoteGroups, helpful: number[], influences: Float64Array, gap: number): number {
  let left = gap
  let votes = 0
  for (const g of helpful) {
    const needed = Math.ceil(left / influences[g]!)
    if (needed <= groups.count[g]!) return votes + Math.max(1, needed)
    votes += groups.count[g]!
    left -= groups.count[g]! * influences[g]!
  }
  return votes
}

function gapWithout(groups: VoteGroups, helpful: number[], votes: number, first: number, second: number): Flip {
  const removed = new Float64Array(groups.a.length)
  let left = votes
  for (const g of helpful) {
    removed[g] = Math.min(left, groups.count[g]!)
    left -= removed[g]!
  }
  const rest = groups.count.map((count, g) => count - removed[g]!)
  const kept = (_: number, g: number) => rest[g]! > 0
  const { comparisons } = compareGroups({
    models: groups.models,
    a: groups.a.filter(kept),
    b: groups.b.filter(kept),
    score: groups.score.filter(kept),
    weight: groups.weight.filter(kept),
    count: rest.filter(kept),
  })
  try {
    const { ratings } = fitBradleyTerry(comparisons)
    return { votes, removed, gapAfter: ratings[first]! - ratings[second]! }
  } catch (error) {
    if (error instanceof NoFiniteRatings) return { votes, removed, gapAfter: Infinity }
    throw error
  }
}
