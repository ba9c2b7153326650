import type { BoardNote } from '../notes.ts'
import { RulesNotMet, type BoardRules } from '../rules.ts'
import { rowsAmong } from '../votes/among.ts'
import { singleVotes, type BoardVotes } from '../votes/board-votes.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { groupCounts, groupVotes, type VoteGroups } from '../votes/vote-groups.ts'
import { bootstrap, summariseBootstrap } from './bootstrap.ts'
import { clusterCovariance } from './cluster.ts'
import { intervalsOf, sandwichCovariance, sandwichErrors, standardErrors, type Covariance } from './intervals.ts'

/** The 95 % bounds of some ratings, Elo points. */
export interface Bounds {
  standardErrors: Float64Array
  lower: Float64Array
  upper: Float64Array
  /** Of the strengths, where the bounds come from one. */
  covariance: Covariance | null
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
  if (interval === 'sandwich') return sandwichOf(rated)
  if (interval !== 'bootstrap') return clusteredBy(interval === 'cluster-rater' ? 'rater' : 'item', from, rules, rated)
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

function clusteredBy(
  of: 'rater' | 'item',
  from: BoardVotes,
  rules: BoardRules,
  { core, comparisons, strengths, ratings }: RatedCore,
): Bounds {
  if (!canGroup(rules)) throw new RulesNotMet('interval-with-weights')
  const own = rowsAmong(singleVotes(from, rules), core)
  const cluster = own[of]
  if (!cluster) throw new RulesNotMet(of === 'rater' ? 'raters' : 'items')
  const groups = groupVotes(own, rules.ties, cluster)
  const clusters = new Set(groups.cluster).size
  if (clusters < 2) throw new RulesNotMet(of === 'rater' ? 'two-raters' : 'two-items')
  const few = { about: 'few-clusters', of, clusters, needed: fewClusters } as const
  const covariance = clusterCovariance(groups, comparisons, strengths)
  return boundsFrom(ratings, covariance, clusters < fewClusters ? [few] : [])
}

const canGroup = ({ weights }: BoardRules) => weights === 'votes' || weights === 'column'

/** The votes among some models as a bootstrap draws them. */
function groupsAmong(from: BoardVotes, rules: BoardRules, core: number[]): VoteGroups {
  if (!canGroup(rules)) throw new RulesNotMet('interval-with-weights')
  if (rules.weights === 'votes') return groupCounts(rowsAmong(from.counts, core), rules.ties)
  return groupVotes(rowsAmong(singleVotes(from, rules), core), rules.ties)
}
