import { expect, test } from 'vitest'
import { fitBradleyTerry, likelihoodOf, NoFiniteRatings, slopesAt } from '#server/ratings/fits/bradley-terry.ts'
import { rowsAmong } from '#server/ratings/votes/among.ts'
import { compareCounts } from '#server/ratings/votes/comparisons.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { bridges, graphReport, placeAround } from '#server/ratings/graph.ts'
import { rateAll } from '#server/ratings/lists/rate-all.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import { simulateVotes } from './simulated-votes.ts'

/** Votes written as "winner loser" or "one=other" for a tie, models by letter. */
function compare(text: string, models: number) {
  const games = text.split(' ')
  return compareCounts(
    countVotes({
      models,
      a: Int32Array.from(games, (game) => game.charCodeAt(0) - 97),
      b: Int32Array.from(games, (game) => game.charCodeAt(2) - 97),
      verdict: Uint8Array.from(games, (game) => (game[1] === '=' ? 2 : 0)),
    }),
  )
}

test('three wins of four are worth the points that expect three quarters', () => {
  const { ratings, converged } = fitBradleyTerry(compare('a>b a>b a>b b>a', 2))
  expect(converged).toBe(true)
  expect(expectedScore(ratings[0]!, ratings[1]!)).toBeCloseTo(0.75, 12)
  expect(ratings[0]! + ratings[1]!).toBeCloseTo(2000, 9)
})

test('at the ratings every model has scored what they expect of it', () => {
  const comparisons = compareCounts(countVotes(simulateVotes([900, 950, 1000, 1100, 1200], 4000, 1)))
  const { strengths } = fitBradleyTerry(comparisons)
  const slopes = new Float64Array(5)
  slopesAt(comparisons, strengths, slopes, new Float64Array(comparisons.a.length))
  for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-8)
})

test('thousands of models that mostly never met are rated as exactly as a few', () => {
  const ratings = Array.from({ length: 1200 }, (_, i) => 1000 + 300 * Math.sin(i * 7.1))
  const votes = compareCounts(countVotes(simulateVotes(ratings, 30_000, 2)))
  const own = rowsAmong(votes, graphReport(votes).strong[0]!)
  const { strengths, converged } = fitBradleyTerry(own)
  const slopes = new Float64Array(own.models)
  slopesAt(own, strengths, slopes, new Float64Array(own.a.length))
  expect(converged).toBe(true)
  expect(own.models).toBeGreaterThan(1000)
  for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-8)
})

test('a long ring, slow for gradients, is rated exactly', () => {
  const n = 400
  const ring = Array.from({ length: n }, (_, i) => [i, (i + 1) % n] as const)
  const rows = ring.flatMap(([i, j]) => [
    ...Array.from({ length: 3 }, () => [i, j] as const),
    ...Array.from({ length: 1 }, () => [j, i] as const),
  ])
  const comparisons = compareCounts(
    countVotes({
      models: n,
      a: Int32Array.from(rows, ([i]) => i),
      b: Int32Array.from(rows, ([, j]) => j),
      verdict: new Uint8Array(rows.length),
    }),
  )
  const fit = fitBradleyTerry(comparisons)
  expect(fit.converged).toBe(true)
  for (const rating of fit.ratings) expect(Math.abs(rating - 1000)).toBeLessThan(1e-6)
})

test('an undefeated model has no rating: the fit refuses and the report names it', () => {
  const comparisons = compare('a>b b>c c>b a>c b>c', 3)
  expect(() => fitBradleyTerry(comparisons)).toThrow(NoFiniteRatings)
  expect(graphReport(comparisons)).toMatchObject({ undefeated: [0], winless: [], connected: false })
  const [list] = rateAll(comparisons).lists
  expect(list).toMatchObject({ core: [1, 2], places: ['above', 'core', 'core'] })
})

test('groups that never met are rated apart, with a prior for both only', () => {
  const { lists, prior, graph } = rateAll(compare('a>b b>a c>d d>c c>d', 5))
  expect(lists.map(({ core }) => core)).toEqual([
    [0, 1],
    [2, 3],
  ])
  expect(lists[0]!.fit!.ratings[0]).toBeCloseTo(1000, 9)
  expect(graph.unplayed).toEqual([4])
  expect(prior!.fit.converged).toBe(true)
})

test('a model that beat one end and lost to neither is placed by chains of wins', () => {
  const comparisons = compare('a>b b>a c>a b>d c>e', 5)
  expect(placeAround(comparisons, [0, 1])).toEqual(['core', 'core', 'above', 'below', 'mixed'])
})

test('a single pair that joins two groups is a bridge', () => {
  const comparisons = compare('a=b b=c a=c c>d d=e e=f d=f d>c', 6)
  expect(bridges(comparisons).map((cell) => [comparisons.a[cell], comparisons.b[cell]])).toEqual([[2, 3]])
})

test('a prior pulls ratings together and lowers the likelihood', () => {
  const comparisons = compareCounts(countVotes(simulateVotes([900, 1000, 1100], 300, 3)))
  const free = fitBradleyTerry(comparisons)
  const pulled = fitBradleyTerry(comparisons, { penalty: 5 })
  const spread = (ratings: Float64Array) => Math.max(...ratings) - Math.min(...ratings)
  expect(spread(pulled.ratings)).toBeLessThan(spread(free.ratings))
  expect(likelihoodOf(comparisons, pulled.strengths)).toBeLessThan(free.logLikelihood)
})

test('votes that are not votes are refused by their number', () => {
  const votes = (a: number[], b: number[], verdict: number[]) => ({
    models: 2,
    a: Int32Array.from(a),
    b: Int32Array.from(b),
    verdict: Uint8Array.from(verdict),
  })
  expect(() => countVotes(votes([0, 0], [1, 0], [0, 0]))).toThrow('vote 1 puts a model against itself')
  expect(() => countVotes(votes([0, 0], [1, 1], [0, 4]))).toThrow('vote 1 has an unknown verdict')
  expect(() => countVotes(votes([0, 0], [1, 2], [0, 0]))).toThrow('vote 1 names a model')
})
