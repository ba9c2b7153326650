import type { Matrix } from '#server/boards/charts/schema.ts'

/** A pair seen from its row: counts of votes, shares in [0, 1]. */
export interface PairView {
  votes: number
  wins: number
  losses: number
  ties: number
  bothBad: number
  /** Votes in which the row's answer was shown as A. */
  rowFirst: number
  /** With ties as half a win. */
  rate: number
  /** The 95 % interval of `rate`, by the spread of the scores 1, ½ and 0 themselves. */
  low: number
  high: number
  /** Among the votes that chose; null when none did. */
  decisive: number | null
  /** By the two ratings; null where one has none. */
  expected: number | null
  /** Observed less expected, in standard errors. */
  difference: number | null
}

/** What the colour and the number of a cell tell. */
export const measures = {
  rate: 'Win rate',
  decisive: 'Without ties',
  votes: 'Votes',
  difference: 'Observed − expected',
} as const
export type Measure = keyof typeof measures

/** Below this many votes a cell has its number, but no colour. */
export const fewVotes = 20

/** Looks a pair up by row and column, either way round; null on the diagonal and for pairs that never met. */
export function pairLookup({ models, pairs }: Matrix): (row: number, column: number) => PairView | null {
  const n = models.length
  const indexes = new Int32Array(n * n).fill(-1)
  for (let pair = 0; pair < pairs.row.length; pair++) indexes[pairs.row[pair]! * n + pairs.column[pair]!] = pair
  return (row, column) => {
    const straight = row < column
    const pair = indexes[straight ? row * n + column : column * n + row] ?? -1
    return row === column || pair < 0 ? null : viewOf(pairs, pair, straight)
  }
}

function viewOf(pairs: Matrix['pairs'], pair: number, straight: boolean): PairView {
  const [first, second] = [pairs.wins[pair]!, pairs.losses[pair]!]
  const [wins, losses] = straight ? [first, second] : [second, first]
  const [ties, bothBad] = [pairs.ties[pair]!, pairs.bothBad[pair]!]
  const votes = wins + losses + ties + bothBad
  const rate = (wins + (ties + bothBad) / 2) / votes
  const spread = wins * (1 - rate) ** 2 + losses * rate ** 2 + (ties + bothBad) * (0.5 - rate) ** 2
  const half = (1.96 * Math.sqrt(spread)) / votes
  const [expected, difference] = [pairs.expected[pair] ?? null, pairs.difference[pair] ?? null]
  return {
    votes,
    wins,
    losses,
    ties,
    bothBad,
    rowFirst: straight ? pairs.rowFirst[pair]! : votes - pairs.rowFirst[pair]!,
    rate,
    low: Math.max(0, rate - half),
    high: Math.min(1, rate + half),
    decisive: wins + losses > 0 ? wins / (wins + losses) : null,
    expected: expected === null || straight ? expected : 1 - expected,
    difference: difference === null || straight ? difference : -difference,
  }
}

/** How far a rate may be from even, and a difference from none, before the next step of colour. */
const rateEdges = [0.02, 0.07, 0.12]
const differenceEdges = [1, 2, 3]

/** The step of the scale that a cell is painted with: 1 to 7 from orange over the ground to blue, votes 0 to 4; null: none. */
export function stepOf(view: PairView, measure: Measure, mostVotes: number): number | null {
  if (measure === 'votes') return Math.min(4, Math.floor((5 * view.votes) / Math.max(1, mostVotes)))
  const value = view[measure]
  if (value === null || view.votes < fewVotes) return null
  const [edges, even] = measure === 'difference' ? [differenceEdges, 0] : [rateEdges, 0.5]
  // The slack keeps a pair and its mirror alike: 1 - 0.43 is a little more than 0.57.
  const beyond = edges.filter((edge) => Math.abs(value - even) > edge + 1e-9).length
  return value < even ? 4 - beyond : 4 + beyond
}
