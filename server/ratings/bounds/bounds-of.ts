import type { BoardNote } from '../notes.ts'
import { RulesNotMet, type BoardRules } from '../rules.ts'
import { rowsAmong } from '../votes/among.ts'
import { singleVotes, type BoardVotes } from '../votes/board-votes.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import type { Votes } from '../votes/counts.ts'
import { groupCounts, groupVotes, type VoteGroups } from '../votes/vote-groups.ts'
import { bootstrap, summariseBootstrap } from './bootstrap.ts'
import { clusterCovariance } from './cluster.ts'
import { holmRanges, testDifferences } from './holm.ts'
import { clusteredErrors } from './clustered.ts'
import { independentCovariance, smoothedScatter } from './independent.ts'
import { intervalsOf, sandwichCovariance, sandwichErrors, standardErrors, type Covariance } from './intervals.ts'
import { canBeDrawn, type RankRange } from './ranks.ts'
import { ClusterNeeded, smallSampleCovariance, type Correction } from './small-sample.ts'
import { twoWayCovariance } from './two-way.ts'
import { widestReach } from './ways.ts'

/** The 95 % bounds of some ratings, Elo points. */
export interface Bounds {
  standardErrors: Float64Array
  lower: Float64Array
  upper: Float64Array
  /** Of the strengths, where the bounds come from one; what ratings are drawn from. */
  covariance: Covariance | null
  /** Where several accounts are kept, each of them: the widest counts for a rating and for a difference. */
  ways?: Covariance[]
  /** Places by tests of differences, where the bounds bring their own. */
  places?: RankRange
  notes: BoardNote[]
}

/** Models that wins both ways join, by their numbers among all; the rest by position in `core`. */
interface RatedCore {
  core: number[]
  comparisons: Comparisons
  strengths: Float64Array
  ratings: Float64Array
}

/** With fewer raters or items than this, their sandwich is too sure of itself (Cameron and Miller 2015). */
const fewClusters = 30
/** Above this many models the inverse of their information takes minutes and gigabytes. */
const mostWithErrors = 6000
/** Up to here covariances are formed whole; above, errors are computed one by one. */
const mostWithCovariance = 400

/** The bounds of a Bradley–Terry fit, made as the rules ask; null where there are too many models. Throws RulesNotMet. */
export function boundsOf(from: BoardVotes, rules: BoardRules, rated: RatedCore): Bounds | null {
  const { interval, rounds, seed } = rules
  if (rated.core.length > mostWithErrors) return null
  if (interval === 'clustered') return clusteredWhereKnown(from, rules, rated)
  if (interval === 'independent') return independentOf(rated)
  if (interval === 'sandwich') return sandwichOf(rated)
  if (interval === 'cluster-both') return clusteredBothWays(from, rules, rated)
  if (interval !== 'bootstrap') return clusteredBy(interval, from, rules, rated)
  const summary = summariseBootstrap(bootstrap(groupsAmong(from, rules, rated.core), rated.strengths, { seed, rounds }))
  if (summary.unreliable)
    return { ...sandwichOf(rated), notes: [{ about: 'no-bootstrap', nonFinite: summary.nonFinite, rounds }] }
  const { lower, upper, standardDeviations } = summary
  return { lower, upper, standardErrors: standardDeviations, covariance: null, notes: [] }
}

/** Normal bounds around ratings from the covariance of their strengths. */
export function boundsFrom(ratings: Float64Array, covariance: Covariance, notes: BoardNote[] = []): Bounds {
  return { ...intervalsOf(ratings, standardErrors(covariance)), covariance, notes }
}

function sandwichOf({ core, comparisons, strengths, ratings }: RatedCore): Bounds {
  if (core.length <= mostWithCovariance) return boundsFrom(ratings, sandwichCovariance(comparisons, strengths))
  return { ...intervalsOf(ratings, sandwichErrors(comparisons, strengths)), covariance: null, notes: [] }
}

/** As if every vote were of another rater on another item, and no error zero; `widened` multiplies the variance. */
function independentOf({ core, comparisons, strengths, ratings }: RatedCore, widened = 1): Bounds {
  if (core.length > mostWithCovariance) {
    const errors = sandwichErrors(comparisons, strengths, 0, smoothedScatter(comparisons, strengths))
    const wide = errors.map((error) => error * Math.sqrt(widened))
    return { ...intervalsOf(ratings, wide), covariance: null, notes: [] }
  }
  const independent = independentCovariance(comparisons, strengths)
  const covariance = { ...independent, matrix: independent.matrix.map((value) => value * widened) }
  return byWays([covariance], covariance, ratings, strengths)
}

/** Clustered by the raters and the items that the votes name; independent where they name none or are weighed by pair. */
function clusteredWhereKnown(from: BoardVotes, rules: BoardRules, rated: RatedCore): Bounds {
  const votes = canGroup(rules) && from.votes ? singleVotes(from, rules) : null
  if (!votes?.rater && !votes?.item) {
    const { designEffect } = rules
    if (designEffect === undefined) return { ...independentOf(rated), notes: [{ about: 'no-clusters' }] }
    return { ...independentOf(rated, designEffect), notes: [{ about: 'widened', designEffect }] }
  }
  if (rated.core.length > mostWithCovariance)
    return { ...independentOf(rated), notes: [{ about: 'no-clustered-bounds', most: mostWithCovariance }] }
  const { comparisons, strengths, ratings, core } = rated
  const own = rowsAmong(votes, core)
  const { ways, drawn, clusters, designEffect } = clusteredErrors(own, rules.ties, comparisons, strengths)
  const used = comparisons.weight.reduce((sum, weight) => sum + weight, 0)
  return {
    ...byWays(ways, drawn, ratings, strengths),
    notes: [{ about: 'clustered', clusters, designEffect, votes: used }],
  }
}

/** Bounds as wide as the widest account makes them, and places by Holm's tests. */
function byWays(ways: Covariance[], covariance: Covariance, ratings: Float64Array, strengths: Float64Array): Bounds {
  const { ofModel } = widestReach(ways)
  const reaches = Array.from(ratings, (_, i) => ofModel(i))
  return {
    standardErrors: Float64Array.from(reaches, ({ error }) => error),
    lower: ratings.map((rating, i) => rating - reaches[i]!.reach),
    upper: ratings.map((rating, i) => rating + reaches[i]!.reach),
    ways,
    covariance,
    places: holmRanges(strengths, testDifferences(strengths, ways)),
    notes: [],
  }
}

function clusteredBy(
  interval: 'cluster-item' | 'cluster-rater' | `cluster-rater-${Correction}`,
  from: BoardVotes,
  rules: BoardRules,
  { core, comparisons, strengths, ratings }: RatedCore,
): Bounds {
  const of = interval === 'cluster-item' ? 'item' : 'rater'
  const { votes, cluster } = clusteredVotes(of, from, rules, core)
  const groups = groupVotes(votes, rules.ties, cluster)
  const notes = notesOnClusters(of, new Set(groups.cluster).size)
  if (interval === 'cluster-item' || interval === 'cluster-rater')
    return boundsFrom(ratings, clusterCovariance(groups, comparisons, strengths), notes)
  const correction = interval === 'cluster-rater-cr2' ? 'cr2' : 'cr3'
  try {
    return boundsFrom(ratings, smallSampleCovariance(correction, groups, comparisons, strengths), notes)
  } catch (error) {
    throw error instanceof ClusterNeeded ? new RulesNotMet('spare-raters') : error
  }
}

/** Bounds by the two-way covariance; places by Holm's tests, each with the widest of the three errors. */
function clusteredBothWays(from: BoardVotes, rules: BoardRules, rated: RatedCore): Bounds {
  const { core, comparisons, strengths, ratings } = rated
  const { votes, cluster: rater } = clusteredVotes('rater', from, rules, core)
  const { cluster: item } = clusteredVotes('item', from, rules, core)
  const made = twoWayCovariance({ ...votes, rater, item }, rules.ties, comparisons, strengths)
  const { byRater, byItem, both, sum, clusters } = made
  const notes = [...notesOnClusters('rater', clusters.rater), ...notesOnClusters('item', clusters.item)]
  const tested = rules.evidence && core.length <= mostWithCovariance
  const places = tested && { places: holmRanges(strengths, testDifferences(strengths, [byRater, byItem, both])) }
  if (canBeDrawn(both)) return { ...boundsFrom(ratings, both, notes), ...places }
  return { ...boundsFrom(ratings, sum, [...notes, { about: 'no-two-way' }]), ...places }
}

/** The votes among some models with the rater or item of each. Throws RulesNotMet where they are not known. */
function clusteredVotes(
  of: 'rater' | 'item',
  from: BoardVotes,
  rules: BoardRules,
  core: number[],
): { votes: Votes; cluster: Int32Array } {
  if (!canGroup(rules)) throw new RulesNotMet('interval-with-weights')
  const votes = rowsAmong(singleVotes(from, rules), core)
  const cluster = votes[of]
  if (!cluster) throw new RulesNotMet(of === 'rater' ? 'raters' : 'items')
  return { votes, cluster }
}

/** A word where clusters are few. Throws RulesNotMet where there is only one. */
function notesOnClusters(of: 'rater' | 'item', clusters: number): BoardNote[] {
  if (clusters < 2) throw new RulesNotMet(of === 'rater' ? 'two-raters' : 'two-items')
  return clusters < fewClusters ? [{ about: 'few-clusters', of, clusters, needed: fewClusters }] : []
}

const canGroup = ({ weights }: BoardRules) => weights === 'votes' || weights === 'column'

/** The votes among some models as a bootstrap draws them. */
function groupsAmong(from: BoardVotes, rules: BoardRules, core: number[]): VoteGroups {
  if (!canGroup(rules)) throw new RulesNotMet('interval-with-weights')
  if (rules.weights === 'votes') return groupCounts(rowsAmong(from.counts, core), rules.ties)
  return groupVotes(rowsAmong(singleVotes(from, rules), core), rules.ties)
}
