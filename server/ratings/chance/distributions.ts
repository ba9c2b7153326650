/**
 * The normal quantile: z with Φ(z) = p, for p in (0,1). Starts from a rational guess for the tail (Abramowitz and Stegun
 * 26.2.23) and ends with Newton steps on Φ, so it is exact to about 1e-14.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile needs a probability between 0 and 1, not ${p}`)
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  const t = Math.sqrt(-2 * Math.log(tail))
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  for (let round = 0; round < 4; round++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
    const error = (normalTail(z) - tail) / density
    z += error / (1 - (z * error) / 2)
  }
  return p < 0.5 ? -z : z
}

/** The upper tail of the standard normal, P(Z > z). */
export function normalTail(z: number): number {
  const tail = chiSquareTail(z * z, 1) / 2
  return z >= 0 ? tail : 1 - tail
}

/** Two-sided p-value of a standard normal z. */
export function twoSided(z: number): number {
  return chiSquareTail(z * z, 1)
}

/** The upper tail of the chi-square distribution, P(X > x), by the incomplete gamma function. */
export function chiSquareTail(x: number, degrees: number): number {
  return x <= 0 ? 1 : upperGamma(degrees / 2, x / 2)
}

/** Q(s,x) = Γ(s,x)/Γ(s): a series below s+1, a continued fraction above (Lentz 1976). */
function upperGamma(s: number, x: number): number {
  const scale = Math.exp(s * Math.log(x) - x - logGamma(s))
  if (x < s + 1) {
    let term = 1 / s
    let sum = term
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= x / (s + k)
      sum += term
    }
    return 1 - scale * sum
  }
  let b = x + 1 - s
  let c = Infinity
  let d = 1 / b
  let fraction = d
  for (let k = 1; k < 10_000; k++) {
    const a = -k * (k - s)
    b += 2
    d = 1 / (a * d + b)
    c = b + a / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return scale * fraction
}

/** ln Γ(x) for x > 0: Stirling's series after shifting x above 15. */
export function logGamma(x: number): number {
  let shift = 0
  while (x < 15) shift -= Math.log(x++)
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + stirlingRest(x)
}

/** ln Γ(x+½) − ln Γ(x) for x > 0, to all digits where both are large. */
export function logGammaHalfUp(x: number): number {
  if (x < 15) return logGamma(x + 0.5) - logGamma(x)
  return x * Math.log1p(0.5 / x) + (Math.log(x) - 1) / 2 + stirlingRest(x + 0.5) - stirlingRest(x)
}

/** What Stirling's formula leaves of ln Γ(x), for x from 15. */
function stirlingRest(x: number): number {
  const y = 1 / (x * x)
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x
}

/** Exact two-sided binomial p-value: outcomes no likelier than `hits` of `trials` at the chance given. */
export function binomialTwoSided(hits: number, trials: number, chance = 0.5): number {
  const logChance = (k: number) =>
    logGamma(trials + 1) -
    logGamma(k + 1) -
    logGamma(trials - k + 1) +
    k * Math.log(chance) +
    (trials - k) * Math.log1p(-chance)
  const seen = logChance(hits) + 1e-7
  let sum = 0
  for (let k = 0; k <= trials; k++) if (logChance(k) <= seen) sum += Math.exp(logChance(k))
  return Math.min(1, sum)
}

/** P(X >= hits) of a binomial: how likely at least so many hits are. */
export function binomialTail(hits: number, trials: number, chance: number): number {
  if (hits <= 0) return 1
  const logOdds = Math.log(chance) - Math.log1p(-chance)
  let log = logGamma(trials + 1) - logGamma(hits + 1) - logGamma(trials - hits + 1)
  log += hits * Math.log(chance) + (trials - hits) * Math.log1p(-chance)
  let tail = 0
  for (let k = hits; k <= trials; k++) {
    tail += Math.exp(log)
    log += Math.log((trials - k) / (k + 1)) + logOdds
  }
  return Math.min(1, tail)
}

/** `binomialTwoSided` for a fair coin, whose tails are alike: of many trials only the terms that matter are summed. */
export function fairCoinTwoSided(hits: number, trials: number): number {
  const most = Math.max(hits, trials - hits)
  let term = fairCoinChance(most, trials)
  let tail = 0
  for (let k = most; term > tail * 1e-17; k++) {
    tail += term
    term *= (trials - k) / (k + 1)
  }
  return Math.min(1, 2 * tail)
}

/**
 * C(trials, hits) / 2^trials. Of large counts the factorials' logarithms are not subtracted, which would lose digits: what
 * remains of Stirling's formula is, and the deviance from half (Loader, Fast and Accurate Computation of Binomial
 * Probabilities, 2000).
 */
function fairCoinChance(hits: number, trials: number): number {
  const misses = trials - hits
  if (Math.min(hits, misses) < 15)
    return Math.exp(logGamma(trials + 1) - logGamma(hits + 1) - logGamma(misses + 1) - trials * Math.LN2)
  const lean = (hits - misses) / trials
  const deviance = hits * Math.log1p(lean) + misses * Math.log1p(-lean)
  const rest = stirlingRest(trials) - stirlingRest(hits) - stirlingRest(misses)
  return Math.exp(rest - deviance) * Math.sqrt(trials / (2 * Math.PI * hits * misses))
}

/** The q-quantile of ascending values, linear between the two nearest; NaN when there are none. */
export function quantile(ascending: Float64Array, q: number): number {
  const place = q * (ascending.length - 1)
  const below = Math.floor(place)
  const low = ascending[below] ?? NaN
  const high = ascending[below + 1] ?? low
  return low + (place - below) * (high - low)
}
