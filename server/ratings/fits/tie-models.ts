import { climb, fitBradleyTerry, NoFiniteRatings } from './bradley-terry.ts'
import { factor, invertFactored } from '../linear/cholesky.ts'
import { compareCounts } from '../votes/comparisons.ts'
import { mergeSides, tiesKept, type PairCounts, type TieRule } from '../votes/counts.ts'
import { fisherCovariance, type Covariance } from '../bounds/intervals.ts'
import { laplacian, laplacianSolver, meanFill } from '../linear/laplacian-solver.ts'
import { borderedStep, shareOfStep, widestChange } from './newton.ts'
import { centre, toRatings } from '../scale.ts'

/** Models of ties: `rao-kupper` (1967), where near misses tie, and `davidson` (1970), where evenness does. */
export type TieModel = 'rao-kupper' | 'davidson'

interface TieFit {
  /** Elo points, mean 1000; spread wider than under half-win ties, so the two never share a column. */
  ratings: Float64Array
  strengths: Float64Array
  /** η ≥ 0 of Rao–Kupper, in natural units, or ν ≥ 0 of Davidson, the odds of a tie between equals against a win of one. */
  tieParameter: number
  /** Of the three outcomes, natural log. */
  logLikelihood: number
  converged: boolean
  iterations: number
}

/** Votes of one pair and what a tie model makes of them at a log-odds and a tie parameter. */
interface Slopes {
  logLikelihood: number
  /** First derivatives by log-odds and tie parameter, and the negative second ones. */
  byOdds: number
  byTie: number
  oddsOdds: number
  oddsTie: number
  tieTie: number
}

/**
 * Ratings under a model of ties, with its parameter, of highest likelihood. Rao–Kupper: P(a) = σ(d-η), P(b) = σ(-d-η),
 * the rest is the tie. Davidson: P(a) : P(b) : P(tie) = e^(d/2) : e^(-d/2) : ν. Without any tie the parameter is zero and
 * both are plain Bradley–Terry. Throws NoFiniteRatings where the likelihood has no top.
 */
export function fitTieModel(model: TieModel, counts: PairCounts, ties: TieRule = 'half'): TieFit {
  const merged = mergeSides(counts)
  const comparisons = compareCounts(merged, ties)
  const half = fitBradleyTerry(comparisons)
  const tied = merged.a.map((_, cell) => tiesKept(merged, cell, ties))
  const allTies = tied.reduce((sum, count) => sum + count, 0)
  const votes = comparisons.weight.reduce((sum, count) => sum + count, 0)
  if (allTies === 0) return { ...half, tieParameter: 0 }
  if (allTies === votes) throw new NoFiniteRatings('every vote is a tie, so a model of ties has nothing to fit')
  const n = counts.models
  const slopesOf = model === 'davidson' ? davidsonSlopes : raoKupperSlopes
  const rate = allTies / votes
  const parameters = new Float64Array(n + 1)
  parameters.set(half.strengths)
  parameters[n] = model === 'davidson' ? Math.log((2 * rate) / (1 - rate)) : 2 * Math.atanh(rate)
  const at = (share: number, step: Float64Array | null) => evaluate(merged, tied, slopesOf, parameters, share, step)
  const solver = laplacianSolver({ ...comparisons, a: merged.a, b: merged.b })
  const progress = climb(parameters, () => {
    const here = at(0, null)
    const step = borderedStep(
      solver(here.information, 0),
      here.gradient,
      [here.border],
      Float64Array.of(here.corner),
      Float64Array.of(here.byTie),
    )
    const widest = widestChange(merged, step) + Math.abs(step[n]!)
    let share = shareOfStep(widest, (part) => at(part, step).slope)
    // η stays above zero: a step goes at most 95 % of the way there.
    if (model === 'rao-kupper') while (parameters[n]! + share * step[n]! <= 0.05 * parameters[n]!) share /= 2
    return step.map((move) => share * move)
  })
  if (!progress.converged || Math.abs(parameters[n]!) > 50)
    throw new NoFiniteRatings(`the votes leave the ${model} model of ties without a highest likelihood`)
  const strengths = centre(parameters.slice(0, n))
  return {
    ratings: toRatings(strengths),
    strengths,
    tieParameter: model === 'davidson' ? Math.exp(parameters[n]!) : parameters[n]!,
    logLikelihood: at(0, null).logLikelihood,
    converged: progress.converged,
    iterations: progress.iterations,
  }
}

/**
 * Covariance of the strengths under a tie model, its parameter estimated with them: the inverse information, natural
 * units, mean of the strengths fixed.
 */
export function tieCovariance(model: TieModel, counts: PairCounts, fit: TieFit, ties: TieRule = 'half'): Covariance {
  const merged = mergeSides(counts)
  const n = counts.models
  if (fit.tieParameter === 0) return fisherCovariance(compareCounts(merged, ties), fit.strengths)
  const tied = merged.a.map((_, cell) => tiesKept(merged, cell, ties))
  const parameters = new Float64Array(n + 1)
  parameters.set(fit.strengths)
  parameters[n] = model === 'davidson' ? Math.log(fit.tieParameter) : fit.tieParameter
  const slopesOf = model === 'davidson' ? davidsonSlopes : raoKupperSlopes
  const { information, border, corner } = evaluate(merged, tied, slopesOf, parameters, 0, null)
  // What the tie parameter knows of the strengths is lost to it: the Schur complement.
  const matrix = laplacian(merged, information, 0)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j]! -= (border[i]! * border[j]!) / corner
  }
  if (factor(matrix, n) >= 0) throw new NoFiniteRatings('the votes leave some differences without information')
  const inverse = invertFactored(matrix, n)
  const flat = 1 / (meanFill(information, n) * n * n)
  return { models: n, matrix: inverse.map((value) => value - flat) }
}

type SlopesOf = (odds: number, tie: number, winsA: number, winsB: number, ties: number) => Slopes

/** Sums over all pairs at the parameters plus a share of a step; `slope` is the derivative along that step. */
function evaluate(
  { models: n, a, b, winsA, winsB }: PairCounts,
  tied: Float64Array | Int32Array,
  slopesOf: SlopesOf,
  parameters: Float64Array,
  share: number,
  step: Float64Array | null,
) {
  const move = (i: number) => (step ? step[i]! : 0)
  const sums = { logLikelihood: 0, slope: 0, byTie: 0, corner: 0 }
  const gradient = new Float64Array(n)
  const border = new Float64Array(n)
  const information = new Float64Array(a.length)
  const tie = parameters[n]! + share * move(n)
  for (let cell = 0; cell < a.length; cell++) {
    const i = a[cell]!
    const j = b[cell]!
    const change = move(i) - move(j)
    const odds = parameters[i]! - parameters[j]! + share * change
    const pair = slopesOf(odds, tie, winsA[cell]!, winsB[cell]!, tied[cell]!)
    sums.logLikelihood += pair.logLikelihood
    sums.slope += pair.byOdds * change + pair.byTie * move(n)
    sums.byTie += pair.byTie
    sums.corner += pair.tieTie
    information[cell] = pair.oddsOdds
    gradient[i]! += pair.byOdds
    gradient[j]! -= pair.byOdds
    border[i]! += pair.oddsTie
    border[j]! -= pair.oddsTie
  }
  return { ...sums, gradient, border, information }
}

/** ln(1+e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** As products: a tie is both models failing to win by η, times e^(2η) - 1. */
function raoKupperSlopes(odds: number, eta: number, winsA: number, winsB: number, ties: number): Slopes {
  if (eta <= 0) return { logLikelihood: -Infinity, byOdds: 0, byTie: NaN, oddsOdds: 0, oddsTie: 0, tieTie: 0 }
  const notB = winsA + ties
  const notA = winsB + ties
  const pA = 1 / (1 + Math.exp(eta - odds))
  const pB = 1 / (1 + Math.exp(eta + odds))
  const bendA = notB * pA * (1 - pA)
  const bendB = notA * pB * (1 - pB)
  return {
    logLikelihood: -notB * softplus(eta - odds) - notA * softplus(eta + odds) + ties * Math.log(Math.expm1(2 * eta)),
    byOdds: notB * (1 - pA) - notA * (1 - pB),
    byTie: -notB * (1 - pA) - notA * (1 - pB) + ties * (1 + 1 / Math.tanh(eta)),
    oddsOdds: bendA + bendB,
    oddsTie: bendB - bendA,
    tieTie: bendA + bendB + ties / Math.sinh(eta) ** 2,
  }
}

/** `tie` is ln ν. */
function davidsonSlopes(odds: number, tie: number, winsA: number, winsB: number, ties: number): Slopes {
  const votes = winsA + winsB + ties
  const top = Math.max(Math.abs(odds) / 2, tie)
  const forA = Math.exp(odds / 2 - top)
  const forB = Math.exp(-odds / 2 - top)
  const forTie = Math.exp(tie - top)
  const sum = forA + forB + forTie
  const pTie = forTie / sum
  const lean = (forA - forB) / sum
  return {
    logLikelihood: ((winsA - winsB) * odds) / 2 + ties * tie - votes * (top + Math.log(sum)),
    byOdds: (winsA - winsB - votes * lean) / 2,
    byTie: ties - votes * pTie,
    oddsOdds: (votes * (1 - pTie - lean * lean)) / 4,
    oddsTie: (-votes * lean * pTie) / 2,
    tieTie: votes * pTie * (1 - pTie),
  }
}
