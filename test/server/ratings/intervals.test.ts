import { expect, test } from 'vitest'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { bootstrap, summariseBootstrap } from '#server/ratings/bounds/bootstrap.ts'
import { clusterCovariance } from '#server/ratings/bounds/cluster.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { covariateCovariance, fitCovariates } from '#server/ratings/fits/covariates.ts'
import { observePosition, observeStyle, observeVotes } from '#server/ratings/votes/observations.ts'
import { chiSquareTail, normalQuantile, quantile } from '#server/ratings/chance/distributions.ts'
import {
  algebraicConnectivity,
  differenceError,
  fisherCovariance,
  sandwichCovariance,
  sandwichErrors,
  sandwichVariance,
  scatterAt,
  standardErrors,
} from '#server/ratings/bounds/intervals.ts'
import { informationGains, nextPairChances } from '#server/ratings/evidence/pairing.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { rankOdds, rankRanges } from '#server/ratings/bounds/ranks.ts'
import { widestDifference } from '#server/ratings/bounds/ways.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { fitTieModel, tieCovariance } from '#server/ratings/fits/tie-models.ts'
import { groupCounts, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import { votesToFlip } from '#server/ratings/evidence/votes-to-flip.ts'
import { drawVerdict, simulateVotes } from './simulated-votes.ts'

const truth = [880, 940, 1000, 1060, 1120]
const votes = simulateVotes(truth, 3000, 11)
const counts = countVotes(votes)
const comparisons = compareCounts(counts)
const fit = fitBradleyTerry(comparisons)
const sandwich = sandwichCovariance(comparisons, fit.strengths)

test('quantiles of the normal and chi-square laws are those of the tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
  expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 10)
  expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12)
  expect(chiSquareTail(21.16076754, 10)).toBeCloseTo(0.02, 8)
  expect(quantile(Float64Array.of(1, 2, 3, 4), 0.5)).toBe(2.5)
})

test('one contrast at a time gives the variances of the whole matrix', () => {
  const scatter = scatterAt(comparisons, fit.strengths)
  const fisher = fisherCovariance(comparisons, fit.strengths)
  const error = pointsPerNatural * Math.sqrt(sandwichVariance(comparisons, scatter, fisher, 0, 3))
  expect(error).toBeCloseTo(differenceError(sandwich, 0, 3), 9)
  const errors = sandwichErrors(comparisons, fit.strengths)
  standardErrors(sandwich).forEach((one, i) => expect(errors[i]).toBeCloseTo(one, 9))
})

test('connectivity is the second eigenvalue of the information, and a thin bridge brings it down', () => {
  const even = (games: [number, number, number][], models: number) => {
    const rows = games.flatMap(([a, b, votes]) => Array.from({ length: votes }, () => [a, b] as const))
    const tied = compareCounts(
      countVotes({
        models,
        a: Int32Array.from(rows, ([a]) => a),
        b: Int32Array.from(rows, ([, b]) => b),
        verdict: new Uint8Array(rows.length).fill(2),
      }),
    )
    return algebraicConnectivity(fisherCovariance(tied, fitBradleyTerry(tied).strengths))
  }
  // Between equals a vote carries a quarter; all pairs alike, the eigenvalue is the number of models times that.
  expect(even([[0, 1, 4]], 2)).toBeCloseTo(2, 9)
  expect(
    even(
      [
        [0, 1, 4],
        [1, 2, 4],
        [0, 2, 4],
      ],
      3,
    ),
  ).toBeCloseTo(3, 9)
  expect(
    even(
      [
        [0, 1, 40],
        [1, 2, 1],
        [2, 3, 40],
      ],
      4,
    ),
  ).toBeLessThan(0.3)
})

test('both schemes of the bootstrap and the sandwich agree on the errors', () => {
  const errors = standardErrors(sandwich)
  for (const scheme of ['multinomial', 'poisson'] as const) {
    const rounds = bootstrap(groupCounts(counts), fit.strengths, { seed: 1, rounds: 4000, scheme })
    const { standardDeviations } = summariseBootstrap(rounds)
    errors.forEach((error, i) => expect(standardDeviations[i]! / error).toBeCloseTo(1, 1))
  }
})

test('rounds that leave a model unbeaten are counted and left out', () => {
  const thin = countVotes({
    models: 2,
    a: new Int32Array(6),
    b: new Int32Array(6).fill(1),
    verdict: Uint8Array.of(0, 0, 0, 0, 0, 1),
  })
  const { strengths } = fitBradleyTerry(compareCounts(thin))
  const drawn = bootstrap(groupCounts(thin), strengths, { seed: 2, rounds: 2000 })
  // Six exact draws miss the one loss with chance (5/6)^6, and all five wins with next to none.
  expect(drawn.nonFinite / 2000).toBeCloseTo((5 / 6) ** 6, 1)
  expect(summariseBootstrap(drawn).unreliable).toBe(true)
  expect(drawn.ratings.every(Number.isFinite)).toBe(true)
})

test('clusters of one vote are the plain sandwich; copied votes widen it', () => {
  const own = Int32Array.from(votes.a.keys())
  const plain = standardErrors(clusterCovariance(groupVotes(votes, 'half', own), comparisons, fit.strengths))
  plain.forEach((error, i) => expect(error).toBeCloseTo(standardErrors(sandwich)[i]!, 8))
  const pairs = own.map((t) => Math.floor(t / 30))
  const likeMinded = groupVotes(
    { ...votes, verdict: votes.verdict.map((_, t) => votes.verdict[t - (t % 30)]!) },
    'half',
    pairs,
  )
  const clustered = standardErrors(clusterCovariance(likeMinded, comparisons, fit.strengths))
  expect(clustered[0]).toBeGreaterThan(plain[0]!)
})

test('models whose intervals overlap share a rank', () => {
  const ranges = rankRanges({ lower: Float64Array.of(1, 4, 10), upper: Float64Array.of(5, 8, 12) })
  expect([...ranges.best]).toEqual([2, 2, 1])
  expect([...ranges.worst]).toEqual([3, 3, 1])
})

test('statements about all pairs at once ask for more than two standard errors, and places add up', () => {
  const odds = rankOdds(fit.strengths, sandwich, { seed: 1 })
  expect(odds.critical).toBeGreaterThan(2.4)
  expect(odds.critical).toBeLessThan(3.2)
  for (let i = 0; i < truth.length; i++) expect(odds.atMost[i * 5 + 4]).toBeCloseTo(1, 9)
  expect(odds.median[4]).toBe(1)
  expect(rankOdds(fit.strengths, sandwich, { seed: 1 })).toEqual(odds)
})

test('ties alone scatter nothing: places are as even as they can be, and nobody is significantly above', () => {
  const tied = compareCounts(
    countVotes({ models: 3, a: Int32Array.of(0, 1, 2), b: Int32Array.of(1, 2, 0), verdict: Uint8Array.of(2, 2, 3) }),
  )
  const { strengths } = fitBradleyTerry(tied)
  const { ranges, atMost, median } = rankOdds(strengths, sandwichCovariance(tied, strengths))
  // First place is shared by all alike: never by number.
  for (const model of [0, 1, 2]) expect(atMost[model * 3]).toBeCloseTo(1 / 3, 9)
  expect([...median]).toEqual([2, 2, 2])
  expect([...ranges.best]).toEqual([1, 1, 1])
  expect([...ranges.worst]).toEqual([3, 3, 3])
})

test('the least certain difference is between the models that met least', () => {
  const { a, b, error } = widestDifference([sandwich])
  expect(error).toBe(differenceError(sandwich, a, b))
  expect(error).toBeGreaterThanOrEqual(differenceError(sandwich, 0, 4))
})

test('a pull to the left is found and taken out of the ratings', () => {
  const random = new Random(5, 0)
  const pulled = simulateVotes(truth, 8000, 13)
  pulled.verdict.forEach((_, t) => {
    const gap = truth[pulled.a[t]!]! - truth[pulled.b[t]!]! + 0.3 * pointsPerNatural
    pulled.verdict[t] = drawVerdict(random, gap, 0.8)
  })
  const observations = observePosition(countVotes(pulled))
  const { coefficients } = fitCovariates(observations)
  expect(coefficients[0]).toBeCloseTo(0.3, 1)
  const byVote = fitCovariates(observeVotes(pulled, { position: new Float64Array(8000).fill(1) }))
  expect(byVote.coefficients[0]).toBeCloseTo(coefficients[0]!, 9)
  const { fisher } = covariateCovariance(observations, fitCovariates(observations))
  expect(Math.sqrt(fisher[35]!)).toBeGreaterThan(0.01)
})

test('a covariate that says nothing new is refused', () => {
  const twice = new Float64Array(votes.a.length).fill(1)
  expect(() => fitCovariates(observeVotes(votes, { one: twice, same: twice }))).toThrow(
    'cannot tell one, same from each other',
  )
})

test('two styles that always go together are refused by name, one that never differs is left out', () => {
  const random = new Random(6, 0)
  const side = () => Float64Array.from(votes.a, () => 1 + random.below(50))
  const [a, b] = [side(), side()]
  const twins = observeStyle(votes, { lists: { a, b }, bold: { a, b } })
  expect(() => fitCovariates(twins.observations)).toThrow('cannot tell lists, bold from each other')
  const level = observeStyle(votes, { lists: { a, b }, headers: { a, b: a } })
  expect(level.constant).toEqual(['headers'])
  expect(fitCovariates(level.observations).coefficients).toHaveLength(1)
})

test('errors under a tie model follow its wider scale', () => {
  const davidson = fitTieModel('davidson', counts)
  const errors = standardErrors(tieCovariance('davidson', counts, davidson))
  const stretch = (davidson.ratings[4]! - davidson.ratings[0]!) / (fit.ratings[4]! - fit.ratings[0]!)
  expect(stretch).toBeGreaterThan(1.1)
  expect(errors[0]! / standardErrors(sandwich)[0]!).toBeCloseTo(stretch, 0)
})

test('the votes that flip the first two places are confirmed by a fit, and one fewer does not do', () => {
  const close = simulateVotes([1000, 1000, 900, 950], 1200, 14)
  const groups = groupVotes(close)
  const { ratings } = fitBradleyTerry(compareCounts(countVotes(close)))
  const [first, second] = [...ratings.keys()].sort((i, j) => ratings[j]! - ratings[i]!)
  const flip = votesToFlip(groups, first!, second!)!
  expect(flip.gapAfter).toBeLessThan(0)
  expect(flip.removed.reduce((sum, votes) => sum + votes, 0)).toBe(flip.votes)
  expect(flip.votes).toBeGreaterThan(0)
  expect(flip.votes).toBeLessThan(60)
})

test('chances of the next pair add up to one and none is zero, and all gains of information are positive', () => {
  const { values } = nextPairChances(comparisons)
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
  expect(Math.min(...values)).toBeGreaterThan(0.009)
  const { trace, volume } = informationGains(fit.strengths, fisherCovariance(comparisons, fit.strengths))
  expect(Math.min(...trace.values, ...volume.values)).toBeGreaterThan(0)
})
