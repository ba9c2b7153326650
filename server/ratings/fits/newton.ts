import { factor, solveFactored } from '../linear/cholesky.ts'
import { NoInformation, type Pairs, type Solve } from '../linear/laplacian-solver.ts'

/** The largest change of a log-odds that a step makes in any pair that met. */
export function widestChange({ a, b }: Pairs, step: Float64Array): number {
  let widest = 0
  for (let cell = 0; cell < a.length; cell++) {
    const change = Math.abs(step[a[cell]!]! - step[b[cell]!]!)
    if (change > widest) widest = change
  }
  return widest
}

/**
 * How much of a Newton step to take, in (0, 1]. With m the widest change of a log-odds, ln(1+m)/m of it always climbs,
 * since the curvature of the logistic loss changes by at most e^m on the way (Sun and Tran-Dinh 2019). That is too shy
 * when one far model asks for most of m, so the whole step is tried, then ever less of it, as long as the slope along the
 * step says that the top of the line has been passed. Slopes stay exact near the top, where likelihoods drown in rounding.
 */
export function shareOfStep(widest: number, slopeAt: (share: number) => number): number {
  if (widest < 0.1) return 1
  const safe = Math.log1p(widest) / widest
  let share = 1
  while (share > safe && !(slopeAt(share) >= 0)) share *= 0.6
  return Math.max(share, safe)
}

/**
 * The Newton step for strengths together with a few further parameters: solves
 * [L G; Gᵀ K]·[x; y] = [slopes; extraSlopes], L the Laplacian behind `solve`, G given by its columns (n long each), K
 * k × k. Returns x and y in one array. Throws NoInformation where a further parameter cannot be told from the strengths.
 */
export function borderedStep(
  solve: Solve,
  slopes: Float64Array,
  columns: Float64Array[],
  corner: Float64Array,
  extraSlopes: Float64Array,
): Float64Array {
  const accuracy = 1e-8
  const n = slopes.length
  const k = columns.length
  const own = solve(slopes, accuracy)
  const answers = columns.map((column) => solve(column, accuracy))
  const rest = corner.slice()
  const right = extraSlopes.slice()
  for (let s = 0; s < k; s++) {
    for (let i = 0; i < n; i++) right[s]! -= columns[s]![i]! * own[i]!
    for (let t = 0; t < k; t++) for (let i = 0; i < n; i++) rest[s * k + t]! -= columns[s]![i]! * answers[t]![i]!
  }
  // What is left of a parameter's information must exceed the rounding of what was taken from it.
  for (let s = 0; s < k; s++) {
    if (!(rest[s * k + s]! > 1e-10 * corner[s * k + s]!)) throw new NoInformation(`parameter ${s} is not identified`)
  }
  const alone = rest.filter((_, entry) => entry % (k + 1) === 0)
  const apart = factor(rest, k) < 0 && alone.every((left, s) => rest[s * k + s]! ** 2 > 1e-9 * left)
  if (!apart) throw new NoInformation('the further parameters cannot be told apart')
  const extra = solveFactored(rest, k, right)
  const step = new Float64Array(n + k)
  for (let i = 0; i < n; i++) {
    step[i] = own[i]!
    for (let s = 0; s < k; s++) step[i]! -= answers[s]![i]! * extra[s]!
  }
  step.set(extra, n)
  return step
}
