import { describe, expect, test } from 'vitest'
import type { StoredPairCount } from '#drizzle/schema/snapshots.ts'
import { countColumns } from '#server/snapshots/count-columns.ts'
import { expectedWinRate } from '#server/snapshots/expected-win-rate.ts'
import { fitBoard, fitParameters, flipTop, hashCounts, methodOf } from '#server/snapshots/fit-board.ts'

const ids = (names: string) => [...names].map((id) => ({ id }))

/** Counts written as "ab 3 1 2 0": model A, model B, wins of A, wins of B, ties, both bad. */
function counts(...lines: string[]): StoredPairCount[] {
  return lines.flatMap((line) => {
    const [pair, ...votes] = line.split(' ')
    const verdicts = ['model_a', 'model_b', 'tie', 'both_bad', 'unsure']
    return votes.map((many, k) => ({
      modelA: pair![0]!,
      modelB: pair![1]!,
      verdict: verdicts[k]!,
      votes: Number(many),
    }))
  })
}

test('counts in columns: sorted pairs, verdicts added up, unsure and strangers left out', () => {
  const columns = countColumns(
    ids('ab'),
    counts('ba 1 2 3 4 9', 'ab 5 0 0 0', 'ab 1 0 0 2', 'ax 7 7 7 7', 'xb 1 1 1 1'),
  )
  expect(Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, [column].flat()]))).toEqual({
    models: [2],
    a: [Int32Array.of(0, 1)],
    b: [Int32Array.of(1, 0)],
    winsA: [Float64Array.of(6, 1)],
    winsB: [Float64Array.of(0, 2)],
    ties: [Float64Array.of(0, 3)],
    bothBad: [Float64Array.of(2, 4)],
  })
})

describe('a board', () => {
  const board = fitBoard(ids('abcd'), counts('ab 3 1 0 0', 'bc 5 0 0 0', 'dd 0 0 0 0'))

  test('has numbers for those that wins both ways join, and a word for the others', () => {
    const gap = 400 * Math.log10(3)
    const [a, b, c, d] = board.ratings
    expect(a).toMatchObject({
      modelId: 'a',
      elo: expect.closeTo(1000 + gap / 2, 8),
      standing: 'rated',
      rankBest: 1,
      rankWorst: 2,
    })
    expect(b).toMatchObject({
      elo: expect.closeTo(1000 - gap / 2, 8),
      votes: 9,
      wins: 6,
      losses: 3,
      ties: 0,
      bothBad: 0,
    })
    expect(a!.expectedWinRate).toBeCloseTo(0.75, 12)
    expect(b!.averageWinRate).toBeCloseTo((0.25 + 1) / 2, 12)
    // Four votes at three in four: half the error of the difference, √(4·3/16 · 4/(4-1))/(4·3/16), the last for what the
    // fit took up.
    expect(a!.standardError).toBeCloseTo(((400 / Math.LN10) * (4 / 3)) / 2, 8)
    expect(a!.high! - a!.elo!).toBeCloseTo(1.959963984540054 * a!.standardError!, 9)
    expect(a!.elo! - a!.low!).toBeCloseTo(1.959963984540054 * a!.standardError!, 9)
    const none = {
      elo: null,
      low: null,
      high: null,
      standardError: null,
      expectedWinRate: null,
      rankBest: 1,
      rankWorst: 4,
    }
    expect(c).toMatchObject({ ...none, standing: 'winless', votes: 5, averageWinRate: 0 })
    expect(d).toMatchObject({ ...none, standing: 'no-votes', votes: 0, averageWinRate: null })
    expect(board).toMatchObject({
      tieParameter: null,
      notes: ['The bounds take every vote for independent, and are too narrow where one rater cast many.'],
      interval: 'independent',
      designEffect: null,
      converged: expect.stringMatching(/^converged after \d steps$/) as string,
    })
  })

  test('of groups that never met rates the larger, and says so', () => {
    const two = fitBoard(ids('abcdef'), counts('ab 1 1 0 0', 'cd 1 1 0 0', 'de 1 1 0 0'))
    expect(two.ratings.map(({ standing }) => standing)).toEqual([
      'apart',
      'apart',
      'rated',
      'rated',
      'rated',
      'no-votes',
    ])
    expect(two.ratings[0]).toMatchObject({ elo: null, rankBest: 1, rankWorst: 6, wins: 1 })
    expect(two.notes[0]).toMatch(/^The votes fall into groups that never met.*Only the largest is rated\.$/)
  })

  test('without a vote, and without two that have each won, is none', () => {
    expect(fitBoard(ids('ab'), [])).toMatchObject({ converged: 'nothing to fit', notes: ['No vote yet.'] })
    const won = fitBoard(ids('ab'), counts('ab 4 0 0 0'))
    expect(won.notes).toEqual([
      'No two models have each won against the other, even by a tie, so no finite rating exists yet.',
    ])
    expect(won.ratings.map(({ standing }) => standing)).toEqual(['unbeaten', 'winless'])
    expect(won.converged).toBe('nothing to fit')
  })

  test('under a model of ties names its parameter', () => {
    const tied = fitBoard(ids('ab'), counts('ab 12 5 4 2'), { method: 'davidson', weights: 'votes' })
    expect(tied.tieParameter).toBeCloseTo(6 / Math.sqrt(60), 9)
    expect(tied.ratings[0]!.elo! - tied.ratings[1]!.elo!).toBeCloseTo(400 * Math.log10(12 / 5), 6)
  })

  test('weighs categories alike where asked', () => {
    const own = [
      ...counts('ab 30 10 0 0').map((count) => ({ ...count, category: 'charts' })),
      ...counts('ab 1 3 0 0').map((count) => ({ ...count, category: 'documents' })),
    ]
    const [a, b] = fitBoard(ids('ab'), own, { method: 'bt', weights: 'equal-categories' }).ratings
    expect(a!.elo).toBeCloseTo(b!.elo!, 9)
    expect(fitBoard(ids('ab'), own).ratings[0]!.elo).toBeGreaterThan(1050)
  })
})

test('the hash of a board is that of its models, category, counts and rules, as stored by earlier versions', () => {
  expect(methodOf('sandwich')).toBe('Bradley–Terry, a tie is half a win to each, sandwich intervals')
  expect(JSON.stringify({ ...fitParameters, interval: 'sandwich' })).toBe(
    '{"ties":"half","interval":"sandwich","level":0.95,"mean":1000,"pointsPerTenfoldOdds":400,"minimumVotes":300}',
  )
  expect(hashCounts(['a', 'b'], null, counts('ab 1 2 3 4'), 'sandwich')).toBe(
    'a0d6d5f62d92b10e6800e2d92b8a16f7401f5a03f798cde6479888b052dcf6e7',
  )
  expect(hashCounts(['a', 'b'], 'charts', counts('ab 1 2 3 4'), 'sandwich')).toBe(
    '8e75d7f2d9ab3cfa61f6bf60482454eeacb3fdbb8b0cce499812119fc85667e3',
  )
})

describe('how few votes turn the top round', () => {
  test('two models: as many as make the lead, and one more', () => {
    const own = counts('ab 7 4 0 0')
    const flip = flipTop(fitBoard(ids('ab'), own).ratings, own)
    expect(flip).toEqual({ first: 'a', second: 'b', gap: expect.closeTo(400 * Math.log10(7 / 4), 6), votes: 4 })
  })

  test('unrated models are not looked at, one rated model alone has no second, and 65 are too many', () => {
    const own = counts('ab 7 4 0 0', 'ca 9 0 0 0')
    expect(flipTop(fitBoard(ids('abc'), own).ratings, own)).toMatchObject({ first: 'a', second: 'b', votes: 4 })
    expect(flipTop(fitBoard(ids('ab'), counts('ab 4 0 0 0')).ratings, own)).toBeNull()
    const names = Array.from({ length: 65 }, (_, k) => String.fromCharCode(200 + k)).join('')
    const ring = [...names].map((name, k) => `${name}${names[(k + 1) % 65]} 2 1 0 0`)
    const ratings = (many: number) => fitBoard(ids(names), counts(...ring)).ratings.slice(0, many)
    expect(flipTop(ratings(65), counts(...ring))).toBeNull()
  })
})

test('the expected win rate is the mean over the others, beyond a gap of 400 points too', () => {
  expect(expectedWinRate([1000, 1000], 0)).toBe(0.5)
  expect(expectedWinRate([1400, 1000], 0)).toBeCloseTo(10 / 11, 12)
  expect(expectedWinRate([1900, 1000, 1900], 1)).toBeCloseTo(1 / (1 + 10 ** 2.25), 12)
  expect(expectedWinRate([1200, 1000, 1300], 0)).toBeCloseTo((1 / (1 + 10 ** -0.5) + 1 / (1 + 10 ** 0.25)) / 2, 9)
  expect(expectedWinRate([1000], 0)).toBeNaN()
})
