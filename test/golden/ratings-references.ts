import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { clusterCovariance } from '#server/ratings/bounds/cluster.ts'
import { rowsAmong } from '#server/ratings/votes/among.ts'
import { compareCounts, reweightPairs, type Comparisons } from '#server/ratings/votes/comparisons.ts'
import type { TieRule } from '#server/ratings/votes/counts.ts'
import { covariateCovariance, fitCovariates, type Penalties } from '#server/ratings/fits/covariates.ts'
import { logGamma } from '#server/ratings/chance/distributions.ts'
import { onlineElo } from '#server/ratings/fits/elo.ts'
import { bridges, graphReport } from '#server/ratings/graph.ts'
import {
  differenceError,
  intervalsOf,
  sandwichErrors,
  sandwichVariance,
  scatterAt,
  standardErrors,
} from '#server/ratings/bounds/intervals.ts'
import { rankRanges } from '#server/ratings/bounds/ranks.ts'
import { rateAll } from '#server/ratings/lists/rate-all.ts'
import { pointsPerNatural, winChance } from '#server/ratings/scale.ts'
import { fitTieModel, type TieModel } from '#server/ratings/fits/tie-models.ts'
import { compareVotes, groupCounts, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import {
  averageRows,
  decisiveFractions,
  expectedFractions,
  scoreFractions,
  winMatrix,
} from '#server/ratings/votes/win-matrix.ts'
import { testFit } from '#server/ratings/evidence/fit-test.ts'
import { checkAgreement, checkRepeats, checkDailyLimit, checkDiagnostics } from './ratings-rater-references.ts'
import { checkClusteredBounds } from './ratings-cluster-references.ts'
import { observePosition, observeStyle } from '#server/ratings/votes/observations.ts'
import { informationGains, nextPairChances } from '#server/ratings/evidence/pairing.ts'
import { styles, type GoldenSet } from './ratings-set.ts'
import type { ByName, Comparer } from './ratings-tally.ts'

/** Compares what a set says under a key with ours. */
export type Check = (set: GoldenSet, expected: unknown, compare: Comparer, key: string) => void

const as = <Shape>(value: unknown) => value as Shape

const checkMle: Check = (set, expected, compare) => {
  const part = as<Record<string, ByName> & { neg_log_likelihood?: number }>(expected)
  const fit = set.fit()
  compare.same('converged', fit.converged, true)
  compare.ratings('rating', fit.ratings, part.ratings)
  compare.value('log-likelihood', -fit.logLikelihood, part.neg_log_likelihood)
  if (part.se_fisher) compare.values('Fisher error', standardErrors(set.fisher()), part.se_fisher)
  if (part.se_sandwich ?? part.rank_ub_from_sandwich_95 ?? part.se_of_difference_to_best_sandwich)
    checkSandwich(set, part, compare)
  for (const [key, column] of [
    ['se_cluster_by_rater', set.votes.rater],
    ['se_cluster_by_item', set.votes.item],
  ] as const) {
    if (!part[key]) continue
    const clustered = clusterCovariance(groupVotes(set.votes, 'half', column), set.comparisons, fit.strengths)
    compare.values('cluster error', standardErrors(clustered), part[key])
  }
  compare.only(part, [
    ...['ratings', 'neg_log_likelihood', 'se_fisher', 'se_sandwich', 'rank_ub_from_sandwich_95'],
    ...['se_of_difference_to_best_sandwich', 'se_cluster_by_rater', 'se_cluster_by_item'],
  ])
}

/** Sandwich errors one contrast at a time: no product of matrices, which thousands of models could not bear. */
function checkSandwich(set: GoldenSet, part: Record<string, ByName>, compare: Comparer): void {
  const { ratings, strengths } = set.fit()
  const scatter = scatterAt(set.comparisons, strengths)
  const error = (i: number, j?: number) =>
    i === j ? 0 : pointsPerNatural * Math.sqrt(sandwichVariance(set.comparisons, scatter, set.fisher(), i, j))
  const errors = ratings.map((_, i) => error(i))
  compare.values('sandwich error', errors, part.se_sandwich)
  if (part.se_of_difference_to_best_sandwich) {
    const best = ratings.indexOf(Math.max(...ratings))
    set.names.forEach((name, i) => {
      const theirs = part.se_of_difference_to_best_sandwich![name] ?? null
      // Taken as the root of a difference of variances, an error is known no better than the root of their rounding.
      const tolerance = Math.max(1e-6 * (theirs ?? 0), 1e-7 * (errors[i]! + errors[best]!))
      compare.near(`error of the difference of ${name} to the best`, error(i, best), theirs, tolerance)
    })
  }
  if (!part.rank_ub_from_sandwich_95) return
  const { best } = rankRanges(intervalsOf(ratings, errors))
  set.names.forEach((name, i) => compare.same(`rank of ${name}`, best[i], part.rank_ub_from_sandwich_95![name]))
}

const checkGraph: Check = (set, expected, compare) => {
  const part = as<{ weak_components?: string[][]; strong_components?: string[][] }>(expected)
  const ours = (groups: number[][]) =>
    groups
      .map((group) =>
        group
          .map((i) => set.names[i]!)
          .sort()
          .join(),
      )
      .sort()
  const theirs = (groups?: string[][]) => groups?.map((group) => [...group].sort().join()).sort()
  compare.same('weak components', ours(set.graph.weak), theirs(part.weak_components))
  compare.same('strong components', ours(set.graph.strong), theirs(part.strong_components))
  compare.only(part, ['weak_components', 'strong_components'])
}

function checkTieRule(rule: TieRule): Check {
  return (set, expected, compare) => {
    const part = as<{ ratings: ByName; neg_log_likelihood: number }>(expected)
    const fit = fitBradleyTerry(compareCounts(set.counts, rule))
    compare.ratings('rating', fit.ratings, part.ratings)
    compare.value('log-likelihood', -fit.logLikelihood, part.neg_log_likelihood)
    compare.only(part, ['ratings', 'neg_log_likelihood', 'gauge'])
  }
}

function checkTieModel(model: TieModel, parameter: 'eta' | 'nu'): Check {
  return (set, expected, compare) => {
    const part = as<{ ratings: ByName; eta: number; nu: number; log_likelihood: number }>(expected)
    const fit = fitTieModel(model, set.counts)
    compare.ratings('rating', fit.ratings, part.ratings)
    compare.value(parameter, fit.tieParameter, part[parameter])
    compare.value('log-likelihood', fit.logLikelihood, part.log_likelihood)
    compare.only(part, ['ratings', parameter, 'log_likelihood'])
  }
}

/** A fit with a penalty; λ from the key, or the one of the logistic fit of 2023, 0.5/ln(10)². */
const checkPenalised: Check = (set, expected, compare, key) => {
  const penalty = key === 'bt_ridge_exact' ? 0.5 / Math.LN10 ** 2 : Number(key.replace('bt_map_lambda_', ''))
  const part = as<{ ratings: ByName }>(expected)
  compare.ratings('rating', fitBradleyTerry(set.comparisons, { penalty }).ratings, part.ratings)
  compare.only(part, ['ratings', 'objective', 'note', 'lambda_on_natural_params'])
}

const checkAnchored: Check = (set, expected, compare) => {
  const part = as<{ anchor: string; anchor_rating: number; ratings: ByName }>(expected)
  const { ratings } = set.fit()
  const shift = part.anchor_rating - ratings[set.names.indexOf(part.anchor)]!
  compare.ratings(
    'rating',
    ratings.map((rating) => rating + shift),
    part.ratings,
  )
}

function checkVariant(of: (set: GoldenSet) => Comparisons): Check {
  return (set, expected, compare) => {
    const part = as<{ ratings: ByName; se_sandwich?: ByName; neg_weighted_log_likelihood?: number }>(expected)
    const comparisons = of(set)
    const fit = fitBradleyTerry(comparisons)
    compare.ratings('rating', fit.ratings, part.ratings)
    if (part.se_sandwich) compare.values('error', sandwichErrors(comparisons, fit.strengths), part.se_sandwich)
    compare.value('log-likelihood', -fit.logLikelihood, part.neg_weighted_log_likelihood)
    compare.only(part, ['ratings', 'se_sandwich', 'neg_weighted_log_likelihood', 'weight'])
  }
}

const checkPosition: Check = (set, expected, compare) => {
  const part = as<Record<string, number> & { ratings: ByName }>(expected)
  const observations = observePosition(set.counts)
  const fit = fitCovariates(observations)
  const n = set.names.length
  const { fisher } = covariateCovariance(observations, fit)
  compare.ratings('rating', fit.ratings, part.ratings)
  compare.value('effect', fit.coefficients[0]!, part.position_a_log_odds!)
  compare.value('effect in points', pointsPerNatural * fit.coefficients[0]!, part.position_a_elo!)
  compare.value('error', Math.sqrt(fisher[(n + 1) ** 2 - 1]!), part.position_a_log_odds_se_fisher!)
  compare.only(part, [
    ...['ratings', 'position_a_log_odds', 'position_a_elo', 'position_a_log_odds_se_fisher', 'truth_log_odds'],
  ])
}

function fitStyle(set: GoldenSet, offset: 0 | 1, penalties: Penalties = {}) {
  const { observations } = observeStyle(set.votes, set.style, { offset })
  const fit = fitCovariates(observations, penalties)
  // A style that never differs has no coefficient; peers write zero.
  const coefficients = styles.map((style) => fit.coefficients[observations.names.indexOf(style)] ?? 0)
  return { observations, fit, coefficients }
}

function checkStyle(penalties: Penalties): Check {
  return (set, expected, compare) => {
    const part = as<{ ratings: ByName; coefficients: ByName }>(expected)
    const { fit, coefficients } = fitStyle(set, 1, penalties)
    compare.ratings('rating', fit.ratings, part.ratings)
    compare.values('coefficient', coefficients, part.coefficients, styles)
    compare.only(part, ['ratings', 'coefficients', 'objective'])
  }
}

type ArenaRank = Record<'ratings' | 'rating_lower' | 'rating_upper' | 'variances' | 'coefficients', ByName> & {
  loss: number
}

/** Ratings, variances (Elo points, squared) and 95% bounds of the later arena's package. */
function compareArenaRank(
  part: ArenaRank,
  compare: Comparer,
  ratings: Float64Array,
  errors: Float64Array,
  precision = 1e-6,
) {
  compare.ratings('rating', ratings, part.ratings)
  const { lower, upper } = intervalsOf(ratings, errors)
  Object.keys(part.variances ?? {})
    .sort()
    .forEach((name, i) => {
      const theirs = part.variances[name] ?? NaN
      compare.near(`variance of ${name}`, errors[i]! ** 2, theirs, Math.max(precision * theirs, 1e-12))
    })
  compare.values('lower', lower, part.rating_lower)
  compare.values('upper', upper, part.rating_upper)
}

/** The package adds 1e-5 to its mean information before inverting; the same ridge is given to ours. */
const checkArenaRank: Check = (set, expected, compare, key) => {
  const floor = key.includes('reweighted') ? Number(/min(\d+)/.exec(key)?.[1] ?? 50) : null
  const comparisons = floor === null ? set.comparisons : reweightPairs(set.comparisons, floor)
  const fit = fitBradleyTerry(comparisons)
  const errors = sandwichErrors(comparisons, fit.strengths, floor === null ? 1e-5 * set.votes.a.length : 1e-5)
  // Weights of 1/m were inverted in single precision there: with weights all alike we agree to ten digits, else to six.
  compareArenaRank(as<ArenaRank>(expected), compare, fit.ratings, errors, floor === null ? 1e-6 : 1e-5)
}

const checkContextual: Check = (set, expected, compare) => {
  const part = as<ArenaRank>(expected)
  const { observations, fit, coefficients } = fitStyle(set, 0)
  const size = set.names.length + observations.names.length
  const { sandwich } = covariateCovariance(observations, fit, 1e-5 * set.votes.a.length)
  const errors = fit.ratings.map((_, i) => pointsPerNatural * Math.sqrt(sandwich[i * size + i]!))
  compareArenaRank(part, compare, fit.ratings, errors)
  compare.values('coefficient', coefficients, part.coefficients, styles)
  compare.value('loss', -fit.logLikelihood / set.votes.a.length, part.loss)
}

const checkCore: Check = (set, expected, compare) => {
  const part = as<{
    models: string[]
    ratings_mean_1000?: ByName
    unbounded_above?: string[]
    unbounded_below?: string[]
  }>(expected)
  const core = part.models.map((name) => set.names.indexOf(name)).sort((x, y) => x - y)
  const { lists } = rateAll(set.comparisons, { anchor: core[0]! })
  const list = lists.find(({ models }) => models.includes(core[0]!))!
  compare.same('core', list.core, core)
  // Where several groups are the largest, any may be the core.
  compare.same('size of the core', core.length, set.graph.strong[0]!.length)
  const names = list.core.map((i) => set.names[i]!)
  if (list.fit) compare.ratings('rating', list.fit.ratings, part.ratings_mean_1000, names)
  const placed = (place: string) => list.models.filter((_, k) => list.places[k] === place).map((i) => set.names[i]!)
  compare.same('above', placed('above').sort(), part.unbounded_above?.toSorted())
  compare.same('below', placed('below').sort(), part.unbounded_below?.toSorted())
  compare.only(part, ['models', 'ratings_mean_1000', 'unbounded_above', 'unbounded_below'])
}

const checkGroups: Check = (set, expected, compare, key) => {
  const groups = as<{ models: string[]; ratings_mean_1000?: ByName | null }[]>(expected)
  const known = new Set((key === 'per_component_mle' ? set.graph.weak : set.graph.strong).map((group) => group.join()))
  for (const { models, ratings_mean_1000: ratings } of groups) {
    const members = models.map((name) => set.names.indexOf(name)).sort((x, y) => x - y)
    compare.same(`group of ${models[0]}`, known.has(members.join()), true)
    if (members.length === 1) continue
    const own = rowsAmong(set.comparisons, members)
    if (ratings) {
      const names = members.map((i) => set.names[i]!)
      compare.ratings('rating', fitBradleyTerry(own).ratings, ratings, names)
    } else compare.same(`finite ratings of the group of ${models[0]}`, graphReport(own).connected, false)
  }
}

/** Any order that agrees with the wins passes: a partial order has several. */
const checkChain: Check = (set, expected, compare) => {
  const groups = as<string[][]>(expected).map((group) => group.map((name) => set.names.indexOf(name)))
  const sorted = (list: number[][]) => list.map((group) => [...group].sort((x, y) => x - y).join()).sort()
  compare.same('groups', sorted(set.graph.chain), sorted(groups))
  const place = new Map(groups.flatMap((group, k) => group.map((model) => [model, k])))
  const { a, b, score, weight } = set.comparisons
  a.forEach((first, cell) => {
    const [one, other] = [place.get(first)!, place.get(b[cell]!)!]
    if (one < other) compare.near('wins upwards', weight[cell]! - score[cell]!, 0, 1e-9)
    if (other < one) compare.near('wins upwards', score[cell]!, 0, 1e-9)
  })
}

const checkR: Check = (set, expected, compare) => {
  const part = as<{
    reference: string
    ability: ByName
    se_of_difference_to_reference: ByName
    deviance: number
    logLik_grouped_binomial: number
  }>(expected)
  const { strengths } = set.fit()
  const reference = set.names.indexOf(part.reference.split(' = ')[0]!)
  compare.values(
    'ability',
    strengths.map((strength) => strength - strengths[reference]!),
    part.ability,
  )
  const errors = set.names.map((_, i) => differenceError(set.fisher(), i, reference) / pointsPerNatural)
  compare.values('error', errors, part.se_of_difference_to_reference)
  const { a, b, weight, score } = set.comparisons
  let deviance = 0
  let grouped = 0
  weight.forEach((n, cell) => {
    const won = score[cell]!
    const p = winChance(strengths[a[cell]!]! - strengths[b[cell]!]!)
    const term = (votes: number, expectedVotes: number) => (votes > 0 ? votes * Math.log(votes / expectedVotes) : 0)
    deviance += 2 * (term(won, n * p) + term(n - won, n * (1 - p)))
    grouped += logGamma(n + 1) - logGamma(won + 1) - logGamma(n - won + 1)
    grouped += won * Math.log(p) + (n - won) * Math.log(1 - p)
  })
  compare.value('deviance', deviance, part.deviance)
  compare.value('log-likelihood', grouped, part.logLik_grouped_binomial)
}

const checkClusters: Check = (set, expected, compare) => {
  const part = as<Record<string, { clusters: number; se: ByName }>>(expected)
  for (const [key, column] of [
    ['by_rater', set.votes.rater],
    ['by_item', set.votes.item],
  ] as const) {
    if (!part[key]) continue
    const groups = groupVotes(set.votes, 'half', column)
    compare.same(`clusters ${key}`, new Set(groups.cluster).size, part[key].clusters)
    const covariance = clusterCovariance(groups, set.comparisons, set.fit().strengths)
    compare.values(`error ${key}`, standardErrors(covariance), part[key].se)
  }
  compare.only(part, ['definition', 'by_rater', 'by_item'])
}

const pairKey = (set: GoldenSet, i: number, j: number) => `${set.names[i]}|${set.names[j]}`

const checkSampling: Check = (set, expected, compare) => {
  const part = as<{
    pair_stats: Record<string, { n: number; mean_score_of_first: number; variance_population: number }>
    variance_reduction_probability: ByName
  }>(expected)
  const { a, b, weight, score, squares2 } = set.comparisons
  a.forEach((i, cell) => {
    const stats = part.pair_stats[pairKey(set, i, b[cell]!)]
    if (!stats) return compare.fail(`there is no pair ${pairKey(set, i, b[cell]!)}`)
    const mean = score[cell]! / weight[cell]!
    compare.same('votes', weight[cell], stats.n)
    compare.value('mean', mean, stats.mean_score_of_first)
    compare.value('variance', squares2[cell]! / weight[cell]! - mean * mean, stats.variance_population)
  })
  const chances = nextPairChances(set.comparisons, { pseudo: 0, uniform: 0 })
  comparePairs(set, compare, chances, part.variance_reduction_probability)
}

function comparePairs(
  set: GoldenSet,
  compare: Comparer,
  ours: { a: Int32Array; b: Int32Array; values: Float64Array },
  theirs: ByName | undefined,
) {
  if (!theirs) return
  const named = new Set<string>()
  ours.a.forEach((i, pair) => {
    const key = pairKey(set, i, ours.b[pair]!)
    named.add(key)
    compare.value(key, ours.values[pair]!, theirs[key])
  })
  for (const key of Object.keys(theirs)) if (!named.has(key)) compare.fail(`there is no pair ${key}`)
}

const checkDesign: Check = (set, expected, compare) => {
  const part = as<Record<string, ByName>>(expected)
  const { trace, volume } = informationGains(set.fit().strengths, set.fisher())
  comparePairs(set, compare, trace, part.a_optimal_trace_reduction_per_vote)
  comparePairs(set, compare, volume, part.d_optimal_logdet_gain_per_vote)
}

const checkMatrix: Check = (set, expected, compare) => {
  const part = as<Record<string, Record<string, ByName>> & Record<string, unknown>>(expected)
  const matrix = winMatrix(set.counts)
  const n = set.names.length
  const table = (key: string, ours: Float64Array, blankIsPeers = false) => {
    const theirs = part[key] as Record<string, ByName> | undefined
    if (!theirs) return
    set.names.forEach((row, i) =>
      set.names.forEach((column, j) => {
        const value = theirs[row]?.[column]
        if (i === j || value === undefined || (value === null && blankIsPeers)) return
        if (value === null) compare.same(`${key} ${row}, ${column}`, Number.isNaN(ours[i * n + j]!), true)
        else compare.value(`${key} ${row}, ${column}`, ours[i * n + j]!, value)
      }),
    )
  }
  const decisive = decisiveFractions(matrix)
  table('fastchat_win_fraction_no_ties', decisive, true)
  table('observed_half_ties', scoreFractions(matrix))
  table('battle_count', matrix.battles)
  const fractions = part.fastchat_win_fraction_no_ties as Record<string, ByName> | undefined
  const averages = part.fastchat_average_win_rate_no_ties as unknown as ByName | undefined
  if (fractions && averages) {
    // The peer leaves blanks where a model never stood on one side; its average is over what is left.
    const seen = decisive.map((value, k) =>
      typeof fractions[set.names[Math.floor(k / n)]!]?.[set.names[k % n]!] === 'number' ? value : NaN,
    )
    averageRows(seen, n).forEach((value, i) => {
      const theirs = averages[set.names[i]!]
      if (typeof theirs === 'number') compare.value('average', value, theirs)
    })
  }
  if (part.expected_from_bt_mle) {
    const chances = expectedFractions(set.fit().strengths)
    table('expected_from_bt_mle', chances)
    const average = part.expected_average_win_rate_uniform_opponents as unknown as ByName | undefined
    if (average) compare.values('expected average', averageRows(chances, n), average)
  }
  if (part.pearson_df !== undefined) {
    const test = testFit(set.comparisons, set.fit().strengths)
    compare.value('chi-square', test.chiSquare, part.pearson_chi2_fit_half_ties as unknown as number)
    compare.same('degrees of freedom', test.degreesOfFreedom, part.pearson_df)
  }
  compare.only(part, [
    ...['fastchat_win_fraction_no_ties', 'fastchat_average_win_rate_no_ties', 'fastchat_caveat', 'observed_half_ties'],
    ...['battle_count', 'expected_from_bt_mle', 'expected_average_win_rate_uniform_opponents'],
    ...['pearson_chi2_fit_half_ties', 'pearson_df'],
  ])
}

const checkElo: Check = (set, expected, compare, key) => {
  const { a, b, verdict, models } = set.votes
  const turned = key.endsWith('reversed')
  const first = key === 'online_elo_first_10' ? 10 : a.length
  const votes = {
    models,
    a: (turned ? a.toReversed() : a).slice(0, first),
    b: (turned ? b.toReversed() : b).slice(0, first),
    verdict: (turned ? verdict.toReversed() : verdict).slice(0, first),
  }
  const k = Number(/_K(\d+)/.exec(key)?.[1] ?? 4)
  compare.ratings('rating', onlineElo(votes, k), as<ByName>(expected))
}

const checkBridge: Check = (set, expected, compare) => {
  const part = as<{ between: string[]; votes: number }>(expected)
  const { a, b, weight } = set.comparisons
  const found = bridges(set.comparisons).map((cell) => ({
    between: [set.names[a[cell]!]!, set.names[b[cell]!]!].sort(),
    votes: weight[cell]!,
  }))
  compare.same(
    'bridge',
    found.find(({ between }) => between.join() === [...part.between].sort().join()),
    {
      between: [...part.between].sort(),
      votes: part.votes,
    },
  )
}

const checkBootstrap: Check = (set, expected, compare) => {
  const part = as<
    Record<'q025' | 'q975' | 'sd', ByName> & { q500?: ByName } & { rounds: number; non_finite_rounds?: number }
  >(expected)
  const rounds = set.names.length > 400 ? 100 : 1000
  const drawn = bootstrap(groupCounts(set.counts), set.fit().strengths, { seed: 1, rounds })
  const { lower, median, upper } = summariseBootstrap(drawn)
  // The tolerance rule, both counts of rounds without those that have no finite ratings.
  const spread = Math.sqrt(1 / (rounds - drawn.nonFinite) + 1 / (part.rounds - (part.non_finite_rounds ?? 0)))
  set.names.forEach((name, i) => {
    const sd = part.sd[name] ?? NaN
    compare.near(`lower of ${name}`, lower[i]!, part.q025[name] ?? NaN, 4 * 2.67 * sd * spread)
    compare.near(`upper of ${name}`, upper[i]!, part.q975[name] ?? NaN, 4 * 2.67 * sd * spread)
    compare.near(`median of ${name}`, median[i]!, part.q500?.[name], 4 * 1.2533 * sd * spread)
  })
}

/** The same names; how a peer sorts letters beyond ASCII is its own affair. */
const checkModels: Check = (set, expected, compare) =>
  compare.same('models', set.names, as<string[]>(expected).toSorted())
const checkSize: Check = (set, expected, compare) => compare.same('votes', set.votes.a.length, expected)
const checkOutcomes: Check = (set, expected, compare) => {
  const theirs = as<Record<string, number>>(expected)
  ;['model_a', 'model_b', 'tie', 'tie (bothbad)'].forEach((label, code) => {
    const ours = set.votes.verdict.filter((verdict) => verdict === code).length
    compare.same(label, ours, theirs[label] ?? 0)
  })
}

const fastchatPenalty = 0.5 / Math.LN10 ** 2

/** What must hold, by key; the first pattern that fits decides. */
export const references: [pattern: RegExp, check: Check][] = [
  [/^n_votes$/, checkSize],
  [/^models$/, checkModels],
  [/^outcome_counts$/, checkOutcomes],
  [/^graph$/, checkGraph],
  [/^bt_mle$/, checkMle],
  [/^bt_mle_ties_dropped$/, checkTieRule('drop')],
  [/^bt_mle_bothbad_dropped$/, checkTieRule('drop-bothbad')],
  [/^bt_mle_anchored$/, checkAnchored],
  [/^bt_weighted_mle$/, checkVariant((set) => compareVotes({ ...set.votes, weight: set.column('weight') }))],
  [/^bt_pair_reweighted_min50_exact$/, checkVariant((set) => reweightPairs(set.comparisons, 50))],
  [/^bt_with_position_effect$/, checkPosition],
  [/^bt_map_lambda_[\d.e+-]+$|^bt_ridge_exact$/, checkPenalised],
  [/^rao_kupper$/, checkTieModel('rao-kupper', 'eta')],
  [/^davidson$/, checkTieModel('davidson', 'nu')],
  [/^core_mle$/, checkCore],
  [/^per_component_mle$|^within_scc_mle$/, checkGroups],
  [/^scc_chain_strongest_first$/, checkChain],
  [/^style_exact$/, checkStyle({ strengths: fastchatPenalty, coefficients: 0.5 })],
  [/^style_exact_unregularised$/, checkStyle({})],
  [/^R_BradleyTerry2$/, checkR],
  [/^agreement$/, checkAgreement],
  [/^cluster_sandwich$/, checkClusters],
  [/^clustered_bounds$/, checkClusteredBounds],
  [/^rater_diagnostics$/, checkDiagnostics],
  [/^dedup_/, checkRepeats],
  [/^daily_limit_/, checkDailyLimit],
  [/^active_sampling$/, checkSampling],
  [/^optimal_design$/, checkDesign],
  [/^win_matrix$/, checkMatrix],
  [/^online_elo_(K4|K4_reversed|K32|first_10)$/, checkElo],
  [/^bridge$/, checkBridge],
  [/^bootstrap_exact$/, checkBootstrap],
  [/^arena_rank_bt$|^arena_rank_.*reweighted/, checkArenaRank],
  [/^arena_rank_contextual_reg1e-15_unweighted$/, checkContextual],
]
