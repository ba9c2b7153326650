import { mergeSides, tiesKept, type PairCounts, type TieRule } from './counts.ts'

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
  let cells = 0
  for (let cell = 0; cell < merged.a.length; cell++) {
    if (merged.winsA[cell]! + merged.winsB[cell]! + tiesKept(merged, cell, ties) > 0) cells++
  }
  const compared = emptyComparisons(counts.models, cells)
  for (let from = 0, cell = 0; cell < cells; from++) {
    const wins = merged.winsA[from]!
    const tied = tiesKept(merged, from, ties)
    const votes = wins + merged.winsB[from]! + tied
    if (votes === 0) continue
    compared.a[cell] = merged.a[from]!
    compared.b[cell] = merged.b[from]!
    compared.weight[cell] = compared.squares0[cell] = votes
    compared.score[cell] = compared.squares1[cell] = wins + tied / 2
    compared.squares2[cell++] = wins + tied / 4
  }
  return compared
}

/** Comparisons of `cells` pairs, all zero, for the caller to fill. */
export function emptyComparisons(models: number, cells: number): Comparisons {
  const column = () => new Float64Array(cells)
  return {
    models,
    a: new Int32Array(cells),
    b: new Int32Array(cells),
    weight: column(),
    score: column(),
    squares0: column(),
    squares1: column(),
    squares2: column(),
  }
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
