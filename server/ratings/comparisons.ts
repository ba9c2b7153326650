import { checkVotes, mergeSides, tiesKept, type PairCounts, type TieRule, type Votes } from './counts.ts'

/**
 * What Bradley–Terry needs to know of the votes, one cell per unordered pair (a < b, sorted, weight > 0): sums over the
 * votes of weight w and score o of model a (1 win, 0.5 tie, 0 loss). The squares give the sandwich its middle:
 * Σ w²(o-p)² = squares2 - 2p·squares1 + p²·squares0.
 */
export interface Comparisons {
  models: number
  a: Int32Array
  b: Int32Array
  /** Σ w */
  weight: Float64Array
  /** Σ w·o */
  score: Float64Array
  /** Σ w² */
  squares0: Float64Array
  /** Σ w²·o */
  squares1: Float64Array
  /** Σ w²·o² */
  squares2: Float64Array
}

/** Unweighted comparisons from counts; sides are merged and ties follow the rule. */
export function compareCounts(counts: PairCounts, ties: TieRule = 'half'): Comparisons {
  const merged = mergeSides(counts)
  const kept: number[] = []
  for (let cell = 0; cell < merged.a.length; cell++) {
    if (merged.winsA[cell]! + merged.winsB[cell]! + tiesKept(merged, cell, ties) > 0) kept.push(cell)
  }
  const column = (value: (cell: number, tied: number) => number) =>
    Float64Array.from(kept, (cell) => value(cell, tiesKept(merged, cell, ties)))
  const weight = column((cell, tied) => merged.winsA[cell]! + merged.winsB[cell]! + tied)
  const score = column((cell, tied) => merged.winsA[cell]! + tied / 2)
  return {
    models: counts.models,
    a: Int32Array.from(kept, (cell) => merged.a[cell]!),
    b: Int32Array.from(kept, (cell) => merged.b[cell]!),
    weight,
    score,
    squares0: weight,
    squares1: score,
    squares2: column((cell, tied) => merged.winsA[cell]! + tied / 4),
  }
}

/** Scores of the left model by verdict code. */
const scoreOf = [1, 0, 0.5, 0.5] as const

/**
 * Comparisons from votes with weights (one each where the column is absent). The sums of a cell are taken in the order
 * of outcome and weight, so the order of the votes cannot move a bit.
 */
export function compareVotes(votes: Votes, ties: TieRule = 'half'): Comparisons {
  checkVotes(votes)
  const { models, a, b, verdict, weight: weights } = votes
  const used = Int32Array.from(verdict.keys()).filter(
    (t) => verdict[t]! < 2 || ties === 'half' || (ties === 'drop-bothbad' && verdict[t] === 2),
  )
  const score = (t: number) => (a[t]! < b[t]! ? scoreOf[verdict[t]!]! : 1 - scoreOf[verdict[t]!]!)
  const pair = (t: number) => Math.min(a[t]!, b[t]!) * models + Math.max(a[t]!, b[t]!)
  const weightOf = (t: number) => weights?.[t] ?? 1
  used.sort((s, t) => pair(s) - pair(t) || score(s) - score(t) || weightOf(s) - weightOf(t))
  return sumRuns(models, used, pair, score, weightOf)
}

function sumRuns(
  models: number,
  sorted: Int32Array,
  pair: (t: number) => number,
  score: (t: number) => number,
  weightOf: (t: number) => number,
): Comparisons {
  const starts = Array.from(sorted.keys()).filter((k) => k === 0 || pair(sorted[k]!) !== pair(sorted[k - 1]!))
  const column = () => new Float64Array(starts.length)
  const sums: Comparisons = {
    models,
    a: Int32Array.from(starts, (k) => Math.floor(pair(sorted[k]!) / models)),
    b: Int32Array.from(starts, (k) => pair(sorted[k]!) % models),
    weight: column(),
    score: column(),
    squares0: column(),
    squares1: column(),
    squares2: column(),
  }
  starts.forEach((start, cell) => {
    for (let k = start; k < (starts[cell + 1] ?? sorted.length); k++) {
      const w = weightOf(sorted[k]!)
      const o = score(sorted[k]!)
      sums.weight[cell]! += w
      sums.score[cell]! += w * o
      sums.squares0[cell]! += w * w
      sums.squares1[cell]! += w * w * o
      sums.squares2[cell]! += w * w * o * o
    }
  })
  return sums
}

/** Multiplies the weight of every vote of a cell by one factor. */
export function scaleCells(comparisons: Comparisons, factor: (cell: number) => number): Comparisons {
  const once = (column: Float64Array) => column.map((value, cell) => value * factor(cell))
  const twice = (column: Float64Array) => column.map((value, cell) => value * factor(cell) ** 2)
  return {
    ...comparisons,
    weight: once(comparisons.weight),
    score: once(comparisons.score),
    squares0: twice(comparisons.squares0),
    squares1: twice(comparisons.squares1),
    squares2: twice(comparisons.squares2),
  }
}

/**
 * Gives every vote the weight 1/max(m, floor), m the votes of its pair, so that frequent pairs do not dominate. The
 * public arena has done this since July 2025 with a floor of 50; it widens the intervals.
 */
export function reweightPairs(comparisons: Comparisons, floor = 50): Comparisons {
  return scaleCells(comparisons, (cell) => 1 / Math.max(comparisons.weight[cell]!, floor))
}

/** The votes among some models only, which are numbered anew in the order given. */
export function restrictTo(comparisons: Comparisons, members: ArrayLike<number>): Comparisons {
  const number = new Int32Array(comparisons.models).fill(-1)
  for (let i = 0; i < members.length; i++) number[members[i]!] = i
  const kept = Int32Array.from(comparisons.a.keys()).filter(
    (cell) => number[comparisons.a[cell]!]! >= 0 && number[comparisons.b[cell]!]! >= 0,
  )
  const turned = kept.map((cell) => Number(number[comparisons.a[cell]!]! > number[comparisons.b[cell]!]!))
  const column = (value: (cell: number, turn: number) => number) =>
    Float64Array.from(kept, (cell, k) => value(cell, turned[k]!))
  const { weight, score, squares0, squares1, squares2 } = comparisons
  const first = (cell: number) => number[comparisons.a[cell]!]!
  const second = (cell: number) => number[comparisons.b[cell]!]!
  return {
    models: members.length,
    a: Int32Array.from(kept, (cell) => Math.min(first(cell), second(cell))),
    b: Int32Array.from(kept, (cell) => Math.max(first(cell), second(cell))),
    weight: column((cell) => weight[cell]!),
    score: column((cell, turn) => (turn ? weight[cell]! - score[cell]! : score[cell]!)),
    squares0: column((cell) => squares0[cell]!),
    squares1: column((cell, turn) => (turn ? squares0[cell]! - squares1[cell]! : squares1[cell]!)),
    squares2: column((cell, turn) =>
      turn ? squares0[cell]! - 2 * squares1[cell]! + squares2[cell]! : squares2[cell]!,
    ),
  }
}
