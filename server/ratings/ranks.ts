/** The best and the worst place a model may hold, 1 the top. */
export interface RankRange {
  best: Int32Array
  worst: Int32Array
}

/**
 * Ranks by overlap: the best place is 1 + the number of models whose lower bound is strictly above this one's upper
 * bound, the worst n - the number whose upper bound is strictly below its lower bound (the public arena's rule).
 */
export function rankRanges({ lower, upper }: { lower: Float64Array; upper: Float64Array }): RankRange {
  const sortedLower = lower.toSorted()
  const sortedUpper = upper.toSorted()
  const n = lower.length
  return {
    best: Int32Array.from(upper, (bound) => 1 + n - countBelow(sortedLower, bound, true)),
    worst: Int32Array.from(lower, (bound) => n - countBelow(sortedUpper, bound, false)),
  }
}

/** How many of the ascending values lie below the bound, or at it when `inclusive`. */
function countBelow(ascending: Float64Array, bound: number, inclusive: boolean): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < bound || (inclusive && ascending[middle] === bound)) low = middle + 1
    else high = middle
  }
  return low
}
