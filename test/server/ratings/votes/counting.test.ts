import { describe, expect, test } from 'vitest'
import { pickRows, rowsAmong } from '#server/ratings/votes/among.ts'
import { boardVotes, compareFor, singleVotes } from '#server/ratings/votes/board-votes.ts'
import { compareCounts, reweightPairs } from '#server/ratings/votes/comparisons.ts'
import { checkVotes, countVotes, mergeSides, totalVotes, type Votes } from '#server/ratings/votes/counts.ts'
import { indexVotes, numberValues } from '#server/ratings/votes/index-votes.ts'
import { observePosition, observeVotes, styleCovariate } from '#server/ratings/votes/observations.ts'
import { tallyModels } from '#server/ratings/votes/tally.ts'
import { compareGroups, groupCounts, groupVotes } from '#server/ratings/votes/vote-groups.ts'
import {
  averageRows,
  decisiveFractions,
  expectedFractions,
  scoreFractions,
  winMatrix,
} from '#server/ratings/votes/win-matrix.ts'

/** Votes as rows of left, right and verdict code. */
function votesOf(rows: [number, number, number][], models = 3): Votes {
  return {
    models,
    a: Int32Array.from(rows, ([a]) => a),
    b: Int32Array.from(rows, ([, b]) => b),
    verdict: Uint8Array.from(rows, ([, , verdict]) => verdict),
  }
}

/** Columns as plain lists, so that a mismatch can be read. */
const listed = (table: object) =>
  Object.fromEntries(
    Object.entries(table).map(([key, column]) => [key, typeof column === 'number' ? column : [...column]]),
  )

const votes = votesOf([
  ...([
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 2],
    [1, 0, 3],
    [2, 1, 1],
    [0, 1, 1],
    [0, 1, 0],
    [1, 2, 3],
  ] as [number, number, number][]),
])
const counts = countVotes(votes)

describe('counts', () => {
  test('a cell for each ordered pair, sorted, with its verdicts', () => {
    expect(listed(counts)).toEqual({
      models: 3,
      a: [0, 1, 1, 2],
      b: [1, 0, 2, 1],
      winsA: [2, 1, 0, 0],
      winsB: [1, 0, 0, 1],
      ties: [1, 0, 0, 0],
      bothBad: [0, 1, 1, 0],
    })
  })

  test('many models that mostly never met are counted the same way', () => {
    const far = { ...votes, models: 1700 }
    expect(listed(countVotes(far))).toEqual({ ...listed(counts), models: 1700 })
    const spread = votesOf(
      [
        [1699, 0, 3],
        [1699, 0, 3],
        [0, 1699, 1],
        [40_000 % 1700, 7, 0],
      ],
      1700,
    )
    expect(listed(countVotes(spread))).toEqual({
      models: 1700,
      a: [0, 900, 1699],
      b: [1699, 7, 0],
      winsA: [0, 1, 0],
      winsB: [1, 0, 0],
      ties: [0, 0, 0],
      bothBad: [0, 0, 2],
    })
    expect(listed(mergeSides(countVotes(spread)))).toMatchObject({
      a: [0, 7],
      b: [1699, 900],
      winsB: [1, 1],
      bothBad: [2, 0],
    })
  })

  test('both orders of a pair are one pair, and each rule says which ties it lets in', () => {
    const merged = { a: [0, 1], b: [1, 2], winsA: [2, 1], winsB: [2, 0], ties: [1, 0], bothBad: [1, 1] }
    expect(listed(mergeSides(counts))).toEqual({ models: 3, ...merged })
    expect((['half', 'drop-bothbad', 'drop'] as const).map((rule) => totalVotes(counts, rule))).toEqual([8, 6, 5])
    expect(totalVotes(counts)).toBe(8)
  })

  test('what is no vote is refused by its number', () => {
    expect(() => checkVotes({ ...votes, b: votes.b.slice(1) })).toThrow('differ in length')
    expect(() => checkVotes({ ...votes, verdict: votes.verdict.slice(1) })).toThrow('differ in length')
    expect(() => checkVotes({ ...votes, weight: new Float64Array(7).fill(1) })).toThrow('differ in length')
    expect(() => checkVotes(votesOf([[0, 3, 0]]))).toThrow('vote 0 names a model')
    expect(() => checkVotes(votesOf([[3, 0, 0]]))).toThrow('vote 0 names a model')
    expect(() => checkVotes(votesOf([[0, -1, 0]]))).toThrow('vote 0 names a model')
    expect(() => checkVotes(votesOf([[-1, 0, 0]]))).toThrow('vote 0 names a model')
    for (const bad of [0, -1, NaN, Infinity])
      expect(() => checkVotes({ ...votesOf([[0, 1, 0]]), weight: Float64Array.of(bad) })).toThrow('vote 0 has a weight')
    expect(() => checkVotes({ ...votesOf([[0, 2, 3]]), weight: Float64Array.of(0.01) })).not.toThrow()
  })
})

describe('comparisons', () => {
  test('sums over the votes of a pair, with the squares that the sandwich needs', () => {
    const half = {
      a: [0, 1],
      b: [1, 2],
      weight: [6, 2],
      score: [3, 1.5],
      squares0: [6, 2],
      squares1: [3, 1.5],
      squares2: [2.5, 1.25],
    }
    expect(listed(compareCounts(counts))).toEqual({ models: 3, ...half })
    expect(listed(compareCounts(counts, 'drop-bothbad'))).toMatchObject({
      weight: [5, 1],
      score: [2.5, 1],
      squares2: [2.25, 1],
    })
    expect(listed(compareCounts(counts, 'drop'))).toMatchObject({ weight: [4, 1], score: [2, 1] })
    expect(
      listed(
        compareCounts(
          countVotes(
            votesOf([
              [0, 1, 2],
              [1, 2, 0],
            ]),
          ),
          'drop',
        ),
      ),
    ).toMatchObject({ a: [1], b: [2] })
  })

  test('frequent pairs weigh the same from the floor on', () => {
    const own = compareCounts(
      countVotes(votesOf([...Array<[number, number, number]>(80).fill([0, 1, 0]), [1, 0, 0], [1, 2, 0]])),
    )
    expect(listed(reweightPairs(own))).toMatchObject({ weight: [1, 1 / 50], score: [80 / 81, 1 / 50] })
    expect(listed(reweightPairs(own))).toMatchObject({ squares0: [expect.closeTo(81 / 81 ** 2, 12), 1 / 2500] })
  })

  test('under the rules of a board', () => {
    const from = { ...boardVotes(votes), weight: Float64Array.of(4, 1, 1, 1, 1, 1, 1, 1) }
    expect(compareFor(from, { ties: 'half', weights: 'votes' })).toEqual(compareCounts(counts))
    expect(compareFor(from, { ties: 'drop', weights: 'equal-pairs' })).toEqual(
      reweightPairs(compareCounts(counts, 'drop')),
    )
    const weighted = listed(compareFor(from, { ties: 'half', weights: 'column' }))
    expect(weighted).toMatchObject({ weight: [9, 2], score: [3, 1.5], squares0: [21, 2], squares1: [3, 1.5] })
    expect(() => compareFor(boardVotes(votes), { ties: 'half', weights: 'column' })).toThrow('no weights')
    expect(() => compareFor({ counts }, { ties: 'half', weights: 'column' })).toThrow('one by one')
    expect(() => compareFor({ counts }, { ties: 'half', weights: 'equal-categories' })).toThrow('not known by category')
    expect(singleVotes(from, { weights: 'votes' })).not.toHaveProperty('weight')
    expect(boardVotes({ ...votes, weight: from.weight })).toMatchObject({ weight: from.weight, votes })
  })
})

describe('rows among some models', () => {
  test('models are numbered anew, every column is cut alike, and no other row is left', () => {
    const own = rowsAmong({ ...votes, item: Int32Array.from([10, 11, 12, 13, 14, 15, 16, 17]) }, [1, 2])
    expect(listed(own)).toEqual({ models: 2, a: [1, 0], b: [0, 1], verdict: [1, 3], item: [14, 17] })
    expect(listed(rowsAmong(counts, [0, 1]))).toMatchObject({ models: 2, a: [0, 1], b: [1, 0], winsA: [2, 1] })
    expect(rowsAmong(counts, [0, 1, 2])).toBe(counts)
    expect(rowsAmong(counts, [1]).a).toHaveLength(0)
  })

  test('members that do not ascend are refused: pairs would be turned round', () => {
    expect(() => rowsAmong(counts, [2, 1])).toThrow('ascending')
    expect(() => rowsAmong(counts, [0, 1, 1])).toThrow('ascending')
  })

  test('rows that pass keep their models', () => {
    expect(listed(pickRows(votes, (row) => row % 3 === 1))).toEqual({
      models: 3,
      a: [0, 2, 1],
      b: [1, 1, 2],
      verdict: [0, 1, 3],
    })
    expect(pickRows(votes, () => true)).toBe(votes)
  })
})

describe('groups of alike votes', () => {
  const weight = Float64Array.of(2, 1, 1, 1, 1, 1, 1, 1)
  test('sorted by pair, outcome and weight; the score is that of the lower number', () => {
    const plain = {
      a: [0, 0, 0, 1, 1],
      b: [1, 1, 1, 2, 2],
      score: [0, 0.5, 1, 0.5, 1],
      weight: [1, 1, 1, 1, 1],
      count: [2, 2, 2, 1, 1],
    }
    expect(listed(groupVotes(votes))).toEqual({ models: 3, ...plain })
    expect(listed(groupCounts(counts))).toEqual({ models: 3, ...plain })
    const weighted = groupVotes({ ...votes, weight })
    expect(listed(weighted)).toMatchObject({
      score: [0, 0, 0.5, 1, 0.5, 1],
      weight: [1, 2, 1, 1, 1, 1],
      count: [1, 1, 2, 2, 1, 1],
    })
    expect(listed(groupVotes(votes, 'drop'))).toMatchObject({ score: [0, 1, 1], count: [2, 2, 1] })
    expect(listed(groupVotes(votes, 'drop-bothbad'))).toMatchObject({ score: [0, 0.5, 1, 1], count: [2, 1, 2, 1] })
    expect(listed(groupCounts(counts, 'drop'))).toMatchObject({ score: [0, 1, 1], count: [2, 2, 1] })
  })

  test('kept apart by cluster', () => {
    const groups = groupVotes(votes, 'drop', Int32Array.of(1, 0, 0, 0, 0, 1, 1, 0))
    expect(listed(groups)).toMatchObject({
      cluster: [0, 0, 1, 1],
      a: [0, 1, 0, 0],
      score: [1, 1, 0, 1],
      count: [1, 1, 2, 1],
    })
  })

  test('compared in any orientation, each knows its pair', () => {
    const turned = {
      models: 3,
      a: Int32Array.of(2, 0, 1),
      b: Int32Array.of(1, 1, 0),
      score: Float64Array.of(1, 0.5, 0),
      weight: Float64Array.of(2, 1, 1),
      count: Float64Array.of(3, 1, 2),
    }
    const { comparisons, cell } = compareGroups(turned)
    expect([...cell]).toEqual([1, 0, 0])
    expect(listed(comparisons)).toEqual({
      models: 3,
      a: [0, 1],
      b: [1, 2],
      weight: [3, 6],
      score: [2.5, 0],
      squares0: [3, 12],
      squares1: [2.5, 0],
      squares2: [2.25, 0],
    })
  })
})

test('tallies: each opponent counts once in the average, any tie is a half', () => {
  expect(listed(tallyModels(counts))).toEqual({
    votes: [6, 8, 2],
    wins: [2, 3, 0],
    losses: [2, 2, 1],
    ties: [1, 1, 0],
    bothBad: [1, 2, 1],
    averageWinRate: [0.5, (0.5 + 0.75) / 2, 0.25],
  })
  const empty = {
    models: 2,
    a: Int32Array.of(0),
    b: Int32Array.of(1),
    winsA: new Float64Array(1),
    winsB: new Float64Array(1),
    ties: new Float64Array(1),
    bothBad: new Float64Array(1),
  }
  expect(tallyModels(empty).averageWinRate[0]).toBeNaN()
})

test('win matrices: battles, wins, and fractions that leave out who never met', () => {
  const matrix = winMatrix(counts)
  expect([...matrix.battles]).toEqual([0, 6, 0, 6, 0, 2, 0, 2, 0])
  expect([...matrix.wins]).toEqual([0, 2, 0, 2, 0, 1, 0, 0, 0])
  expect([...matrix.bothBad]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0])
  expect([...decisiveFractions(matrix)]).toEqual([NaN, 0.5, NaN, 0.5, NaN, 1, NaN, 0, NaN])
  expect([...scoreFractions(matrix)]).toEqual([NaN, 0.5, NaN, 0.5, NaN, 0.75, NaN, 0.25, NaN])
  expect([...averageRows(scoreFractions(matrix), 3)]).toEqual([...tallyModels(counts).averageWinRate])
  const chances = expectedFractions(Float64Array.of(Math.log(3), 0))
  expect([...chances]).toEqual([NaN, expect.closeTo(0.75, 12), expect.closeTo(0.25, 12), NaN])
})

describe('votes by name', () => {
  const row = (model_a: string, model_b: string, winner: string) => ({ model_a, model_b, winner })
  test('names are sorted by code unit, unsure is counted and left out, both spellings of a bad tie are read', () => {
    const indexed = indexVotes([
      row('b', 'B', 'unsure'),
      row('b', 'a', 'model_b'),
      row('B', 'a', 'tie (bothbad)'),
      row('a', 'b', 'both_bad'),
      row('c', 'a', 'tie'),
    ])
    expect(indexed.names).toEqual(['B', 'a', 'b', 'c'])
    expect(listed(indexed.votes)).toEqual({ models: 4, a: [2, 0, 1, 3], b: [1, 1, 2, 1], verdict: [1, 3, 3, 2] })
    expect([[...indexed.rows], indexed.unsure]).toEqual([[1, 2, 3, 4], 1])
  })

  test.each([
    [row('a', '', 'tie'), 'two models with names'],
    [row('a', 'b\uFFFD', 'tie'), 'not UTF-8'],
    [row('a', 'a', 'unsure'), '"a" stands against itself'],
    [row('a', 'b', 'left'), 'unknown outcome "left"'],
    [row('a', 'b', ''), 'the vote has no winner'],
  ])('%o is refused', (bad, says) => {
    expect(() => indexVotes([row('a', 'b', 'tie'), bad])).toThrow(says)
    expect(() => indexVotes([row('a', 'b', 'tie'), bad])).toThrow(expect.objectContaining({ row: 1 }))
  })

  test('values are numbered in their order', () => {
    expect(numberValues(['y', 'x', 'y', 'Z'])).toEqual({ names: ['Z', 'x', 'y'], numbers: Int32Array.of(2, 1, 2, 0) })
  })
})

describe('covariates', () => {
  test('the left side of counts', () => {
    const { a, b, score, count, covariates, names } = observePosition(counts)
    expect([[...a], [...b], [...score], [...count]]).toEqual([
      [0, 0, 0, 1, 1, 1, 2],
      [1, 1, 1, 0, 0, 2, 1],
      [0, 0.5, 1, 0.5, 1, 0.5, 0],
      [1, 1, 2, 1, 1, 1, 1],
    ])
    expect([[...covariates], names]).toEqual([[1, 1, 1, 1, 1, 1, 1], ['position']])
    expect([...observePosition(counts, 'drop').score]).toEqual([0, 1, 1, 0])
  })

  test('rows of votes come in an order of their own, with weight and columns', () => {
    const weight = Float64Array.of(1, 3, 1, 1, 1, 1, 2, 1)
    const observed = observeVotes(
      { ...votes, weight },
      { x: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), y: new Float64Array(8) },
      'drop-bothbad',
    )
    expect([...observed.a]).toEqual([0, 0, 0, 0, 1, 2])
    expect([...observed.score]).toEqual([1, 1, 0, 0.5, 1, 0])
    expect([...observed.weight]).toEqual([2, 3, 1, 1, 1, 1])
    expect([...observed.covariates]).toEqual([7, 0, 2, 0, 6, 0, 3, 0, 1, 0, 5, 0])
    expect(observeVotes(votes, {}, 'drop').a).toHaveLength(5)
  })

  test('a style is the share of the difference, with mean zero and deviation one', () => {
    const [left, right] = [Float64Array.of(3, 0, 5, 0), Float64Array.of(1, 0, 0, 2)]
    const shares = [0.5, 0, 1, -1]
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - 0.125) ** 2, 0) / 4)
    const expected = (of: number[], mean: number, by: number) =>
      of.map((share) => expect.closeTo((share - mean) / by, 12))
    expect([...styleCovariate(left, right)]).toEqual(expected(shares, 0.125, deviation))
    const earlier = [2 / 5, 0, 5 / 6, -2 / 3]
    const mean = earlier.reduce((sum, share) => sum + share, 0) / 4
    const by = Math.sqrt(earlier.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 4)
    expect([...styleCovariate(left, right, 1)]).toEqual(expected(earlier, mean, by))
    expect([...styleCovariate(left, left)]).toEqual([0, 0, 0, 0])
  })
})
