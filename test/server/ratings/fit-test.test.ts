import { expect, test } from 'vitest'
import { fitBradleyTerry } from '#server/ratings/fits/bradley-terry.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes, type PairCounts } from '#server/ratings/votes/counts.ts'
import { binomialTwoSided, fairCoinTwoSided } from '#server/ratings/chance/distributions.ts'
import { significantCycles, testFit, testOwnFit, worstPairs } from '#server/ratings/evidence/fit-test.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { winMatrix } from '#server/ratings/votes/win-matrix.ts'

/** Wins of a over b as counts: [a, b, wins of a, wins of b, ties]. */
function counted(models: number, pairs: [number, number, number, number, number?][]): PairCounts {
  return {
    models,
    a: Int32Array.from(pairs, ([a]) => a),
    b: Int32Array.from(pairs, ([, b]) => b),
    winsA: Float64Array.from(pairs, ([, , won]) => won),
    winsB: Float64Array.from(pairs, ([, , , lost]) => lost),
    ties: Float64Array.from(pairs, ([, , , , ties]) => ties ?? 0),
    bothBad: new Float64Array(pairs.length),
  }
}

test('the test of decisive votes is Pearson’s sum over the pairs, by a bare computation', () => {
  const votes: [number, number, number, number, number][] = [
    [0, 1, 30, 20, 9],
    [1, 2, 35, 15, 0],
    [0, 2, 25, 25, 40],
    [2, 3, 28, 22, 3],
    [3, 0, 18, 32, 1],
  ]
  // Strengths by plain gradient ascent, then the sum term by term: wins and losses as two cells of each pair.
  const strengths = [0, 0, 0, 0]
  const chance = (a: number, b: number) => 1 / (1 + Math.exp(strengths[b]! - strengths[a]!))
  for (let step = 0; step < 20_000; step++) {
    const slope = [0, 0, 0, 0]
    for (const [a, b, won, lost] of votes) {
      slope[a]! += won - (won + lost) * chance(a, b)
      slope[b]! -= won - (won + lost) * chance(a, b)
    }
    slope.forEach((s, i) => (strengths[i]! += 0.01 * s))
  }
  let chiSquare = 0
  for (const [a, b, won, lost] of votes) {
    const expected = [chance(a, b) * (won + lost), chance(b, a) * (won + lost)] as const
    chiSquare += (won - expected[0]) ** 2 / expected[0] + (lost - expected[1]) ** 2 / expected[1]
  }
  const tested = testOwnFit(compareCounts(counted(4, votes), 'drop'))!
  expect(tested.chiSquare).toBeCloseTo(chiSquare, 9)
  expect(tested.degreesOfFreedom).toBe(2)
  expect(tested.pValue).toBeCloseTo(Math.exp(-chiSquare / 2), 9) // two degrees of freedom: an exponential tail
})

test('votes that leave a rating infinite, or no degree of freedom, are not tested', () => {
  const path = testOwnFit(compareCounts(counted(3, [[0, 1, 3, 1], [1, 2, 2, 2]]), 'drop'))! // prettier-ignore
  expect([path.degreesOfFreedom, path.pValue]).toEqual([0, NaN])
  expect(testOwnFit(compareCounts(counted(2, [[0, 1, 5, 0, 9]]), 'drop'))).toBeNull()
})

test('the tails of a fair coin agree with the sum over all outcomes', () => {
  for (const trials of [0, 1, 2, 7, 50, 201])
    for (let hits = 0; hits <= trials; hits++)
      expect(fairCoinTwoSided(hits, trials)).toBeCloseTo(binomialTwoSided(hits, trials), 6)
  expect(fairCoinTwoSided(150_000, 300_000)).toBe(1)
  expect(fairCoinTwoSided(0, 300_000)).toBe(0)
})

test('boards on which chance alone closes a circle stay under one in twenty', () => {
  const triples = 12
  let found = 0
  let uncontrolled = 0
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed, 3)
    const fight = (a: number, b: number, chance: number): [number, number, number, number] => {
      let won = 0
      for (let vote = 0; vote < 60; vote++) if (random.unit() < chance) won++
      return [a, b, won, 60 - won]
    }
    // The first of three beats the second, that one the third, and the third and the first are equals.
    const pairs = Array.from({ length: triples }, (_, k) => [
      fight(3 * k, 3 * k + 1, 0.85),
      fight(3 * k + 1, 3 * k + 2, 0.85),
      fight(3 * k + 2, 3 * k, 0.5),
    ])
    const circles = (lot: typeof pairs) => significantCycles(winMatrix(counted(3 * triples, lot.flat()))).length
    if (circles(pairs) > 0) found++
    if (pairs.some((three) => circles([three]) > 0)) uncontrolled++
  }
  expect(found).toBeLessThanOrEqual(10)
  expect(uncontrolled).toBeGreaterThan(20)
})

test('circles are listed once, the one with the surest weakest win first', () => {
  const pairs: [number, number, number, number][] = [
    [0, 1, 70, 30],
    [1, 2, 70, 30],
    [2, 0, 72, 28],
    [3, 4, 90, 10],
    [4, 5, 85, 15],
    [5, 3, 80, 20],
  ]
  expect(significantCycles(winMatrix(counted(6, pairs)))).toEqual([
    [3, 4, 5],
    [0, 1, 2],
  ])
})

test('a circle that no scale can hold is found, and its pairs are the worst of the fit', () => {
  const wins = [
    [0, 1, 80],
    [1, 0, 20],
    [1, 2, 80],
    [2, 1, 20],
    [2, 0, 80],
    [0, 2, 20],
    [3, 0, 50],
    [0, 3, 50],
    [3, 1, 50],
    [1, 3, 50],
  ].flatMap(([a, b, votes]) => Array.from({ length: votes! }, () => [a!, b!] as const))
  const counts = countVotes({
    models: 4,
    a: Int32Array.from(wins, ([a]) => a),
    b: Int32Array.from(wins, ([, b]) => b),
    verdict: new Uint8Array(wins.length),
  })
  const comparisons = compareCounts(counts)
  const fit = testFit(comparisons, fitBradleyTerry(comparisons).strengths)
  expect(significantCycles(winMatrix(counts))).toEqual([[0, 1, 2]])
  expect(fit.pValue).toBeLessThan(1e-6)
  expect(
    worstPairs(fit, 3)
      .map((cell) => comparisons.b[cell])
      .every((b) => b! <= 2),
  ).toBe(true)
})
