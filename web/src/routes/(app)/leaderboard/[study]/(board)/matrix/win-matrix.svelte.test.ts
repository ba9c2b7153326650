import { expect, test } from 'vitest'
import type { Matrix } from '#server/boards/charts/schema.ts'
import { pairLookup, stepOf, type PairView } from './win-matrix.ts'

const named = (name: string, elo: number | null) => ({ slug: name, name, openness: 'open' as const, elo })
const matrix: Matrix = {
  models: [named('Ann', 1100), named('Ben', 1000), named('Cas', 900)],
  pairs: {
    row: [0, 1],
    column: [1, 2],
    wins: [60, 3],
    losses: [20, 1],
    ties: [15, 0],
    bothBad: [5, 0],
    rowFirst: [51, 2],
    expected: [0.64, null],
    difference: [1.25, null],
  },
}

test('a pair reads the same from both sides', () => {
  const pairAt = pairLookup(matrix)
  const [there, back] = [pairAt(0, 1)!, pairAt(1, 0)!]
  expect(there.rate).toBeCloseTo(0.7, 12)
  expect(back.rate).toBeCloseTo(0.3, 12)
  expect([there.wins, there.losses]).toEqual([back.losses, back.wins])
  expect(there.low).toBeCloseTo(1 - back.high, 12)
  expect(there.decisive! + back.decisive!).toBeCloseTo(1, 12)
  expect(there.expected! + back.expected!).toBeCloseTo(1, 12)
  expect(there.difference).toBe(-back.difference!)
  expect([there.rowFirst, back.rowFirst]).toEqual([51, 49])
})

test('the interval of a rate is that of the mean of its scores', () => {
  const { low, high } = pairLookup(matrix)(0, 1)!
  // Scores 1 (60), ½ (20) and 0 (20) about 0.7: variance 0.16, standard error 0.04.
  expect(high - low).toBeCloseTo(2 * 1.96 * 0.04, 6)
})

test('the diagonal and a pair that never met have nothing to show', () => {
  const pairAt = pairLookup(matrix)
  expect([pairAt(1, 1), pairAt(0, 2), pairAt(2, 0)]).toEqual([null, null, null])
})

test('the scale runs from losing over even to winning, alike on both sides, and few votes have no colour', () => {
  const at = (rate: number, votes = 100) => stepOf({ rate, votes } as PairView, 'rate', 100)
  expect([0.1, 0.4, 0.45, 0.5, 0.55, 0.6, 0.9].map((rate) => at(rate))).toEqual([1, 2, 3, 4, 5, 6, 7])
  for (const rate of [0.37, 0.38, 0.42, 0.43, 0.47, 0.48]) expect(at(rate)! + at(1 - rate)!).toBe(8)
  expect(at(0.9, 19)).toBeNull()
  expect(stepOf({ votes: 0 } as PairView, 'votes', 100)).toBe(0)
  expect(stepOf({ votes: 100 } as PairView, 'votes', 100)).toBe(4)
})
