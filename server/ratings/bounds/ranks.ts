import { quantile } from '../chance/distributions.ts'
import { factor } from '../linear/cholesky.ts'
import type { Covariance } from './intervals.ts'
import { Random } from '../chance/random.ts'

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

/** Adds a draw in which some models are alike: each has every one of their places for an equal part. */
function sharePlaces(places: Float64Array, order: Int32Array, from: number, to: number, draws: number): void {
  for (let at = from; at < to; at++)
    for (let place = from; place < to; place++) places[order[at]! * order.length + place]! += 1 / (draws * (to - from))
}

interface RankOdds {
  /** Above this many standard errors a difference is beyond chance, for all pairs at once. */
  critical: number
  /** Places by pairwise differences: 1 + models significantly above, n - models significantly below. */
  ranges: RankRange
  /** P(place ≤ k), n × n row by row: column k-1 of a model's row. */
  atMost: Float64Array
  median: Int32Array
}

/**
 * Ranks by differences rather than overlap. Draws ratings from the normal law of the fit (covariance in natural units),
 * takes the quantile of the largest standardised difference over all pairs as the critical value, so that every statement
 * holds at once at the level, and counts places; models that are alike in a draw share theirs. Fixed by its seed.
 */
export function rankOdds(
  strengths: Float64Array,
  covariance: Covariance,
  options: { level?: number; seed?: number; draws?: number } = {},
): RankOdds {
  const { level = 0.95, seed = 0, draws = 2000 } = options
  const n = strengths.length
  const errors = differenceErrors(covariance)
  const largest = new Float64Array(draws)
  const places = new Float64Array(n * n)
  const sampled = sampler(covariance, seed)
  const noise = new Float64Array(n)
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let draw = 0; draw < draws; draw++) {
    sampled(draw, noise)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const size = Math.abs(noise[i]! - noise[j]!) / errors[i * n + j]!
        if (size > largest[draw]!) largest[draw] = size
      }
    }
    for (let i = 0; i < n; i++) noise[i]! += strengths[i]!
    order.sort((i, j) => noise[j]! - noise[i]! || i - j)
    for (let from = 0, to = 0; from < n; from = to) {
      while (to < n && noise[order[to]!] === noise[order[from]!]) to++
      sharePlaces(places, order, from, to, draws)
    }
  }
  const critical = quantile(largest.sort(), level)
  const ranges: RankRange = { best: new Int32Array(n).fill(1), worst: new Int32Array(n).fill(n) }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const ahead = (strengths[j]! - strengths[i]!) / errors[i * n + j]!
      if (ahead > critical) ranges.best[i]!++
      if (ahead < -critical) ranges.worst[i]!--
    }
  }
  const median = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    for (let k = 1; k < n; k++) places[i * n + k]! += places[i * n + k - 1]!
    median[i] = 1 + places.subarray(i * n, (i + 1) * n).findIndex((chance) => chance >= 0.5 - 1e-9)
  }
  return { critical, ranges, atMost: places, median }
}

/** Standard errors of all differences, natural units. */
function differenceErrors({ models: n, matrix }: Covariance): Float64Array {
  return matrix.map((shared, entry) => {
    const i = Math.floor(entry / n)
    const j = entry % n
    return Math.sqrt(Math.max(0, matrix[i * n + i]! + matrix[j * n + j]! - 2 * shared))
  })
}

/** Draws from N(0, covariance), up to a common shift, which changes no difference and no place. */
function sampler(covariance: Covariance, seed: number): (draw: number, noise: Float64Array) => void {
  const n = covariance.models
  const L = rootOf(covariance)
  if (!L) throw new RangeError('a covariance must not be negative in any direction')
  const white = new Float64Array(n)
  return (draw, noise) => {
    const random = new Random(seed, draw)
    for (let i = 0; i < n; i++) white[i] = random.normal()
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let k = 0; k <= i; k++) sum += L[i * n + k]! * white[k]!
      noise[i] = sum
    }
  }
}

/** Whether no difference of strengths has a negative variance under a covariance, so that it can be drawn from. */
export function canBeDrawn(covariance: Covariance): boolean {
  return rootOf(covariance) !== null
}

/** A triangular root, up to a common shift; null where the covariance is negative in some direction. */
function rootOf({ models: n, matrix }: Covariance): Float64Array | null {
  let trace = 0
  for (let i = 0; i < n; i++) trace += matrix[i * n + i]!
  if (trace < 0) return null
  // Where votes did not scatter at all (ties alone), a covariance has flat directions: a little more keeps it
  // factorable.
  const L = matrix.map((value, entry) => value + trace / n + (entry % (n + 1) === 0 ? (1e-11 * trace) / n : 0))
  return trace > 0 && factor(L, n) >= 0 ? null : L
}
