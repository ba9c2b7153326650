import { expect, test } from 'vitest'
import { countCareless } from '#server/ratings/evidence/careless-raters.ts'
import { correlationInterval, fitLine, pearson, spearman } from '#server/ratings/evidence/correlation.ts'
import { sureWins, worstPairs } from '#server/ratings/evidence/fit-test.ts'
import { scoreHeldOut } from '#server/ratings/evidence/held-out.ts'
import { runsZ } from '#server/ratings/evidence/raters.ts'
import { countVotes } from '#server/ratings/votes/counts.ts'
import { thirtyVotes } from '../thirty-votes.ts'

test('correlations, their intervals and a line, as SciPy has them', () => {
  const [xs, ys] = [
    [2, 4, 4, 7, 9, 1],
    [1, 3, 2, 8, 7, 2.5],
  ]
  const [r, rho] = [pearson(xs, ys), spearman(xs, ys)]
  expect([r, rho]).toEqual([expect.closeTo(0.8718037498439546, 12), expect.closeTo(0.7247137945655605, 12)])
  const expected = (value: number, low: number, high: number) => ({
    value,
    low: expect.closeTo(low, 9),
    high: expect.closeTo(high, 9),
  })
  expect(correlationInterval(r, 6, 'pearson')).toEqual(expected(r, 0.20597277570171882, 0.9858525189524933))
  expect(correlationInterval(rho, 6, 'spearman')).toEqual(expected(rho, -0.3399284928546991, 0.9752110745712488))
  expect(correlationInterval(0.5, 3, 'pearson')).toEqual({ value: 0.5, low: null, high: null })
  expect(correlationInterval(0.5, 4, 'pearson').low).not.toBeNull()
  expect(correlationInterval(1, 9, 'pearson').high).toBeNull()
  expect(pearson([1, 2], [3, 3])).toBeNaN()
  const line = fitLine(xs, ys)!
  expect([line.slope, line.intercept]).toEqual([
    expect.closeTo(0.8296703296703298, 12),
    expect.closeTo(0.18315018315018206, 12),
  ])
  expect(line.halfBand(3) / 2.029383477615419).toBeCloseTo(1, 2)
  expect([fitLine([1, 2], [1, 2]), fitLine([1, 1, 1], [1, 2, 3])]).toEqual([null, null])
})

test('runs of two choices against their expected number', () => {
  expect(runsZ([0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1])).toBeCloseTo(-0.2916059217599019, 12)
})

test('signs of carelessness, each rater on its own', () => {
  const votes = {
    models: 3,
    a: Int32Array.of(0, 1, 0, 0, 2),
    b: Int32Array.of(1, 0, 1, 2, 0),
    verdict: Uint8Array.of(0, 1, 2, 3, 0),
    rater: Int32Array.of(0, 0, 2, 2, 2),
    item: Int32Array.of(4, 4, 4, 4, 4),
  }
  const seconds = Float64Array.of(1.9, 2, NaN, 0.5, 9)
  const expected = Uint8Array.of(0, 0, 255, 255, 1)
  const none = { hasty: 0, repeats: 0, gold: 0, goldMissed: 0 }
  expect(countCareless(votes, { seconds, expected })).toEqual([
    { rater: 0, votes: 2, hasty: 1, repeats: 1, gold: 2, goldMissed: 1 },
    { rater: 1, votes: 0, ...none },
    { rater: 2, votes: 3, hasty: 1, repeats: 1, gold: 1, goldMissed: 1 },
  ])
  const { item: _item, ...unknown } = votes
  expect(
    countCareless(unknown, { seconds, floor: 10 }).map(({ hasty, repeats, gold }) => [hasty, repeats, gold]),
  ).toEqual([
    [2, 0, 0],
    [0, 0, 0],
    [2, 0, 0],
  ])
  expect(() => countCareless(thirtyVotes)).toThrow('needs the rater')
})

test('wins beyond chance at Holm’s levels: the surest may use the least of them', () => {
  const matrix = (pairs: [number, number, number, number][], n: number) => {
    const wins = new Float64Array(n * n)
    for (const [i, j, won, lost] of pairs) {
      wins[i * n + j] = won
      wins[j * n + i] = lost
    }
    return { models: n, wins, battles: wins, bothBad: wins }
  }
  // Two-sided: 8 of 8 has 1/128, 7 of 7 has 1/64, 6 of 6 has 1/32, above the last level of 1/20 / 1 only when alone.
  const sure = sureWins(
    matrix(
      [
        [1, 0, 8, 0],
        [0, 2, 7, 0],
        [2, 1, 0, 6],
      ],
      3,
    ),
  )
  expect(sure.map((beaten) => [...beaten])).toEqual([
    [[2, expect.closeTo(1 / 64, 12)]],
    [
      [0, expect.closeTo(1 / 128, 12)],
      [2, expect.closeTo(1 / 32, 12)],
    ],
    [],
  ])
  expect(
    sureWins(
      matrix(
        [
          [0, 1, 6, 0],
          [0, 2, 6, 0],
        ],
        3,
      ),
    ).flatMap((beaten) => [...beaten]),
  ).toEqual([])
  expect(sureWins(matrix([[0, 1, 6, 0]], 3))[0]!.has(1)).toBe(true)
  expect(sureWins(matrix([[0, 1, 6, 0]], 3), 0.03)[0]!.has(1)).toBe(false)
})

test('the worst pairs by size, the first where two are alike', () => {
  const residuals = Float64Array.of(1, -3, 3, 0, -2)
  expect(worstPairs({ residuals }, 3)).toEqual([1, 2, 4])
  expect(worstPairs({ residuals: new Float64Array(15) })).toHaveLength(10)
})

test('held-out votes: a fifth, every treatment judged by the same decisive ones', () => {
  const many = countVotes({
    models: 4,
    a: Int32Array.from({ length: 3000 }, (_, t) => thirtyVotes.a[t % 30]!),
    b: Int32Array.from({ length: 3000 }, (_, t) => thirtyVotes.b[t % 30]!),
    verdict: Uint8Array.from({ length: 3000 }, (_, t) => thirtyVotes.verdict[t % 30]!),
  })
  const scores = scoreHeldOut(many, 4)
  const { votes } = scores[0]!
  expect(Math.abs(votes - 0.2 * 2200)).toBeLessThan(70)
  expect(scores.every((score) => score.votes === votes)).toBe(true)
  // The fit to decisive votes alone comes closest to what decisive votes do: their mean is 30 votes' entropy.
  const found = new Map(scores.map(({ treatment, logLikelihood }) => [treatment, logLikelihood!]))
  expect(found.get('drop')).toBeCloseTo(-0.627, 1)
  for (const value of found.values()) expect([value > -0.7, value < -0.55]).toEqual([true, true])
  expect(scoreHeldOut(many, 4)).toEqual(scores)
  expect(scoreHeldOut(many, 5)).not.toEqual(scores)
  const unbeaten = countVotes({
    models: 2,
    a: new Int32Array(9),
    b: new Int32Array(9).fill(1),
    verdict: new Uint8Array(9),
  })
  expect(scoreHeldOut(unbeaten).every(({ logLikelihood }) => logLikelihood === null)).toBe(true)
})

test('held-out votes that are alone of their kind count like the others', () => {
  const pairs = Array.from({ length: 64 }, (_, k) => [k >> 3, k & 7] as const).filter(([a, b]) => a < b)
  const column = (votes: number) => new Float64Array(pairs.length).fill(votes)
  const even = {
    models: 8,
    a: Int32Array.from(pairs, ([a]) => a),
    b: Int32Array.from(pairs, ([, b]) => b),
    ...{ winsA: column(3), winsB: column(3), ties: column(0), bothBad: column(0) },
  }
  // Between equals each is a coin, but for what the votes that are kept lean.
  const [half] = scoreHeldOut(even, 2)
  expect(half!.logLikelihood).toBeLessThan(-0.65)
  expect(half!.logLikelihood).toBeGreaterThan(-0.85)
})
