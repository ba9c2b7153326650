import type { Comparisons } from '../votes/comparisons.ts'
import { graphReport } from '../graph.ts'
import { laplacianSolver, mostDense } from '../linear/laplacian-solver.ts'
import { listNeighbours, sweep } from '../linear/neighbours.ts'
import { shareOfStep, widestChange } from './newton.ts'
import { centre, toRatings } from '../scale.ts'

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

interface FitOptions {
  /** λ of ½λΣθ² taken from the log-likelihood (θ natural). Above zero the fit is a posterior mode and always exists. */
  penalty?: number
  /** Strengths that the penalty pulls towards, mean zero, natural units: ½λΣ(θ-towards)². Zero when left out. */
  towards?: Float64Array
  /** Strengths to start from, natural units. */
  start?: Float64Array
}

/** Thrown where ratings were asked for that do not exist; the graph report says which models cannot be compared. */
export class NoFiniteRatings extends Error {
  override name = 'NoFiniteRatings'
}

/** Steps below this, in natural units, end a fit: a thousandth of the exactness that is promised (1e-6 Elo points). */
const smallestStep = 1e-11
const mostIterations = 200
/** Sweeps that may come before Newton's method where the graph is sparse. */
const mostSweeps = 60

/**
 * Bradley–Terry ratings of highest likelihood, or of highest posterior with a penalty. Newton's method; each step
 * climbs (see `shareOfStep`), and the fit ends on the size of the step, never on the loss.
 *
 * Throws NoFiniteRatings when there is no penalty and the win graph is not strongly connected (`rateAll` copes).
 */
export function fitBradleyTerry(comparisons: Comparisons, { penalty = 0, towards, start }: FitOptions = {}): Fit {
  const n = comparisons.models
  if (n === 0) throw new NoFiniteRatings('there is no model to rate')
  if (penalty === 0 && !graphReport(comparisons).connected)
    throw new NoFiniteRatings('the models are not joined by wins both ways, so their ratings are not all finite')
  const strengths = centre((start ?? towards ?? new Float64Array(n)).slice())
  if (n > mostDense && !start) sweepNear(comparisons, strengths)
  const solver = laplacianSolver(comparisons)
  const gradient = new Float64Array(n)
  const information = new Float64Array(comparisons.a.length)
  let widest = 1
  const progress = climb(strengths, () => {
    slopesAt(comparisons, strengths, gradient, information)
    for (let i = 0; i < n; i++) gradient[i]! -= penalty * (strengths[i]! - (towards?.[i] ?? 0))
    // The closer the top, the more exactly a step is solved for.
    const step = solver(information, penalty)(gradient, Math.min(0.01, Math.max(1e-6, widest)))
    widest = widestChange(comparisons, step)
    const share = shareOfStep(widest, (part) => slopeAlong(comparisons, strengths, step, part, penalty, towards))
    return share === 1 ? step : step.map((move) => share * move)
  })
  centre(strengths)
  return { ratings: toRatings(strengths), strengths, logLikelihood: likelihoodOf(comparisons, strengths), ...progress }
}

/**
 * Adds steps to parameters in place until they are too small to matter. Where rounding keeps them from shrinking
 * further, a step of less than a millionth of a point is the end as well.
 */
export function climb(
  parameters: Float64Array,
  nextStep: () => Float64Array,
): { converged: boolean; iterations: number; lastStep: number } {
  let lastStep = Infinity
  for (let iterations = 1; iterations <= mostIterations; iterations++) {
    const step = nextStep()
    const before = lastStep
    lastStep = 0
    for (let i = 0; i < parameters.length; i++) {
      parameters[i]! += step[i]!
      lastStep = Math.max(lastStep, Math.abs(step[i]!))
    }
    const converged = lastStep < smallestStep || (lastStep < 1e-9 && lastStep > before / 2)
    if (converged) return { converged, iterations, lastStep }
    if (!(lastStep < Infinity)) break
  }
  return { converged: false, iterations: mostIterations, lastStep }
}

/** Sweeps put models that are far from the rest, and slow Newton's method, near their place. */
function sweepNear(comparisons: Comparisons, strengths: Float64Array): void {
  const neighbours = listNeighbours(comparisons)
  for (let round = 0; round < mostSweeps && sweep(neighbours, strengths) > 0.05; round++);
  centre(strengths)
}

/** The derivative of the penalised log-likelihood along a step, at a share of it. */
function slopeAlong(
  { a, b, weight, score }: Comparisons,
  strengths: Float64Array,
  step: Float64Array,
  share: number,
  penalty: number,
  towards?: Float64Array,
): number {
  let slope = 0
  for (let cell = 0; cell < a.length; cell++) {
    const change = step[a[cell]!]! - step[b[cell]!]!
    const z = strengths[a[cell]!]! - strengths[b[cell]!]! + share * change
    slope += change * (score[cell]! - weight[cell]! / (1 + Math.exp(-z)))
  }
  for (let i = 0; i < step.length; i++)
    slope -= penalty * (strengths[i]! + share * step[i]! - (towards?.[i] ?? 0)) * step[i]!
  return slope
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
