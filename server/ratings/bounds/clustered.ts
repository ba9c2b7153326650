import type { Comparisons } from '../votes/comparisons.ts'
import type { TieRule, Votes } from '../votes/counts.ts'
import { independentCovariance } from './independent.ts'
import type { WholeInformation } from './grow-scores.ts'
import { differenceVariance, fisherCovariance, informationAt, wrap, type Covariance } from './intervals.ts'
import { scatterOfRuns, type RunScatter } from './run-scatter.ts'
import { layOutVotes, sizeOfRuns, type VoteRuns } from './vote-runs.ts'

/** With fewer clusters of even size than this, errors are those of CR3 and bounds those of t. */
export const fewEffective = 200

/** The raters or the items of votes. */
export interface ClustersMade {
  of: 'rater' | 'item'
  clusters: number
  /** Of even size that would carry as much. */
  effective: number
  /** Whether errors are those of CR3, with t. */
  corrected: boolean
  /** Clusters that alone join some models to the others: nothing says how far they drew the fit. */
  needed: number
}

/** How far ratings may be off where the votes of one rater, and those on one item, go together. */
interface Clustered {
  /** By rater, by item, two ways, and as if votes were independent: what counts is the widest. */
  ways: Covariance[]
  /** By rater plus by item with nothing taken off: never negative in any direction, so it can be drawn from. */
  drawn: Covariance
  clusters: ClustersMade[]
  /** How many times wider the variance of differences is than that of as many independent votes, on average. */
  designEffect: number
}

/**
 * The clustered errors of a fit to votes that name their raters, their items or both, no way narrower than independent
 * votes are. Two ways is by rater plus by item less by both together (Cameron, Gelbach and Miller 2011). Fewer than 200
 * effective clusters, (Σm)²/Σm² of them with m the votes of each, take CR3 (Bell and McCaffrey 2002) and t with one degree
 * of freedom less than that; two ways has those of the fewer. A single rater, or item, is no cluster.
 */
export function clusteredErrors(
  votes: Votes,
  ties: TieRule,
  comparisons: Comparisons,
  strengths: Float64Array,
): Clustered {
  const models = votes.models
  const inverse = fisherCovariance(comparisons, strengths)
  const whole = { matrix: informationAt(comparisons, strengths), inverse }
  const around = (middle: Float64Array, degrees?: number): Covariance => ({
    models,
    matrix: wrap(inverse.matrix, middle, models),
    ...(degrees !== undefined && { degrees }),
  })
  const { byRater, byItem, byBoth } = layOutVotes(votes, ties)
  const sides = [sideOf('rater', byRater, strengths, whole), sideOf('item', byItem, strengths, whole)].filter(
    (side) => side !== null,
  )
  const independent = independentCovariance(comparisons, strengths)
  const usable = sides.filter(({ made }) => made.clusters > 1)
  const ways = usable.map(({ scatter, degrees }) => around(scatter.middle, degrees))
  let drawn = ways[0] ?? independent
  if (usable.length === 2 && byBoth) {
    const [rater, item] = usable as [Side, Side]
    const sum = rater.scatter.middle.map((value, entry) => value + item.scatter.middle[entry]!)
    const shared = scatterOfRuns(byBoth, strengths).middle
    const degrees = Math.min(rater.degrees ?? Infinity, item.degrees ?? Infinity)
    ways.push(
      around(
        sum.map((value, entry) => value - shared[entry]!),
        Number.isFinite(degrees) ? degrees : undefined,
      ),
    )
    drawn = around(sum)
  }
  if (traceOf(drawn) < traceOf(independent)) drawn = independent
  return {
    ways: [...ways, independent],
    drawn,
    clusters: sides.map(({ made }) => made),
    designEffect: designEffectOf([...ways, independent], independent),
  }
}

interface Side {
  made: ClustersMade
  scatter: RunScatter
  degrees: number | undefined
}

function sideOf(
  of: 'rater' | 'item',
  runs: VoteRuns | null,
  strengths: Float64Array,
  whole: WholeInformation,
): Side | null {
  if (!runs) return null
  const { clusters, effective } = sizeOfRuns(runs)
  const corrected = effective < fewEffective
  const scatter = scatterOfRuns(runs, strengths, corrected ? whole : undefined)
  return {
    made: { of, clusters, effective, corrected, needed: scatter.needed },
    scatter,
    // Below one there is not even a tail to speak of.
    degrees: corrected ? Math.max(1, effective - 1) : undefined,
  }
}

function designEffectOf(ways: Covariance[], independent: Covariance): number {
  const n = independent.models
  let clustered = 0
  let plain = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      clustered += Math.max(...ways.map((way) => differenceVariance(way, i, j)))
      plain += differenceVariance(independent, i, j)
    }
  }
  return clustered / plain
}

function traceOf({ models, matrix }: Covariance): number {
  let trace = 0
  for (let i = 0; i < models; i++) trace += matrix[i * models + i]!
  return trace
}
