import { logGammaHalfUp, normalQuantile, twoSided } from './distributions.ts'

/** Above this many degrees of freedom Student's t is normal in every digit that is shown. */
const mostDegrees = 1e7

/** Two-sided p-value of a t with degrees of freedom, any number above zero; infinitely many make it normal. I_x(ν/2, ½) with x = ν/(ν+t²). */
export function tTwoSided(t: number, degrees: number): number {
  if (degrees > mostDegrees) return twoSided(t)
  const [a, b] = [degrees / 2, 0.5]
  const [x, y] = [degrees / (degrees + t * t), (t * t) / (degrees + t * t)]
  if (x <= 0) return 0
  if (y <= 0) return 1
  // Γ(a+½)/(Γ(a)·√π)·xᵃ·√y: in the logarithms of large numbers of degrees its digits would be lost.
  const front = Math.exp(logGammaHalfUp(a) - a * Math.log1p((t * t) / degrees)) * Math.sqrt(y / Math.PI)
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(y, b, a)) / b
}

/** The t that a two-sided test at 1 - level has to pass: 1.959964 at 0.95 with infinitely many degrees of freedom. */
export function tQuantile(level: number, degrees: number): number {
  const normal = normalQuantile(0.5 + level / 2)
  if (degrees > mostDegrees) return normal
  let low = normal
  let high = 2 * normal
  while (tTwoSided(high, degrees) > 1 - level) high *= 2
  // By halving: a p-value near zero has no slope to follow.
  for (let round = 0; round < 200 && high - low > 1e-14 * high; round++) {
    const middle = (low + high) / 2
    if (tTwoSided(middle, degrees) > 1 - level) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The continued fraction of the incomplete beta function (Lentz 1976). */
function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let product = d
  for (let k = 1; k < 10_000; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    product *= c * d
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    product *= c * d
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return product
}
