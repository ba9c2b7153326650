import { fitBradleyTerry, slopesAt, type Fit } from './bradley-terry.ts'
import { factor } from '../linear/cholesky.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { laplacian } from '../linear/laplacian-solver.ts'
import { pointsPerNatural } from '../scale.ts'

interface PooledCategories {
  /** How far a model's rating in a category typically lies from its overall one, Elo points; zero where nothing shows. */
  spread: number
  /** One fit per category, in the order given: never to be shown without the word pooled. */
  fits: Fit[]
}

/** The spreads that are tried, Elo points: from none that could be seen to none that could be believed. */
const narrowest = 1
const widest = 400

/**
 * Ratings of small categories, drawn towards the overall strengths (natural, mean zero): each deviation has a normal
 * prior, one for all categories, whose spread makes their votes likeliest (empirical Bayes, the deviations integrated
 * out by Laplace's method: Tierney and Kadane 1986). A category without votes gets the overall ratings.
 */
export function poolCategories(categories: Comparisons[], overall: Float64Array): PooledCategories {
  const fitAt = (logSpread: number) => {
    const penalty = (pointsPerNatural / Math.exp(logSpread)) ** 2
    const fits = categories.map((votes) => fitBradleyTerry(votes, { penalty, towards: overall }))
    const evidence = fits.reduce((sum, fit, k) => sum + evidenceOf(categories[k]!, fit, penalty, overall), 0)
    return { fits, evidence }
  }
  const logSpread = highest((at) => fitAt(at).evidence, Math.log(narrowest), Math.log(widest))
  const isNone = logSpread < Math.log(1.05 * narrowest)
  return { spread: isNone ? 0 : Math.exp(logSpread), fits: fitAt(logSpread).fits }
}

/** The log-likelihood of a category's votes with its deviations integrated out, up to a constant. */
function evidenceOf(votes: Comparisons, fit: Fit, penalty: number, overall: Float64Array): number {
  const n = votes.models
  const information = new Float64Array(votes.a.length)
  slopesAt(votes, fit.strengths, new Float64Array(n), information)
  const matrix = laplacian(votes, information, penalty)
  factor(matrix, n)
  let logDeterminant = 0
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(matrix[i * n + i]!)
  const pull = fit.strengths.reduce((sum, strength, i) => sum + (strength - overall[i]!) ** 2, 0)
  return fit.logLikelihood - (penalty * pull) / 2 + (n * Math.log(penalty) - logDeterminant) / 2
}

/** Where a function with a single maximum in the range is highest: the best of a coarse grid, then golden sections. */
function highest(of: (at: number) => number, low: number, high: number): number {
  const grid = Array.from({ length: 13 }, (_, k) => low + (k * (high - low)) / 12)
  const values = grid.map(of)
  const best = values.indexOf(Math.max(...values))
  let left = grid[Math.max(0, best - 1)]!
  let right = grid[Math.min(12, best + 1)]!
  const golden = (Math.sqrt(5) - 1) / 2
  while (right - left > 1e-3) {
    const [one, other] = [right - golden * (right - left), left + golden * (right - left)]
    if (of(one) >= of(other)) right = other
    else left = one
  }
  return (left + right) / 2
}
