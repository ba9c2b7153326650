import { describe, expect, test } from 'vitest'
import { boundsOf } from '#server/ratings/bounds/bounds-of.ts'
import { clusteredErrors } from '#server/ratings/bounds/clustered.ts'
import { independentCovariance } from '#server/ratings/bounds/independent.ts'
import { differenceVariance, sandwichCovariance, standardErrors } from '#server/ratings/bounds/intervals.ts'
import { smallSampleCovariance } from '#server/ratings/bounds/small-sample.ts'
import { layOutVotes, sizeOfRuns } from '#server/ratings/bounds/vote-runs.ts'
import { widestReach } from '#server/ratings/bounds/ways.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { tQuantile, tTwoSided } from '#server/ratings/chance/student.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { publishedRules } from '#server/ratings/rules.ts'
import { boardVotes } from '#server/ratings/votes/board-votes.ts'
import type { Votes } from '#server/ratings/votes/counts.ts'
import { compareVotes, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import { coverClustered } from '../../../bench/bounds/clustered-studies.ts'
import { coverTied } from '../../../bench/bounds/tied-boards.ts'
import { items, raters, thirtyVotes, weights } from '../thirty-votes.ts'

test.each([
  // scipy.stats.t of SciPy and mpmath agree on these.
  [2.5, 3, 0.0877066470080655, 3.18244630528371],
  [1, 0.7, 0.550386672519971, 36.6114150315887],
  [4, 23.5, 0.000544158009044577, 2.0662248607998],
  [0.3, 150, 0.764592494388359, 1.97590533089662],
])('t of %d with %d degrees of freedom', (t, degrees, p, quantile) => {
  expect(tTwoSided(t, degrees)).toBeCloseTo(p, 12)
  expect(tQuantile(0.95, degrees)).toBeCloseTo(quantile, 9)
  expect(tQuantile(0.95, Infinity)).toBeCloseTo(1.959963984540054, 13)
})

const named = { ...thirtyVotes, rater: raters, item: items }
const comparisons = compareVotes(thirtyVotes)
const fit = fitBradleyTerry(comparisons)

/** Rows in another order, raters and items under other numbers. */
function shuffled(votes: Votes & { rater: Int32Array; item: Int32Array }, seed: number): Votes {
  const random = new Random(seed, 0)
  const order = Array.from(votes.a.keys(), (row) => [random.unit(), row] as const).sort(([x], [y]) => x - y)
  const pick = <Column extends Int32Array | Uint8Array | Float64Array>(column: Column) =>
    column.map((_, t) => column[order[t]![1]]!) as Column
  return {
    models: votes.models,
    a: pick(votes.a),
    b: pick(votes.b),
    verdict: pick(votes.verdict),
    rater: pick(votes.rater).map((rater) => 9 - rater),
    item: pick(votes.item).map((item) => (item * 7) % 23),
    ...(votes.weight && { weight: pick(votes.weight) }),
  }
}

describe('clusters that are streamed', () => {
  test.each([
    // NumPy: dense projections, vote by vote.
    ['plain', thirtyVotes, [58.03288984652059, 76.03648072574126, 51.026469850786974, 55.61719875204337]],
    [
      'weighted',
      { ...thirtyVotes, weight: weights },
      [58.70315068499493, 73.8973163839491, 61.853653924414324, 57.27997699592205],
    ],
  ] as const)('CR3 with t, %s', (_, votes, errors) => {
    const compared = compareVotes(votes)
    const { strengths } = fitBradleyTerry(compared)
    const made = clusteredErrors({ ...votes, rater: raters }, 'half', compared, strengths)
    const [byRater] = made.ways
    standardErrors(byRater!).forEach((error, i) => expect(error).toBeCloseTo(errors[i]!, 7))
    const { effective } = sizeOfRuns(layOutVotes({ ...votes, rater: raters }, 'half').byRater!)
    expect(byRater!.degrees).toBeCloseTo(effective - 1, 12)
    const dense = smallSampleCovariance('cr3', groupVotes(votes, 'half', raters), compared, strengths)
    byRater!.matrix.forEach((value, entry) => expect(value).toBeCloseTo(dense.matrix[entry]!, 10))
  })

  test('no order of votes and no number of a rater or item moves a digit', () => {
    for (const weight of [undefined, weights]) {
      const votes = { ...named, ...(weight && { weight }) }
      const compared = compareVotes(votes)
      const { strengths } = fitBradleyTerry(compared)
      const made = clusteredErrors(votes, 'half', compared, strengths)
      for (let seed = 0; seed < 5; seed++)
        expect(clusteredErrors(shuffled(votes, seed), 'half', compared, strengths)).toEqual(made)
    }
  })

  test('ties that are dropped leave their raters, too', () => {
    const own = Int32Array.from(raters.keys())
    const runs = layOutVotes({ ...thirtyVotes, rater: own, item: items }, 'drop')
    const decisive = thirtyVotes.verdict.filter((code) => code < 2).length
    expect(sizeOfRuns(runs.byRater!)).toEqual({ clusters: decisive, effective: decisive })
    expect(runs.byBoth!.starts).toHaveLength(decisive + 1)
  })

  test('two hundred clusters of even size are enough for the plain sandwich', () => {
    const votes = repeated(named, 200)
    const compared = compareVotes(votes)
    const { strengths } = fitBradleyTerry(compared)
    const { clusters, ways } = clusteredErrors(votes, 'half', compared, strengths)
    expect(clusters.map(({ of, corrected }) => [of, corrected])).toEqual([
      ['rater', false],
      ['item', true],
    ])
    expect(ways[0]!.degrees).toBeUndefined()
    // Two ways has the degrees of freedom of the fewer.
    expect(ways[2]!.degrees).toBe(ways[1]!.degrees)
  })

  test('a rater who alone joins some models is told of, and does not stop the board', () => {
    const lone = {
      ...thirtyVotes,
      rater: raters.map((_, t) => (thirtyVotes.a[t] === 3 || thirtyVotes.b[t] === 3 ? 0 : 1)),
    }
    const { clusters, ways } = clusteredErrors(lone, 'half', comparisons, fit.strengths)
    expect(clusters[0]!.needed).toBeGreaterThan(0)
    expect(widestReach(ways).ofDifference(0, 3).reach).toBeGreaterThan(0)
  })
})

/** The votes once for each of many raters, on the same items. */
function repeated(votes: Votes & { item: Int32Array }, times: number): Votes {
  const rows = votes.a.length
  const many = (column: Int32Array) => Int32Array.from({ length: rows * times }, (_, t) => column[t % rows]!)
  return {
    models: votes.models,
    a: many(votes.a),
    b: many(votes.b),
    verdict: Uint8Array.from(many(Int32Array.from(votes.verdict))),
    item: many(votes.item),
    rater: Int32Array.from({ length: rows * times }, (_, t) => Math.floor(t / rows)),
  }
}

describe('bounds by the published rule', () => {
  const made = (votes: Votes, rules = {}) => {
    const compared = compareVotes(votes)
    const own = fitBradleyTerry(compared)
    const core = Array.from({ length: votes.models }, (_, model) => model)
    return boundsOf(boardVotes(votes), { ...publishedRules, ...rules }, { core, comparisons: compared, ...own })!
  }

  test('each is that of the way that is least sure', () => {
    const { ways, lower, upper } = made(named)
    expect(ways).toHaveLength(4)
    fit.ratings.forEach((rating, i) => {
      const reaches = ways!.map((way) => tQuantile(0.95, way.degrees ?? Infinity) * standardErrors(way)[i]!)
      expect(upper[i]! - rating).toBeCloseTo(Math.max(...reaches), 9)
      expect(rating - lower[i]!).toBeCloseTo(Math.max(...reaches), 9)
    })
  })

  test('they take in what the votes name, and say what that is', () => {
    const about = (votes: Votes) => made(votes).notes.map((note) => ('clusters' in note ? note.clusters : note.about))
    expect(about(thirtyVotes)).toEqual(['no-clusters'])
    expect(about({ ...thirtyVotes, item: items })).toMatchObject([[{ of: 'item', clusters: 4 }]])
    expect(about({ ...thirtyVotes, rater: new Int32Array(30) })).toMatchObject([[{ of: 'rater', clusters: 1 }]])
  })

  test('a crowd that agrees with itself no more than with others costs nothing', () => {
    const votes = repeated({ ...thirtyVotes, item: items }, 1)
    const own = made({ ...votes, rater: Int32Array.from(votes.a.keys()), item: Int32Array.from(votes.a.keys()) })
    const [note] = own.notes
    expect(note).toMatchObject({ about: 'clustered', votes: 30 })
    expect((note as { designEffect: number }).designEffect).toBeLessThan(1.35)
  })
})

describe('no interval has a width of zero', () => {
  const tied = (pairs: [number, number][], models: number): Votes => ({
    models,
    a: Int32Array.from(pairs, ([a]) => a),
    b: Int32Array.from(pairs, ([, b]) => b),
    verdict: new Uint8Array(pairs.length).fill(2),
    rater: Int32Array.from(pairs.keys()),
    item: Int32Array.from(pairs.keys()),
  })

  test.each([
    ['one tie', tied([[0, 1]], 2)],
    [
      'a chain of ties',
      tied(
        [
          [0, 1],
          [1, 2],
        ],
        3,
      ),
    ],
    [
      'ties of three models',
      tied(
        [
          [0, 1],
          [1, 2],
          [0, 2],
          [2, 1],
        ],
        3,
      ),
    ],
  ])('%s', (_, votes) => {
    const compared = compareVotes(votes)
    const { strengths } = fitBradleyTerry(compared)
    const { ways, drawn } = clusteredErrors(votes, 'half', compared, strengths)
    expect(differenceVariance(sandwichCovariance(compared, strengths), 0, 1)).toBeCloseTo(0, 12)
    expect(widestReach(ways).ofDifference(0, 1).reach).toBeGreaterThan(150)
    expect(differenceVariance(drawn, 0, 1)).toBeGreaterThan(0)
  })

  test('with many votes a pair the smoothing is gone', () => {
    const many = repeated({ ...thirtyVotes, item: items }, 400)
    const compared = compareVotes(many)
    const { strengths } = fitBradleyTerry(compared)
    const plain = standardErrors(sandwichCovariance(compared, strengths))
    standardErrors(independentCovariance(compared, strengths)).forEach((error, i) =>
      expect(error / plain[i]!).toBeCloseTo(1, 2),
    )
  })
})

test('intervals hold the truth: raters with tastes of their own, and boards of few votes and many ties', () => {
  const crowd = {
    models: 6,
    raters: 40,
    votesEach: 30,
    items: 80,
    raterEffect: 0.5,
    itemEffect: 0.4,
    ties: 0.25,
    spread: 1,
  }
  const { clustered, independent } = coverClustered(crowd, 60, 1)
  expect(clustered).toBeGreaterThan(0.92)
  expect(clustered).toBeLessThan(0.985)
  expect(independent).toBeLessThan(0.88)
  for (const ties of [0, 0.9]) {
    const { smoothed, zeroSmoothed } = coverTied({ models: 4, votesPerPair: 6, ties, spread: 80 }, 200, 1)
    expect(smoothed).toBeGreaterThan(0.93)
    expect(zeroSmoothed).toBe(0)
  }
})
