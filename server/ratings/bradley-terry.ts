import type { Comparisons } from './comparisons.ts'
import { factor, solveFactored } from './cholesky.ts'
import { graphReport } from './graph.ts'
import { centre, toRatings } from './scale.ts'
import { solveLaplacian } from './conjugate-gradient.ts'

export interface Fit {
  /** Elo points, mean 1000. */
  ratings: Float64Array
  /** Natural-log units, mean zero. */
  strengths: Float64Array
  /** Σ w·[o·z - ln(1+e^z)] at the strengths, without the penalty. */
  logLikelihood: number
  converged: boolean
  iterations: number
  /** The largest move of the last step, natural units. */
  lastStep: number
}

export interface FitOptions {
  /** λ of ½λΣθ² taken from the log-likelihood (θ natural). Above zero the fit is a posterior mode and always exists. */
  penalty?: number
  /** Strengths to start from, natural units. */
  start?: Float64Array
}

/** Thrown where ratings were asked for that do not exist; the graph report says which models cannot be compared. */
export class NoFiniteRatings extends Error {
  override name = 'NoFiniteRatings'
}

/** Steps below this, in natural units, end a fit: a thousandth of the exactness that is promised (1e-6 Elo points). */
const smallestStep = 1e-11
const mostIterations = 500
/** Up to here a dense factor of the information beats conjugate gradients. */
const mostDense = 250

/**
 * Bradley–Terry ratings of highest likelihood, or of highest posterior with a penalty. Newton's method; each step is
 * damped by ln(1+m)/m, m the largest change of a log-odds it asks for, which makes every step an ascent for the
 * logistic loss (Sun and Tran-Dinh 2019) without trying lengths. It ends on the step, never on the loss.
 *
 * Throws NoFiniteRatings when there is no penalty and the win graph is not strongly connected (`rateAll` copes).
 */
export function fitBradleyTerry(comparisons: Comparisons, { penalty = 0, start }: FitOptions = {}): Fit {
  if (comparisons.models === 0) throw new NoFiniteRatings('there is no model to rate')
  if (penalty === 0 && !graphReport(comparisons).connected)
    throw new NoFiniteRatings('the models are not joined by wins both ways, so their ratings are not all finite')
  const strengths = centre(start?.slice() ?? new Float64Array(comparisons.models))
  const newtonStep = comparisons.models <= mostDense ? denseStepper(comparisons) : sparseStepper(comparisons)
  let lastStep = Infinity
  let iterations = 0
  let converged = false
  while (!converged && iterations < mostIterations) {
    const step = newtonStep(strengths, penalty)
    const before = lastStep
    lastStep = applyDamped(comparisons, strengths, step)
    iterations++
    // Where rounding keeps steps from shrinking further, a step of a millionth of a point is the end as well.
    converged = lastStep < smallestStep || (lastStep < 1e-9 && lastStep > before / 2)
  }
  centre(strengths)
  const logLikelihood = likelihoodOf(comparisons, strengths)
  return { ratings: toRatings(strengths), strengths, logLikelihood, converged, iterations, lastStep }
}

/** Adds the damped step to the strengths and returns the largest move made. */
function applyDamped({ a, b }: Comparisons, strengths: Float64Array, step: Float64Array): number {
  let widest = 0
  for (let cell = 0; cell < a.length; cell++) {
    const change = Math.abs(step[a[cell]!]! - step[b[cell]!]!)
    if (change > widest) widest = change
  }
  const damping = widest > 1e-6 ? Math.log1p(widest) / widest : 1
  let largest = 0
  for (let i = 0; i < strengths.length; i++) {
    strengths[i]! += damping * step[i]!
    largest = Math.max(largest, Math.abs(damping * step[i]!))
  }
  return largest
}

/** Log-likelihood of comparisons at natural strengths: Σ w·[o·z - ln(1+e^z)]. */
export function likelihoodOf({ a, b, weight, score }: Comparisons, strengths: Float64Array): number {
  let sum = 0
  for (let cell = 0; cell < a.length; cell++) {
    const z = strengths[a[cell]!]! - strengths[b[cell]!]!
    sum += score[cell]! * z - weight[cell]! * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))))
  }
  return sum
}

/**
 * Slopes of the log-likelihood (per model) and information N·p·(1-p) (per cell) at natural strengths; fills the arrays
 * it is given.
 */
export function slopesAt(
  { a, b, weight, score }: Comparisons,
  strengths: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): void {
  gradient.fill(0)
  for (let cell = 0; cell < a.length; cell++) {
    const i = a[cell]!
    const j = b[cell]!
    const odds = Math.exp(strengths[j]! - strengths[i]!)
    const p = 1 / (1 + odds)
    const surplus = score[cell]! - weight[cell]! * p
    gradient[i]! += surplus
    gradient[j]! -= surplus
    information[cell] = odds === Infinity ? 0 : weight[cell]! * p * (odds * p)
  }
}

type Stepper = (strengths: Float64Array, penalty: number) => Float64Array

/** Newton steps by a Cholesky factor of the information, its flat direction filled by a rank-one term. */
function denseStepper(comparisons: Comparisons): Stepper {
  const n = comparisons.models
  const gradient = new Float64Array(n)
  const information = new Float64Array(comparisons.a.length)
  return (strengths, penalty) => {
    slopesAt(comparisons, strengths, gradient, information)
    for (let i = 0; i < n; i++) gradient[i]! -= penalty * strengths[i]!
    const matrix = laplacian(comparisons, information, penalty)
    if (factor(matrix, n) >= 0) throw new NoFiniteRatings('the votes leave some differences without information')
    return solveFactored(matrix, n, gradient)
  }
}

/**
 * The information matrix of natural strengths, n × n: the Laplacian weighted by `information`, plus `ridge` on the
 * diagonal; without a ridge a constant is added everywhere, which fixes the mean of what it solves at zero.
 */
export function laplacian({ models: n, a, b }: Comparisons, information: Float64Array, ridge: number): Float64Array {
  const matrix = new Float64Array(n * n)
  let trace = 0
  for (let cell = 0; cell < a.length; cell++) {
    const i = a[cell]!
    const j = b[cell]!
    const q = information[cell]!
    matrix[i * n + i]! += q
    matrix[j * n + j]! += q
    matrix[i * n + j]! -= q
    matrix[j * n + i]! -= q
    trace += 2 * q
  }
  if (ridge > 0) for (let i = 0; i < n; i++) matrix[i * n + i]! += ridge
  else {
    const fill = meanFill(trace, n)
    for (let k = 0; k < matrix.length; k++) matrix[k]! += fill
  }
  return matrix
}

/** The constant that `laplacian` adds where there is no ridge: of the size of a mean entry. */
export function meanFill(trace: number, n: number): number {
  return trace > 0 ? trace / (n * n) : 1
}

/** Newton steps by conjugate gradients over the cells, for many models that mostly never met. */
function sparseStepper(comparisons: Comparisons): Stepper {
  const gradient = new Float64Array(comparisons.models)
  const information = new Float64Array(comparisons.a.length)
  return (strengths, penalty) => {
    slopesAt(comparisons, strengths, gradient, information)
    for (let i = 0; i < gradient.length; i++) gradient[i]! -= penalty * strengths[i]!
    return solveLaplacian(comparisons, information, penalty, gradient)
  }
}
