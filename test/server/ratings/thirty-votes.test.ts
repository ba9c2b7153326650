import { describe, expect, test } from 'vitest'
import { boundsOf } from '#server/ratings/bounds/bounds-of.ts'
import { clusterCovariance } from '#server/ratings/bounds/cluster.ts'
import {
  algebraicConnectivity,
  differenceError,
  fisherCovariance,
  sandwichCovariance,
  sandwichErrors,
  standardErrors,
} from '#server/ratings/bounds/intervals.ts'
import { rateBoard } from '#server/ratings/board.ts'
import { informationGains, nextPairChances } from '#server/ratings/evidence/pairing.ts'
import { diagnoseRaters } from '#server/ratings/evidence/raters.ts'
import { rankOdds } from '#server/ratings/bounds/ranks.ts'
import { testOwnFit } from '#server/ratings/evidence/fit-test.ts'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { covariateCovariance, fitCovariates } from '#server/ratings/fits/covariates.ts'
import { fitTieModel, tieCovariance } from '#server/ratings/fits/tie-models.ts'
import { publishedRules, type BoardRules } from '#server/ratings/rules.ts'
import { pointsPerNatural } from '#server/ratings/scale.ts'
import { boardVotes, compareFor } from '#server/ratings/votes/board-votes.ts'
import { compareCounts, reweightPairs, scaleCells } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type TieRule, type Votes } from '#server/ratings/votes/counts.ts'
import { observePosition, observeStyle } from '#server/ratings/votes/observations.ts'
import { compareVotes, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import { items, raters, thirtyVotes, tokens, weights } from './thirty-votes.ts'

// The expected numbers come from dense Newton steps, pseudo-inverses and finite differences in NumPy, vote by vote.
const counts = countVotes(thirtyVotes)
const comparisons = compareCounts(counts)
const fit = fitBradleyTerry(comparisons)
const weighted = compareVotes({ ...thirtyVotes, weight: weights })

function expectNear(ours: ArrayLike<number>, theirs: number[], digits = 7) {
  expect(ours).toHaveLength(theirs.length)
  theirs.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, digits))
}

const ratings = [1085.3390516368122, 989.0445887016314, 981.9291011591511, 943.6872585024054]
const sandwich = [55.73437706067914, 57.60505345201195, 59.200402844723904, 62.97722834295188]

test('ratings of highest likelihood under each rule for ties', () => {
  expectNear(fit.ratings, ratings)
  expect(fit.logLikelihood).toBeCloseTo(-19.912133747506065, 9)
  const under = (ties: 'drop' | 'drop-bothbad') => fitBradleyTerry(compareCounts(counts, ties)).ratings
  expectNear(under('drop'), [1127.732334887624, 979.5930860023261, 966.2247193461396, 926.4498597639102])
  expectNear(under('drop-bothbad'), [1097.2349743280981, 986.3111178101406, 975.629287663877, 940.8246201978843])
})

test('errors from the information, from the scatter, and by clusters', () => {
  const fisher = fisherCovariance(comparisons, fit.strengths)
  const spread = sandwichCovariance(comparisons, fit.strengths)
  expectNear(standardErrors(fisher), [68.79857970334555, 68.62953197585566, 68.3963369751226, 72.00006947675666])
  expectNear(standardErrors(spread), sandwich)
  expectNear(sandwichErrors(comparisons, fit.strengths), sandwich)
  expect(differenceError(spread, 0, 3)).toBeCloseTo(98.67833431868357, 7)
  expect(algebraicConnectivity(fisher)).toBeCloseTo(4.28816966909692, 8)
  const clustered = (cluster: Int32Array) =>
    standardErrors(clusterCovariance(groupVotes(thirtyVotes, 'half', cluster), comparisons, fit.strengths))
  expectNear(clustered(raters), [40.02486382731513, 54.96778682942414, 39.48923850122471, 43.05214193271125])
  expectNear(clustered(items), [32.09162723423618, 58.663654536905256, 50.02141240735273, 34.808049290200714])
})

test('weighted votes: ratings, and errors that take a weight for no more than one vote', () => {
  const own = fitBradleyTerry(weighted)
  expectNear(own.ratings, [1079.980087508696, 963.8911886769547, 952.5374949767976, 1003.5912288375516])
  const errors = standardErrors(sandwichCovariance(weighted, own.strengths))
  expectNear(errors, [54.916333613741, 58.96349360843841, 57.18946772105479, 69.87589490352694])
  const groups = groupVotes({ ...thirtyVotes, weight: weights }, 'half', raters)
  const clustered = standardErrors(clusterCovariance(groups, weighted, own.strengths))
  expectNear(clustered, [41.938089909094366, 53.08334484963987, 45.85093493249668, 42.64443396865546])
})

test('pairs weighed alike above a floor: ratings, and errors that no factor common to all votes moves', () => {
  const own = reweightPairs(comparisons, 4)
  const { ratings: alike, strengths } = fitBradleyTerry(own)
  expectNear(alike, [1084.1787433859363, 992.3319319458316, 981.9601697374931, 941.5291549307389])
  const errors = [55.95651285962028, 58.498014921507135, 59.21574151645369, 63.13076651326907]
  expectNear(sandwichErrors(own, strengths), errors)
  expectNear(
    sandwichErrors(
      scaleCells(own, () => 7),
      strengths,
    ),
    errors,
  )
})

test('a prior: the posterior mode and its errors', () => {
  const board = rateBoard(boardVotes(thirtyVotes), { ...publishedRules, method: 'map' })
  const lines = board.lists[0]!.lines.toSorted((one, other) => one.model - other.model)
  expectNear(
    lines.map(({ rating }) => rating!),
    [1083.5649222720597, 989.1455209136616, 982.3245044189156, 944.9650523953632],
  )
  const errors = [282.95062125002113, 282.93498192361574, 282.88139925843814, 283.72364972704224]
  expectNear(
    lines.map(({ standardError }) => standardError!),
    errors,
    6,
  )
  expect([board.interval, board.notes]).toEqual(['posterior', [{ about: 'prior', penalty: 0.1 }]])
})

test('the pull of the left side', () => {
  const observations = observePosition(counts)
  const own = fitCovariates(observations)
  const { fisher, sandwich: spread } = covariateCovariance(observations, own)
  expectNear(own.ratings, [1082.2637305490764, 982.4585478785832, 983.611870254384, 951.6658513179563])
  expectNear(own.coefficients, [0.21946291650050298])
  expect(Math.sqrt(fisher[24]!)).toBeCloseTo(0.38731394729528934, 8)
  expect(Math.sqrt(spread[24]!)).toBeCloseTo(0.3294707552768067, 8)
  expect(pointsPerNatural * Math.sqrt(spread[0]!)).toBeCloseTo(55.82203128994787, 7)
})

test('length as a covariate, and the board under it', () => {
  const { observations, constant } = observeStyle(thirtyVotes, { tokens, bold: { a: tokens.a, b: tokens.a } })
  expect([observations.names, constant]).toEqual([['tokens'], ['bold']])
  const own = fitCovariates(observations)
  const { fisher } = covariateCovariance(observations, own)
  const expected = [1086.0375489202377, 983.2325472004051, 1001.2667587021745, 929.4631451771828]
  expectNear(own.ratings, expected)
  expect(Math.sqrt(fisher[24]!)).toBeCloseTo(0.4077527299662215, 8)
  const board = rateBoard(boardVotes(thirtyVotes, { tokens }), { ...publishedRules, style: true })
  const [line] = board.lists[0]!.lines
  expect(line!.rating).toBeCloseTo(expected[0]!, 7)
  expect(line!.standardError).toBeCloseTo(58.94201300122153, 7)
  const [{ name, value, lower, upper }] = board.coefficients as [(typeof board.coefficients)[0]]
  expect(name).toBe('tokens')
  expectNear([value, lower, upper], [0.4162884032989942, -0.3084582959373747, 1.141035102535363])
  expect(board.interval).toBe('sandwich')
})

describe('two covariates and weights', () => {
  const markdown = {
    a: Float64Array.from(thirtyVotes.a, (_, t) => (3 * t) % 5),
    b: Float64Array.from(thirtyVotes.a, (_, t) => (t * t) % 4),
  }
  const observe = (votes: Votes, ties: TieRule = 'half') =>
    observeStyle(votes, { tokens, markdown }, { ties }).observations

  test('ratings, coefficients and both covariances', () => {
    const observations = observe({ ...thirtyVotes, weight: weights })
    const own = fitCovariates(observations)
    const { fisher, sandwich: spread } = covariateCovariance(observations, own)
    expectNear(own.ratings, [1073.8339970982836, 965.412803933222, 970.9907855428901, 989.7624134256042])
    expectNear(own.coefficients, [0.3514891220843028, -0.007191711496557944])
    expect(own.logLikelihood).toBeCloseTo(-21.788012371518416, 8)
    expect([own.converged, own.iterations < 20]).toEqual([true, true])
    const roots = (matrix: Float64Array) => [28, 35].map((entry) => Math.sqrt(matrix[entry]!))
    expectNear(roots(fisher), [0.3726622159477787, 0.4442826539263394])
    expectNear(roots(spread), [0.3935737047759581, 0.37628757439793187])
    expectNear([fisher[29]!, fisher[4]!], [-0.038498500537913524, 0.001452155522734289])
    expectNear([spread[29]!, spread[5]!], [-0.03534766957606256, -0.07428738492170787])
  })

  test('ties may be left out', () => {
    const coefficients = (ties: TieRule) => fitCovariates(observe(thirtyVotes, ties)).coefficients
    expectNear(coefficients('drop-bothbad'), [0.44779257051817006, -0.07406696835887151])
    expectNear(coefficients('drop'), [0.6698253597692562, -0.09305386880121112])
  })

  test('penalties pull both', () => {
    const own = fitCovariates(observe(thirtyVotes), { strengths: 0.3, coefficients: 0.7 })
    expectNear(own.ratings, [1080.76700529778, 984.9246436457986, 998.9535212272167, 935.3548298292047])
    expectNear(own.coefficients, [0.3706285792941242, -0.00952129513009955])
  })

  test('two columns that say the same cannot be told apart', () => {
    const same = observeStyle(thirtyVotes, { tokens, again: tokens }).observations
    expect(() => fitCovariates(same)).toThrow('cannot tell tokens, again from each other')
  })
})

test('a prior may pull towards strengths of its own', () => {
  const towards = Float64Array.of(0.5, -0.2, -0.1, -0.2)
  const own = fitBradleyTerry(comparisons, { penalty: 2, towards })
  expectNear(own.ratings, [1085.4616338729516, 981.8593742532864, 982.118017695786, 950.560974177976])
})

test('places by draws from the sandwich', () => {
  const covariance = sandwichCovariance(comparisons, fit.strengths)
  const { critical, atMost, median, ranges } = rankOdds(fit.strengths, covariance, { draws: 40_000 })
  expect(Math.abs(critical - 2.5676)).toBeLessThan(0.03)
  const first = [0.7409, 0.1073, 0.1023, 0.0495]
  first.forEach((chance, i) => expect(Math.abs(atMost[4 * i]! - chance)).toBeLessThan(0.01))
  const second = [0.9259, 0.4553, 0.4052, 0.2136]
  second.forEach((chance, i) => expect(Math.abs(atMost[4 * i + 1]! - chance)).toBeLessThan(0.01))
  expect([...median]).toEqual([1, 3, 3, 4])
  expect([[...ranges.best], [...ranges.worst]]).toEqual([
    [1, 1, 1, 1],
    [4, 4, 4, 4],
  ])
})

test('what one more vote on a pair would be worth', () => {
  const { trace, volume } = informationGains(fit.strengths, fisherCovariance(comparisons, fit.strengths))
  const pairs = [0, 2, 5]
  expectNear(
    pairs.map((pair) => trace.values[pair]!),
    [0.016974857161484724, 0.019444934638663394, 0.02050946886327818],
  )
  expectNear(
    pairs.map((pair) => volume.values[pair]!),
    [0.08865243641240107, 0.09068881989452154, 0.10044221961596779],
  )
  expect([[...trace.a], [...trace.b]]).toEqual([
    [0, 0, 0, 1, 1, 2],
    [1, 2, 3, 2, 3, 3],
  ])
  const chances = [
    0.13186934427163288, 0.1563910805258414, 0.16438167939238582, 0.1719616702592771, 0.20343455529158566,
    0.1719616702592771,
  ]
  expectNear(nextPairChances(comparisons).values, chances)
})

test('raters beside the ratings', () => {
  const diagnosed = diagnoseRaters({ ...thirtyVotes, rater: raters }, fit.strengths)
  expect(diagnosed.map(({ votes, decisive, left }) => [votes, decisive, left])).toEqual([
    [8, 5, 4],
    [7, 5, 3],
    [8, 5, 2],
    [7, 7, 4],
  ])
  expectNear(
    diagnosed.map(({ meanLogLikelihood }) => meanLogLikelihood),
    [-0.6928627656573398, -0.6179018816302156, -0.6777680192770867, -0.660253470945592],
  )
  expectNear(
    diagnosed.map(({ favouriteAgreement }) => favouriteAgreement),
    [0.8, 0.6, 0.6, 4 / 7],
  )
  expectNear(
    diagnosed.map(({ leftP }) => leftP),
    [0.375, 1, 1, 1],
  )
})

describe('models of ties', () => {
  test.each([
    [
      'davidson',
      0.7702765313130289,
      -31.431699627979743,
      [1118.7341190390046, 984.7515848134332, 974.8477302427184, 921.6665659048438],
      [82.66531056059824, 80.9530156951096, 80.7108159524982, 85.54454772427833],
    ],
    [
      'rao-kupper',
      0.5839731194020991,
      -31.456295725026216,
      [1089.1719341487935, 990.200811620054, 983.8845519187097, 936.7427023124429],
      [61.60568249468911, 62.948480857146805, 63.06392817734224, 67.30552143772978],
    ],
  ] as const)('%s', (model, parameter, logLikelihood, elos, errors) => {
    const own = fitTieModel(model, counts)
    expectNear(own.ratings, [...elos], 4)
    expect(own.tieParameter).toBeCloseTo(parameter, 6)
    expect(own.logLikelihood).toBeCloseTo(logLikelihood, 8)
    expectNear(standardErrors(tieCovariance(model, counts, own)), [...errors], 3)
  })

  test.each([
    [12, 5, 6],
    [3, 9, 2],
  ])('two models with %i wins, %i losses and %i ties are fitted without a rest', (won, lost, tied) => {
    const pair = {
      models: 2,
      a: Int32Array.of(0),
      b: Int32Array.of(1),
      winsA: Float64Array.of(won),
      winsB: Float64Array.of(lost),
      ties: Float64Array.of(tied),
      bothBad: Float64Array.of(0),
    }
    const n = won + lost + tied
    const logit = (votes: number) => Math.log(votes / (n - votes))
    const davidson = fitTieModel('davidson', pair)
    expect(davidson.strengths[0]! - davidson.strengths[1]!).toBeCloseTo(Math.log(won / lost), 9)
    expect(davidson.tieParameter).toBeCloseTo(tied / Math.sqrt(won * lost), 9)
    expect(differenceError(tieCovariance('davidson', pair, davidson), 0, 1)).toBeCloseTo(
      pointsPerNatural * Math.sqrt(1 / won + 1 / lost),
      7,
    )
    const raoKupper = fitTieModel('rao-kupper', pair)
    expect(raoKupper.strengths[0]! - raoKupper.strengths[1]!).toBeCloseTo((logit(won) - logit(lost)) / 2, 9)
    expect(raoKupper.tieParameter).toBeCloseTo(-(logit(won) + logit(lost)) / 2, 9)
  })
})

test('decisive votes beside their own fit', () => {
  const own = testOwnFit(compareCounts(counts, 'drop'))!
  expect(own.chiSquare).toBeCloseTo(0.24554995715188083, 9)
  expect([own.degreesOfFreedom, own.pValue]).toEqual([3, expect.closeTo(0.9699211276882405, 9)])
  const residuals = [
    0.21345263985925209, -0.19360554502257157, -0.05202371071469868, -0.07697349436656956, 0.31815120352720605,
    -0.22946295345474307,
  ]
  expectNear(own.residuals, residuals)
})

describe('bounds of a core as the rules ask', () => {
  const from = { ...boardVotes({ ...thirtyVotes, rater: raters, item: items }), weight: weights }
  const core = { core: [0, 1, 2, 3], comparisons, strengths: fit.strengths, ratings: fit.ratings }
  const made = (rules: Partial<BoardRules>) => boundsOf(from, { ...publishedRules, rounds: 400, ...rules }, core)!

  test('the sandwich reaches 1.96 errors either way', () => {
    const { lower, upper, notes } = made({ interval: 'sandwich' })
    expectNear(
      lower,
      ratings.map((rating, i) => rating - 1.959963984540054 * sandwich[i]!),
    )
    expectNear(
      upper,
      ratings.map((rating, i) => rating + 1.959963984540054 * sandwich[i]!),
    )
    expect(notes).toEqual([])
  })

  test('by rater and by item, with a word where they are few', () => {
    const byRater = made({ interval: 'cluster-rater' })
    expect(byRater.standardErrors[1]).toBeCloseTo(54.96778682942414, 7)
    expect(byRater.notes).toEqual([{ about: 'few-clusters', of: 'rater', clusters: 4, needed: 30 }])
    expect(made({ interval: 'cluster-item' }).standardErrors[1]).toBeCloseTo(58.663654536905256, 7)
    const many = { ...from, votes: { ...from.votes!, rater: Int32Array.from(raters.keys()) } }
    const rules = { ...publishedRules, interval: 'cluster-rater' } as const
    expect(boundsOf(many, rules, core)!.notes).toEqual([])
    const few = { ...from, votes: { ...from.votes!, rater: Int32Array.from(raters.keys(), (t) => Math.min(t, 28)) } }
    expect(boundsOf(few, rules, core)!.notes).toMatchObject([{ clusters: 29 }])
  })

  test('a bootstrap spreads as the sandwich does', () => {
    const { standardErrors: errors, lower, upper, notes } = made({ interval: 'bootstrap' })
    sandwich.forEach((error, i) => {
      expect(errors[i]! / error).toBeGreaterThan(0.8)
      expect(errors[i]! / error).toBeLessThan(1.3)
      expect((upper[i]! - lower[i]!) / errors[i]!).toBeCloseTo(3.92, 0)
    })
    expect(notes).toEqual([])
  })

  test('what the votes do not hold is said', () => {
    const bare = { counts, votes: thirtyVotes }
    const asked =
      (rules: Partial<BoardRules>, votes: Parameters<typeof boundsOf>[0] = bare) =>
      () =>
        boundsOf(votes, { ...publishedRules, ...rules }, core)
    expect(asked({ interval: 'cluster-rater' })).toThrow('the raters of the votes are not known')
    expect(asked({ interval: 'cluster-item' })).toThrow('the items of the votes are not known')
    expect(asked({ interval: 'cluster-item' }, { counts })).toThrow('the votes one by one')
    const one = { ...bare, votes: { ...thirtyVotes, rater: new Int32Array(30), item: new Int32Array(30) } }
    expect(asked({ interval: 'cluster-rater' }, one)).toThrow('all votes are of one rater')
    expect(asked({ interval: 'cluster-item' }, one)).toThrow('all votes are on one item')
    expect(asked({ interval: 'bootstrap', weights: 'equal-pairs' })).toThrow('sandwich intervals only')
    expect(asked({ interval: 'cluster-rater', weights: 'equal-categories' }, one)).toThrow('sandwich intervals only')
  })
})

test('categories weigh the same, and all weigh as much as there are votes', () => {
  const first = {
    ...counts,
    winsA: counts.winsA.map((_, k) => (k === 0 ? 3 : 0)),
    winsB: counts.winsB.map(() => 0),
    ties: counts.ties.map(() => 0),
    bothBad: counts.bothBad.map(() => 0),
  }
  const second = { ...first, winsA: first.winsB, winsB: counts.winsB.map((_, k) => (k === 0 ? 1 : 0)) }
  const alike = compareFor(
    { counts, categories: [first, { ...first, winsA: first.winsB }, second] },
    { ties: 'half', weights: 'equal-categories' },
  )
  expect([...alike.weight]).toEqual([expect.closeTo(4, 12)])
  expect([...alike.score]).toEqual([expect.closeTo(2, 12)])
  expect([...alike.squares0]).toEqual([expect.closeTo(3 * (2 / 3) ** 2 + 4, 12)])
})
