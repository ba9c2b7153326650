import { expect, test } from 'vitest'
import { Random } from '#server/ratings/chance/random.ts'
import { compareDoors, type VoteSet } from '../../golden/one-board.ts'

/** A vote by model numbers and verdict code: 0 left, 1 right, 2 tie, 3 both bad. */
type Row = readonly [a: number, b: number, verdict: number]

interface Shape {
  models: number
  votes: number
  /** Share of ties among all votes, a third of them bad. */
  ties: number
  /** Which pairs meet; all unless said. */
  meets?: (a: number, b: number) => boolean
  /** The chance of the model with the lower number. */
  chance?: (a: number, b: number) => number
  more?: Row[]
}

function drawRows(
  { models, votes, ties, meets = () => true, chance = () => 0.6, more = [] }: Shape,
  seed: number,
): Row[] {
  const random = new Random(seed, 0)
  const rows: Row[] = []
  while (rows.length < votes) {
    const [a, b] = [random.below(models), random.below(models)]
    if (a === b || !meets(Math.min(a, b), Math.max(a, b))) continue
    const lowerWins = random.unit() < chance(Math.min(a, b), Math.max(a, b))
    const tie = random.unit() < 1 / 3 ? 3 : 2
    rows.push([a, b, random.unit() < ties ? tie : lowerWins === a < b ? 0 : 1])
  }
  return [...rows, ...more]
}

function setOf(rows: Row[], models: number, seed = 1): VoteSet {
  const random = new Random(seed, 1)
  const ints = (below: number) => Int32Array.from(rows, () => random.below(below))
  const lengths = () => Float64Array.from(rows, () => random.below(400))
  return {
    names: Array.from({ length: models }, (_, k) => `model-${String.fromCharCode(97 + k)}`),
    votes: {
      models,
      a: Int32Array.from(rows, ([a]) => a),
      b: Int32Array.from(rows, ([, b]) => b),
      verdict: Uint8Array.from(rows, ([, , verdict]) => verdict),
      rater: ints(9),
      item: ints(20),
    },
    weight: Float64Array.from(rows, () => 0.1 + random.unit()),
    style: { tokens: { a: lengths(), b: lengths() }, bold: { a: lengths(), b: lengths() } },
  }
}

const halves = (a: number, b: number) => a < 3 === b < 3
const sets: [string, Shape][] = [
  ['decisive votes alone', { models: 5, votes: 160, ties: 0 }],
  ['many ties, good and bad', { models: 6, votes: 300, ties: 0.4 }],
  ['ties alone', { models: 4, votes: 40, ties: 1 }],
  ['groups that never met', { models: 7, votes: 200, ties: 0.2, meets: halves }],
  [
    'one group joined to the other by losses alone',
    {
      models: 6,
      votes: 200,
      ties: 0.1,
      meets: halves,
      more: [
        [0, 4, 0],
        [1, 5, 0],
      ],
    },
  ],
  [
    'one unbeaten and one without a win',
    {
      models: 5,
      votes: 150,
      ties: 0.1,
      meets: (a, b) => a > 0 && b < 4,
      more: [
        [0, 1, 0],
        [2, 0, 1],
        [3, 4, 0],
        [4, 1, 1],
      ],
    },
  ],
  ['wins alone, so that nothing can be rated', { models: 4, votes: 60, ties: 0, chance: () => 1 }],
  ['pairs with a vote or two', { models: 9, votes: 40, ties: 0.2 }],
  ['one pair', { models: 2, votes: 30, ties: 0.3 }],
]

test.each(sets)('a file and a study give the same digits under every rule: %s', (_, shape) => {
  const { boards, differences } = compareDoors(setOf(drawRows(shape, shape.models), shape.models))
  expect(differences).toEqual([])
  expect(boards).toBeGreaterThan(50)
})

test('a set without raters, weights and style answers the rules that need none', () => {
  const { names, votes } = setOf(drawRows({ models: 4, votes: 90, ties: 0.2 }, 3), 4)
  const { models, a, b, verdict } = votes
  expect(compareDoors({ names, votes: { models, a, b, verdict }, style: {} }).differences).toEqual([])
})
