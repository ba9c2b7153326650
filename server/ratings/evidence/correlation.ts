import { normalQuantile } from '../chance/distributions.ts'

/**
 * Pearson's product-moment correlation of two equally long lists, in [-1, 1]; NaN where it does not exist: for fewer
 * than two pairs, or a list without spread.
 */
export function pearson(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length !== ys.length) throw new RangeError(`${xs.length} values cannot be paired with ${ys.length}`)
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)]
  let [xx, xy, yy] = [0, 0, 0]
  for (let index = 0; index < xs.length; index++) {
    const [x, y] = [xs[index]! - meanX, ys[index]! - meanY]
    xx += x * x
    xy += x * y
    yy += y * y
  }
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : NaN
}

/** Spearman's rank correlation: Pearson's of the ranks, where equal values share the mean of their ranks. */
export function spearman(xs: readonly number[], ys: readonly number[]): number {
  return pearson(midRanks(xs), midRanks(ys))
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!)
  const ranks = new Array<number>(values.length)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++
    for (let place = from; place <= to; place++) ranks[order[place]!] = (from + to) / 2 + 1
    from = to + 1
  }
  return ranks
}

/** A correlation with its interval; null bounds where too few pairs, or a correlation of ±1, give none. */
interface Correlation {
  value: number
  low: number | null
  high: number | null
}

/**
 * The interval of a correlation over n pairs by Fisher's z = atanh r. Its standard error is 1/√(n-3) for Pearson's and
 * √((1 + r²/2)/(n-3)) for Spearman's (Bonett and Wright, Psychometrika 65, 2000).
 */
export function correlationInterval(r: number, n: number, kind: 'pearson' | 'spearman', level = 0.95): Correlation {
  if (n < 4 || !(Math.abs(r) < 1)) return { value: r, low: null, high: null }
  const half = normalQuantile((1 + level) / 2) * Math.sqrt((kind === 'pearson' ? 1 : 1 + (r * r) / 2) / (n - 3))
  return { value: r, low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) }
}

interface Line {
  slope: number
  intercept: number
  /** Half the width of the 95 % confidence band of the line at x. */
  halfBand(x: number): number
}

/** The least-squares line of y on x; null for fewer than three points or an x without spread. */
export function fitLine(xs: readonly number[], ys: readonly number[]): Line | null {
  const n = xs.length
  if (n < 3) return null
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)]
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0)
  if (spread === 0) return null
  const slope = xs.reduce((sum, x, index) => sum + (x - meanX) * (ys[index]! - meanY), 0) / spread
  const intercept = meanY - slope * meanX
  const residual = Math.sqrt(xs.reduce((sum, x, index) => sum + (ys[index]! - intercept - slope * x) ** 2, 0) / (n - 2))
  const t = studentQuantile(n - 2)
  return { slope, intercept, halfBand: (x) => t * residual * Math.sqrt(1 / n + (x - meanX) ** 2 / spread) }
}

/** The 97.5 % quantile of Student's t: exact for one and two degrees, else by its expansion in 1/ν (to 0.5 % from 3 on). */
function studentQuantile(degrees: number): number {
  if (degrees === 1) return 12.7062
  if (degrees === 2) return 4.30265
  const z = normalQuantile(0.975)
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ]
  return terms.reduce((sum, term, power) => sum + term / degrees ** (power + 1), z)
}
