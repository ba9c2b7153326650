import type { TieRule, Votes } from '../votes/counts.ts'

/**
 * Votes laid out cluster after cluster, the clusters without votes left out. A vote is one number, its pair and outcome,
 * so that ten million votes are walked in order of memory.
 */
export interface VoteRuns {
  models: number
  /** (i·models + j)·3 + twice the score of i, for i < j. */
  keys: Int32Array
  weights: Float64Array | null
  /** Where each cluster begins; the last entry is the number of votes. */
  starts: Int32Array
}

/** The runs of a vote's rater, of its item and of both together; null where the votes do not name them. */
interface RunsOfVotes {
  byRater: VoteRuns | null
  byItem: VoteRuns | null
  byBoth: VoteRuns | null
}

/** Votes under a tie rule, sorted by counting: into items, then into raters, so that each rater's items lie together. */
export function layOutVotes(votes: Votes, ties: TieRule): RunsOfVotes {
  const { rater, item } = votes
  const keys = keysOf(votes, ties)
  const weights = votes.weight ?? null
  const own = { models: votes.models, keys, weights }
  const byItem = item ? sortInto(item, own, rater) : null
  if (!rater) return { byRater: null, byItem: byItem?.runs ?? null, byBoth: null }
  if (!byItem) return { byRater: sortInto(rater, own).runs, byItem: null, byBoth: null }
  const { runs } = byItem
  const itemNumbers = numberRuns(runs.starts)
  const byRater = sortInto(byItem.carried!, runs, itemNumbers)
  const byBoth = { ...byRater.runs, starts: startsOfPairs(byRater.runs.starts, byRater.carried!) }
  return { byRater: byRater.runs, byItem: runs, byBoth }
}

function keysOf({ models, a, b, verdict }: Votes, ties: TieRule): Int32Array {
  return a.map((left, t) => {
    const code = verdict[t]!
    if (code >= 2 && (ties === 'drop' || (ties === 'drop-bothbad' && code === 3))) return -1
    const right = b[t]!
    const turned = left > right
    const pair = turned ? right * models + left : left * models + right
    return pair * 3 + (code >= 2 ? 1 : (code === 0) === turned ? 0 : 2)
  })
}

interface Rows {
  models: number
  keys: Int32Array
  weights: Float64Array | null
}

/** Rows with a key below zero are left out; `carry` is a column that moves along. */
function sortInto(cluster: Int32Array, { models, keys, weights }: Rows, carry?: Int32Array) {
  let clusters = 0
  let kept = 0
  for (let t = 0; t < keys.length; t++) {
    if (keys[t]! < 0) continue
    kept++
    if (cluster[t]! >= clusters) clusters = cluster[t]! + 1
  }
  const place = new Int32Array(clusters + 1)
  for (let t = 0; t < keys.length; t++) if (keys[t]! >= 0) place[cluster[t]! + 1]!++
  for (let c = 0; c < clusters; c++) place[c + 1]! += place[c]!
  const starts = place.filter((start, c) => c === clusters || start < place[c + 1]!)
  const sorted = new Int32Array(kept)
  const sortedWeights = weights && new Float64Array(kept)
  const carried = carry && new Int32Array(kept)
  for (let t = 0; t < keys.length; t++) {
    if (keys[t]! < 0) continue
    const to = place[cluster[t]!]!++
    sorted[to] = keys[t]!
    if (sortedWeights) sortedWeights[to] = weights![t]!
    if (carried) carried[to] = carry[t]!
  }
  return { runs: { models, keys: sorted, weights: sortedWeights, starts }, carried }
}

/** The number of its run for each row. */
function numberRuns(starts: Int32Array): Int32Array {
  const numbers = new Int32Array(starts.at(-1)!)
  for (let run = 0; run + 1 < starts.length; run++) numbers.fill(run, starts[run], starts[run + 1])
  return numbers
}

/** Where a rater or the item changes. */
function startsOfPairs(raters: Int32Array, item: Int32Array): Int32Array {
  const isStart = (row: number, run: number) => row === raters[run] || item[row] !== item[row - 1]
  let size = 1
  for (let row = 0, run = 0; row < item.length; row++) {
    if (row === raters[run + 1]) run++
    if (isStart(row, run)) size++
  }
  const starts = new Int32Array(size)
  for (let row = 0, run = 0, at = 0; row < item.length; row++) {
    if (row === raters[run + 1]) run++
    if (isStart(row, run)) starts[at++] = row
  }
  starts[size - 1] = item.length
  return starts
}

/** How many clusters there are, and how many even ones would carry as much: (Σm)²/Σm², m the votes of a cluster. */
export function sizeOfRuns({ starts }: VoteRuns): { clusters: number; effective: number } {
  let squares = 0
  for (let c = 0; c + 1 < starts.length; c++) squares += (starts[c + 1]! - starts[c]!) ** 2
  return { clusters: starts.length - 1, effective: starts.at(-1)! ** 2 / squares }
}
