import { independentCovariance } from '#server/ratings/bounds/independent.ts'
import { differenceVariance, sandwichCovariance } from '#server/ratings/bounds/intervals.ts'
import { widestReach } from '#server/ratings/bounds/ways.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { rateAll } from '#server/ratings/lists/rate-all.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import type { PairCounts } from '#server/ratings/votes/counts.ts'

/** A board of independent votes; `ties` is the share of ties of an even pair, `spread` the standard deviation of ratings. */
export interface TiedBoard {
  models: number
  votesPerPair: number
  ties: number
  spread: number
}

/** Over all pairs of the boards drawn. */
interface Coverage {
  /** Share of the differences with two bounds whose interval holds the truth. */
  smoothed: number
  plain: number
  /** Share of all differences that the votes leave open to one side. */
  open: number
  /** Intervals of width zero by the plain sandwich. */
  zeroPlain: number
  zeroSmoothed: number
}

/** Boards drawn from a seed, their intervals held against the truth. */
export function coverTied(board: TiedBoard, boards: number, seed: number): Coverage {
  let [differences, smoothed, plain, zeroPlain, zeroSmoothed] = [0, 0, 0, 0, 0]
  for (let k = 0; k < boards; k++) {
    const random = new Random(seed, k)
    const truth = Float64Array.from({ length: board.models }, () => (board.spread / pointsPerNatural) * random.normal())
    for (const { core, comparisons, fit } of rateAll(compareCounts(drawBoard(board, truth, random))).lists) {
      if (!fit) continue
      const { ofDifference } = widestReach([independentCovariance(comparisons, fit.strengths)])
      const sandwich = sandwichCovariance(comparisons, fit.strengths)
      for (let i = 0; i < core.length; i++) {
        for (let j = 0; j < i; j++) {
          const off = Math.abs(fit.strengths[i]! - fit.strengths[j]! - truth[core[i]!]! + truth[core[j]!]!)
          const { reach } = ofDifference(i, j)
          const variance = Math.max(0, differenceVariance(sandwich, i, j))
          differences++
          if (off * pointsPerNatural <= reach) smoothed++
          if (off <= 1.959964 * Math.sqrt(variance)) plain++
          if (variance < 1e-20) zeroPlain++
          if (reach < 1e-6) zeroSmoothed++
        }
      }
    }
  }
  const all = (boards * board.models * (board.models - 1)) / 2
  const share = (count: number) => count / differences
  return { smoothed: share(smoothed), plain: share(plain), open: 1 - differences / all, zeroPlain, zeroSmoothed }
}

/** The expected score is p with a tie half, so half-tie Bradley–Terry is consistent: P(tie) = 2·ties·min(p, 1-p). */
function drawBoard({ models, votesPerPair, ties }: TiedBoard, truth: Float64Array, random: Random): PairCounts {
  const pairs = (models * (models - 1)) / 2
  const column = () => new Float64Array(pairs)
  const [a, b] = [new Int32Array(pairs), new Int32Array(pairs)]
  const counts = { models, a, b, winsA: column(), winsB: column(), ties: column(), bothBad: column() }
  for (let i = 0, cell = 0; i < models; i++) {
    for (let j = i + 1; j < models; j++, cell++) {
      a[cell] = i
      b[cell] = j
      const p = winChance(truth[i]! - truth[j]!)
      const tie = 2 * ties * Math.min(p, 1 - p)
      for (let vote = 0; vote < votesPerPair; vote++) {
        const place = random.unit()
        if (place < tie) counts.ties[cell]!++
        else if (place < p + tie / 2) counts.winsA[cell]!++
        else counts.winsB[cell]!++
      }
    }
  }
  return counts
}
