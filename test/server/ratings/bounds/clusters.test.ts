import { describe, expect, test } from 'vitest'
import { boundsOf } from '#server/ratings/bounds/bounds-of.ts'
import { clusterCovariance } from '#server/ratings/bounds/cluster.ts'
import { holmRanges, testDifferences } from '#server/ratings/bounds/holm.ts'
import { standardErrors, type Covariance } from '#server/ratings/bounds/intervals.ts'
import { canBeDrawn } from '#server/ratings/bounds/ranks.ts'
import { ClusterNeeded, smallSampleCovariance } from '#server/ratings/bounds/small-sample.ts'
import { twoWayCovariance } from '#server/ratings/bounds/two-way.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { publishedRules, type BoardRules } from '#server/ratings/rules.ts'
import { boardVotes } from '#server/ratings/votes/board-votes.ts'
import type { Votes } from '#server/ratings/votes/counts.ts'
import { compareVotes, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import { simulateVotes } from '../simulated-votes.ts'
import { items, raters, thirtyVotes, weights } from '../thirty-votes.ts'

// The expected numbers come from dense projections and roots of matrices in NumPy, vote by vote.
const comparisons = compareVotes(thirtyVotes)
const { strengths, ratings } = fitBradleyTerry(comparisons)
const own = Int32Array.from(raters.keys())

function expectNear(ours: ArrayLike<number>, theirs: number[]) {
  expect(ours).toHaveLength(theirs.length)
  theirs.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 7))
}

function smallSampleErrors(kind: 'cr2' | 'cr3', votes: Votes, cluster: Int32Array): Float64Array {
  const compared = compareVotes(votes)
  const fit = fitBradleyTerry(compared)
  return standardErrors(smallSampleCovariance(kind, groupVotes(votes, 'half', cluster), compared, fit.strengths))
}

describe('errors of few clusters', () => {
  const weighted = { ...thirtyVotes, weight: weights }

  test.each([
    ['cr2', thirtyVotes, [48.096069314002605, 64.7050578155202, 44.90486745069794, 49.01177158296933]],
    ['cr3', thirtyVotes, [58.03288984652059, 76.03648072574126, 51.026469850786974, 55.61719875204337]],
    ['cr2', weighted, [48.287906218823956, 62.234845789068146, 53.51586573069914, 49.11068787695068]],
    ['cr3', weighted, [58.70315068499493, 73.8973163839491, 61.853653924414324, 57.27997699592205]],
  ] as const)('%s', (kind, votes, errors) => expectNear(smallSampleErrors(kind, votes, raters), [...errors]))

  test('how raters are numbered changes no digit', () => {
    const turned = raters.map((rater) => 3 - rater)
    for (const kind of ['cr2', 'cr3'] as const)
      expect(smallSampleErrors(kind, thirtyVotes, turned)).toEqual(smallSampleErrors(kind, thirtyVotes, raters))
  })

  test.each([4, 12, 30, 60])('of %i models, one that a single rater alone has judged is refused', (models) => {
    const votes = simulateVotes(
      Array.from({ length: models }, (_, k) => 900 + (200 * k) / models),
      200 * models,
      models,
    )
    const lone = votes.a.map((a, t) => (a === models - 2 || votes.b[t] === models - 2 ? 0 : 1 + (t % 5)))
    for (const kind of ['cr2', 'cr3'] as const)
      expect(() => smallSampleErrors(kind, votes, lone)).toThrow(ClusterNeeded)
  })
})

describe('two ways', () => {
  const errors = (covariance: Covariance) => standardErrors(covariance)
  const twoWay = (rater: Int32Array, item: Int32Array) =>
    twoWayCovariance({ ...thirtyVotes, rater, item }, 'half', comparisons, strengths)

  test('by rater and by item, less what both count', () => {
    const { byRater, both, sum, clusters } = twoWay(raters, items)
    expectNear(errors(byRater), [40.02486382731513, 54.96778682942414, 39.48923850122471, 43.05214193271125])
    expectNear(errors(sum), [51.30167894851286, 80.39205155766167, 63.73022561260136, 55.36322985866483])
    expect(both.matrix[0]).toBeCloseTo(-0.006653545996799476, 10)
    expect(both.matrix[1]).toBeCloseTo(-0.0086850623935226, 10)
    expectNear(errors(both), [0, 60.79177913713841, 20.54223860239797, 0])
    expect(canBeDrawn(both)).toBe(false)
    expect(clusters).toEqual({ rater: 4, item: 4 })
  })

  test('where every vote has a rater of its own, items alone are left', () => {
    const byItem = standardErrors(clusterCovariance(groupVotes(thirtyVotes, 'half', items), comparisons, strengths))
    const { both } = twoWay(own, items)
    expectNear(errors(both), [...byItem])
    expect(canBeDrawn(both)).toBe(true)
  })
})

describe('places by Holm', () => {
  const even = { models: 3, matrix: Float64Array.of(0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5) }
  const places = (strengths: Float64Array, covariances = [even]) => {
    const { best, worst } = holmRanges(strengths, testDifferences(strengths, covariances))
    return Array.from(best, (place, i) => [place, worst[i]])
  }

  test('each step is tried against a wider bound, and the first that fails ends them', () => {
    expect(places(Float64Array.of(0, 2.3, 4.9))).toEqual([
      [3, 3],
      [2, 2],
      [1, 1],
    ])
    expect(places(Float64Array.of(0, 2.2, 4.4))).toEqual([
      [2, 3],
      [1, 3],
      [1, 2],
    ])
  })

  test('the covariance that is least sure decides, and no error at all proves nothing', () => {
    const wide = { models: 3, matrix: even.matrix.map((value) => 9 * value) }
    const none = { models: 3, matrix: new Float64Array(9) }
    const all = Array.from({ length: 3 }, () => [1, 3])
    expect(places(Float64Array.of(0, 2.3, 4.9), [even, wide])).toEqual(all)
    expect(places(Float64Array.of(0, 2.3, 4.9), [none])).toEqual(all)
    expect(testDifferences(Float64Array.of(0, 1.959963984540054, 9), [even])).toMatchObject([
      { i: 0, j: 2 },
      { i: 1, j: 2 },
      { i: 0, j: 1, p: expect.closeTo(0.05, 12) },
    ])
  })
})

describe('bounds as the rules ask', () => {
  const core = { core: [0, 1, 2, 3], comparisons, strengths, ratings }
  const made = (rules: Partial<BoardRules>, votes: Votes = { ...thirtyVotes, rater: raters, item: items }) =>
    boundsOf(boardVotes(votes), { ...publishedRules, ...rules }, core)!

  test('small-sample errors by rater', () => {
    expect(made({ interval: 'cluster-rater-cr2' }).standardErrors[1]).toBeCloseTo(64.7050578155202, 7)
    const { standardErrors: errors, notes } = made({ interval: 'cluster-rater-cr3' })
    expect(errors[1]).toBeCloseTo(76.03648072574126, 7)
    expect(notes).toEqual([{ about: 'few-clusters', of: 'rater', clusters: 4, needed: 30 }])
    const lone = {
      ...thirtyVotes,
      rater: raters.map((_, t) => (thirtyVotes.a[t] === 3 || thirtyVotes.b[t] === 3 ? 0 : 1)),
    }
    expect(() => made({ interval: 'cluster-rater-cr3' }, lone)).toThrow('without one of the raters')
  })

  test('two ways, and added up where the difference does not hold together', () => {
    const many = made({ interval: 'cluster-both', evidence: true }, { ...thirtyVotes, rater: own, item: items })
    expect(many.standardErrors[1]).toBeCloseTo(58.663654536905256, 7)
    expect(many.notes).toEqual([{ about: 'few-clusters', of: 'item', clusters: 4, needed: 30 }])
    expect([...many.places!.best]).toEqual([1, 1, 1, 1])
    const few = made({ interval: 'cluster-both' })
    expect(few.places).toBeUndefined()
    expect(few.standardErrors[1]).toBeCloseTo(80.39205155766167, 7)
    expect(few.notes.map(({ about }) => about)).toEqual(['few-clusters', 'few-clusters', 'no-two-way'])
  })

  test('what the votes do not hold is said', () => {
    const asked = (votes: Votes) => () => made({ interval: 'cluster-both' }, votes)
    expect(asked({ ...thirtyVotes, item: items })).toThrow('the raters of the votes are not known')
    expect(asked({ ...thirtyVotes, rater: raters })).toThrow('the items of the votes are not known')
    expect(asked({ ...thirtyVotes, rater: raters, item: new Int32Array(30) })).toThrow('all votes are on one item')
    expect(asked({ ...thirtyVotes, rater: new Int32Array(30), item: items })).toThrow('all votes are of one rater')
  })
})
