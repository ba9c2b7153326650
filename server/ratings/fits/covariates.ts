import { climb, NoFiniteRatings } from './bradley-terry.ts'
import { factor, invertFactored } from '../linear/cholesky.ts'
import { graphReport } from '../graph.ts'
import { wrap } from '../bounds/intervals.ts'
import { laplacian, laplacianSolver, meanFill, NoInformation, type Pairs } from '../linear/laplacian-solver.ts'
import type { Observations } from '../votes/observations.ts'
import { borderedStep, shareOfStep, widestChange } from './newton.ts'
import { centre, toRatings } from '../scale.ts'
import { compareGroups } from '../votes/vote-groups.ts'

interface CovariateFit {
  /** Elo points, mean 1000, at equal covariates. */
  ratings: Float64Array
  strengths: Float64Array
  /** Natural log-odds per unit of the covariate. */
  coefficients: Float64Array
  logLikelihood: number
  converged: boolean
  iterations: number
}

/** λ of ½λΣx² on strengths and on coefficients, natural units, on the sum of the log-likelihoods. None unless asked for. */
export interface Penalties {
  strengths?: number
  coefficients?: number
}

/**
 * Bradley–Terry with covariates: log-odds of a = θa - θb + f·β, of highest likelihood (less penalties). Throws
 * NoFiniteRatings where the votes do not fix all ratings, NoInformation where a covariate cannot be told from the models
 * or the others.
 */
export function fitCovariates(observations: Observations, penalties: Penalties = {}): CovariateFit {
  const { models: n, names } = observations
  const k = names.length
  const { comparisons, cell } = compareGroups(observations)
  if (!(penalties.strengths! > 0) && !graphReport(comparisons).connected)
    throw new NoFiniteRatings('the models are not joined by wins both ways, so their ratings are not all finite')
  const parameters = new Float64Array(n + k)
  const solver = laplacianSolver(comparisons)
  const at = (share: number, step: Float64Array | null) =>
    evaluate(observations, comparisons, cell, parameters, penalties, share, step)
  const progress = climb(parameters, () => {
    const here = at(0, null)
    const slopes = here.gradient.subarray(0, n)
    const solve = solver(here.information, penalties.strengths ?? 0)
    const step = stepOf(names, () => borderedStep(solve, slopes, here.border, here.corner, here.gradient.subarray(n)))
    const share = shareOfStep(widestMove(observations, comparisons, step), (part) => at(part, step).slope)
    return share === 1 ? step : step.map((move) => share * move)
  })
  if (!progress.converged)
    throw new NoFiniteRatings('the votes leave ratings or coefficients without a highest likelihood')
  const strengths = centre(parameters.slice(0, n))
  return {
    ratings: toRatings(strengths),
    strengths,
    coefficients: parameters.slice(n),
    logLikelihood: at(0, null).logLikelihood,
    converged: progress.converged,
    iterations: progress.iterations,
  }
}

/** A step, or the sentence that says which covariates leave none. */
function stepOf(names: string[], solve: () => Float64Array): Float64Array {
  try {
    return solve()
  } catch (error) {
    if (!(error instanceof NoInformation)) throw error
    const which = `the votes cannot tell ${names.join(', ')} from each other or from the models`
    throw new NoInformation(which, { cause: error })
  }
}

/** An upper bound of the change that a step makes to the log-odds of any row. */
function widestMove({ models: n, covariates, names }: Observations, pairs: Pairs, step: Float64Array): number {
  let widest = widestChange(pairs, step)
  for (let k = 0; k < names.length; k++) {
    let largest = 0
    for (let row = k; row < covariates.length; row += names.length)
      largest = Math.max(largest, Math.abs(covariates[row]!))
    widest += largest * Math.abs(step[n + k]!)
  }
  return widest
}

/** Log-likelihood, slopes and information at the parameters plus a share of a step. */
function evaluate(
  { models: n, a, b, score, weight, count, covariates, names }: Observations,
  pairs: Pairs,
  cell: Int32Array,
  parameters: Float64Array,
  penalties: Penalties,
  share: number,
  step: Float64Array | null,
) {
  const k = names.length
  const theta = step ? parameters.map((value, i) => value + share * step[i]!) : parameters
  const gradient = theta.map((value, i) => -value * ((i < n ? penalties.strengths : penalties.coefficients) ?? 0))
  const information = new Float64Array(pairs.a.length)
  const border = names.map(() => new Float64Array(n))
  const corner = new Float64Array(k * k)
  for (let s = 0; s < k; s++) corner[s * k + s] = penalties.coefficients ?? 0
  let logLikelihood = 0
  for (let row = 0; row < a.length; row++) {
    const i = a[row]!
    const j = b[row]!
    const first = row * k
    let z = theta[i]! - theta[j]!
    for (let s = 0; s < k; s++) z += covariates[first + s]! * theta[n + s]!
    const p = 1 / (1 + Math.exp(-z))
    const mass = count[row]! * weight[row]!
    const surplus = mass * (score[row]! - p)
    const bend = mass * p * (1 - p)
    logLikelihood += mass * (score[row]! * z - Math.max(z, 0) - Math.log1p(Math.exp(-Math.abs(z))))
    gradient[i]! += surplus
    gradient[j]! -= surplus
    information[cell[row]!]! += bend
    for (let s = 0; s < k; s++) {
      const f = covariates[first + s]!
      gradient[n + s]! += surplus * f
      border[s]![i]! += bend * f
      border[s]![j]! -= bend * f
      for (let t = 0; t < k; t++) corner[s * k + t]! += bend * f * covariates[first + t]!
    }
  }
  const slope = step ? gradient.reduce((sum, value, i) => sum + value * step[i]!, 0) : 0
  return { logLikelihood, gradient, information, border, corner, slope }
}

/**
 * Covariances of strengths and coefficients, (n+k) × (n+k), natural units, mean of the strengths fixed: `fisher` the
 * inverse information, `sandwich` the one that holds when votes scatter otherwise than coins. A ridge, where given, is
 * added to the diagonal of the information first.
 */
export function covariateCovariance(
  observations: Observations,
  fit: CovariateFit,
  ridge = 0,
): { fisher: Float64Array; sandwich: Float64Array } {
  const { models: n, a, b, score, weight, count, covariates, names } = observations
  const k = names.length
  const size = n + k
  const parameters = new Float64Array(size)
  parameters.set(fit.strengths)
  parameters.set(fit.coefficients, n)
  const { comparisons, cell } = compareGroups(observations)
  const { information, border, corner } = evaluate(observations, comparisons, cell, parameters, {}, 0, null)
  const models = laplacian(comparisons, information, ridge)
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < n; i++) {
    matrix.set(models.subarray(i * n, i * n + n), i * size)
    for (let s = 0; s < k; s++) matrix[i * size + n + s] = matrix[(n + s) * size + i] = border[s]![i]!
  }
  for (let s = 0; s < k; s++) {
    for (let t = 0; t < k; t++) matrix[(n + s) * size + n + t] = corner[s * k + t]! + (s === t ? ridge : 0)
  }
  if (factor(matrix, size) >= 0) throw new NoInformation('the votes leave ratings or coefficients without information')
  const fisher = invertFactored(matrix, size)
  if (ridge === 0) {
    const flat = 1 / (meanFill(information, n) * n * n)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) fisher[i * size + j]! -= flat
  }
  const middle = new Float64Array(size * size)
  const place = new Int32Array(2 + k)
  const x = new Float64Array(2 + k)
  for (let row = 0; row < a.length; row++) {
    place[0] = a[row]!
    place[1] = b[row]!
    x[0] = 1
    x[1] = -1
    let z = parameters[a[row]!]! - parameters[b[row]!]!
    for (let s = 0; s < k; s++) {
      place[2 + s] = n + s
      x[2 + s] = covariates[row * k + s]!
      z += x[2 + s]! * fit.coefficients[s]!
    }
    const surplus = weight[row]! * (score[row]! - 1 / (1 + Math.exp(-z)))
    const scatter = count[row]! * surplus * surplus
    for (let s = 0; s < 2 + k; s++) {
      for (let t = 0; t < 2 + k; t++) middle[place[s]! * size + place[t]!]! += scatter * x[s]! * x[t]!
    }
  }
  return { fisher, sandwich: wrap(fisher, middle, size) }
}
