import { emptyComparisons, type Comparisons } from './comparisons.ts'
import { checkVotes, distinctPairs, mergeSides, tiesKept, type PairCounts, type TieRule, type Votes } from './counts.ts'

/**
 * Votes that are alike in pair, outcome, weight and (where asked for) cluster, counted. Rows are sorted by all of
 * these, so the order in which votes came does not matter. What the bootstrap draws and cluster-robust errors add up.
 */
export interface VoteGroups {
  models: number
  /** a < b. */
  a: Int32Array
  b: Int32Array
  /** Score of a: 1, 0.5 or 0. */
  score: Float64Array
  weight: Float64Array
  count: Float64Array
  /** Rater or item, ascending. */
  cluster?: Int32Array
}

/** Scores by place in the sort order: losses of a first. */
const scores = [0, 0.5, 1] as const

/**
 * Groups votes under a rule for ties. `cluster`, a number from zero for each vote, keeps the votes of raters or items
 * apart. Throws RangeError for votes that are not valid (`checkVotes`).
 */
export function groupVotes(votes: Votes, ties: TieRule = 'half', cluster?: Int32Array): VoteGroups {
  checkVotes(votes)
  const { models, a, b, verdict, weight } = votes
  const keys = new Float64Array(a.length)
  const rows = new Int32Array(a.length)
  let used = 0
  for (let t = 0; t < a.length; t++) {
    if (verdict[t]! >= 2 && (ties === 'drop' || (ties === 'drop-bothbad' && verdict[t] === 3))) continue
    const turned = a[t]! > b[t]!
    const pair = turned ? b[t]! * models + a[t]! : a[t]! * models + b[t]!
    const outcome = verdict[t]! >= 2 ? 1 : (verdict[t] === 0) === turned ? 0 : 2
    keys[used] = ((cluster ? cluster[t]! : 0) * models * models + pair) * 3 + outcome
    rows[used++] = t
  }
  if (!weight) return groupSorted(models, keys.subarray(0, used).sort(), () => 1, cluster !== undefined)
  const order = rows.subarray(0, used).map((_, k) => k)
  order.sort((x, y) => keys[x]! - keys[y]! || weight[rows[x]!]! - weight[rows[y]!]!)
  const sorted = Float64Array.from(order, (k) => keys[k]!)
  return groupSorted(models, sorted, (k) => weight[rows[order[k]!]!]!, cluster !== undefined)
}

function groupSorted(
  models: number,
  keys: Float64Array,
  weightOf: (k: number) => number,
  clustered: boolean,
): VoteGroups {
  const starts: number[] = []
  for (let k = 0; k < keys.length; k++) {
    if (k === 0 || keys[k] !== keys[k - 1] || weightOf(k) !== weightOf(k - 1)) starts.push(k)
  }
  const groups = emptyGroups(models, starts.length)
  const cluster = new Int32Array(starts.length)
  for (let g = 0; g < starts.length; g++) {
    const key = keys[starts[g]!]!
    const pair = Math.floor(key / 3) % (models * models)
    groups.a[g] = Math.floor(pair / models)
    groups.b[g] = pair % models
    groups.score[g] = scores[key % 3]!
    groups.weight[g] = weightOf(starts[g]!)
    groups.count[g] = (starts[g + 1] ?? keys.length) - starts[g]!
    cluster[g] = Math.floor(key / 3 / models / models)
  }
  return clustered ? { ...groups, cluster } : groups
}

function emptyGroups(models: number, size: number): VoteGroups {
  const column = () => new Float64Array(size)
  return {
    models,
    a: new Int32Array(size),
    b: new Int32Array(size),
    score: column(),
    weight: column(),
    count: column(),
  }
}

/** The groups of counts, each vote of weight one. */
export function groupCounts(counts: PairCounts, ties: TieRule = 'half'): VoteGroups {
  const merged = mergeSides(counts)
  const groups = emptyGroups(counts.models, 3 * merged.a.length)
  let size = 0
  for (let cell = 0; cell < merged.a.length; cell++) {
    const votes = [merged.winsB[cell]!, tiesKept(merged, cell, ties), merged.winsA[cell]!]
    for (let outcome = 0; outcome < 3; outcome++) {
      if (votes[outcome] === 0) continue
      groups.a[size] = merged.a[cell]!
      groups.b[size] = merged.b[cell]!
      groups.score[size] = scores[outcome]!
      groups.weight[size] = 1
      groups.count[size++] = votes[outcome]!
    }
  }
  const { models, a, b, score, weight, count } = groups
  const cut = <Column extends Int32Array | Float64Array>(column: Column) => column.slice(0, size) as Column
  return { models, a: cut(a), b: cut(b), score: cut(score), weight: cut(weight), count: cut(count) }
}

/** The comparisons of groups (in any orientation), and the position among them of each group's pair. */
export function compareGroups(groups: VoteGroups): { comparisons: Comparisons; cell: Int32Array } {
  const { models, a, b, score, weight, count } = groups
  const { pairs, find } = distinctPairs(models, a, b)
  const comparisons = emptyComparisons(models, pairs.length)
  for (let at = 0; at < pairs.length; at++) {
    comparisons.a[at] = Math.floor(pairs[at]! / models)
    comparisons.b[at] = pairs[at]! % models
  }
  const cell = new Int32Array(a.length)
  for (let g = 0; g < a.length; g++) {
    const turned = a[g]! > b[g]!
    const at = find(turned ? b[g]! * models + a[g]! : a[g]! * models + b[g]!)
    const own = turned ? 1 - score[g]! : score[g]!
    const mass = count[g]! * weight[g]!
    const square = mass * weight[g]!
    cell[g] = at
    comparisons.weight[at]! += mass
    comparisons.score[at]! += mass * own
    comparisons.squares0[at]! += square
    comparisons.squares1[at]! += square * own
    comparisons.squares2[at]! += square * own * own
  }
  return { comparisons, cell }
}

/** Comparisons of votes with their weights (one each where there are none). */
export function compareVotes(votes: Votes, ties: TieRule = 'half'): Comparisons {
  return compareGroups(groupVotes(votes, ties)).comparisons
}
