import { tQuantile, tTwoSided } from '#server/ratings/chance/student.ts'
import type { PairedScores } from './paired-scores.ts'

/** What two runs' scores of the same examples say of their difference. */
interface PairedDifference {
  /** Examples, and the pictures they are on. */
  n: number
  pictures: number
  meanA: number
  meanB: number
  /** Mean of a − b. */
  difference: number
  /** Pearson's, between a and b; null where one of them is the same everywhere. */
  correlation: number | null
  /** Null with fewer than two pictures: what varies between pictures cannot be seen in one. */
  bounds: DifferenceBounds | null
}

interface DifferenceBounds {
  /** Of the difference, clustered by picture. */
  standardError: number
  /** Pictures less one. */
  degrees: number
  /** Of 95 %. */
  low: number
  high: number
  /** Two-sided. Where every example differs by the same there is no error to hold it against: 1 for no difference, else 0. */
  p: number
  /** The difference that so many pictures find with a chance of 80 % in a test at 5 %. */
  detectable: number
  /** What a comparison that did not know the pairs would have to use. */
  unpairedStandardError: number
}

/**
 * The mean of a − b with its standard error clustered by picture and Student's t with pictures − 1 degrees of freedom.
 * The error is CR1, √(G/(G−1) · Σ over pictures of (Σ of residuals)²)/n: Cameron and Miller, A Practitioner's Guide to
 * Cluster-Robust Inference, Journal of Human Resources 50, 2015; paired differences of evaluations by it: Miller, Adding
 * Error Bars to Evals, arXiv 2411.00640. Throws RangeError for no pairs.
 */
export function pairedDifference(scores: PairedScores): PairedDifference {
  const { a, b, cluster } = scores
  const n = a.length
  if (n === 0) throw new RangeError('no example has a score in both runs')
  const differences = new Float64Array(n)
  for (let i = 0; i < n; i++) differences[i] = a[i]! - b[i]!
  const [meanA, meanB, difference] = [meanOf(a), meanOf(b), meanOf(differences)]
  const sizes = clusterSizes(cluster)
  const pictures = sizes.reduce((count, size) => count + (size > 0 ? 1 : 0), 0)
  const about = { n, pictures, meanA, meanB, difference, correlation: correlationOf(a, meanA, b, meanB) }
  if (pictures < 2) return { ...about, bounds: null }
  const errorOf = (values: Float64Array, mean: number) => clusteredError(values, mean, cluster, sizes.length, pictures)
  const standardError = errorOf(differences, difference)
  const degrees = pictures - 1
  const reach = tQuantile(0.95, degrees)
  return {
    ...about,
    bounds: {
      standardError,
      degrees,
      low: difference - reach * standardError,
      high: difference + reach * standardError,
      p: standardError > 0 ? tTwoSided(difference / standardError, degrees) : difference === 0 ? 1 : 0,
      // A two-sided test at 60 % has 20 % above it, as power of 80 % needs.
      detectable: (reach + tQuantile(0.6, degrees)) * standardError,
      unpairedStandardError: Math.hypot(errorOf(a, meanA), errorOf(b, meanB)),
    },
  }
}

/** The mean, exactly the common value where all are alike; rounding is carried along (Neumaier 1974). */
function meanOf(values: Float64Array): number {
  const first = values[0]!
  let sum = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! - first
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return first + (sum + lost) / values.length
}

function clusterSizes(cluster: Int32Array): Int32Array {
  let most = -1
  for (let i = 0; i < cluster.length; i++) most = Math.max(most, cluster[i]!)
  const sizes = new Int32Array(most + 1)
  for (let i = 0; i < cluster.length; i++) sizes[cluster[i]!]!++
  return sizes
}

function clusteredError(
  values: Float64Array,
  mean: number,
  cluster: Int32Array,
  numbers: number,
  pictures: number,
): number {
  const residuals = new Float64Array(numbers)
  for (let i = 0; i < values.length; i++) residuals[cluster[i]!]! += values[i]! - mean
  let squares = 0
  for (let g = 0; g < numbers; g++) squares += residuals[g]! * residuals[g]!
  return Math.sqrt((pictures / (pictures - 1)) * squares) / values.length
}

function correlationOf(a: Float64Array, meanA: number, b: Float64Array, meanB: number): number | null {
  let [aa, bb, ab] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB]
    aa += x * x
    bb += y * y
    ab += x * y
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa) / Math.sqrt(bb))) : null
}
