import { verdictCode, type Votes } from '../votes/counts.ts'
import { binomialTwoSided } from '../chance/distributions.ts'
import { winChance } from '../scale.ts'

/** What one rater's votes look like beside a fit. */
interface RaterDiagnostics {
  rater: number
  votes: number
  decisive: number
  /** Decisive votes for the left side, and how likely a fair coin is to be as far off (exact, two-sided). */
  left: number
  leftP: number
  /** Mean of o·ln p + (1-o)·ln(1-p), p the fit's chance of the left model. */
  meanLogLikelihood: number
  /** Share of decisive votes for the model that the fit favours; NaN without decisive votes. */
  favouriteAgreement: number
  /** Repeats and alternations of the side chosen (`runsZ`); NaN where the rater chose one side only. */
  runs: number
}

/** The positions of each rater's votes, in the order of the votes. */
export function votesByRater(votes: Votes): Int32Array[] {
  if (!votes.rater) throw new RangeError('rater diagnostics need the rater of every vote')
  const lists: number[][] = []
  votes.rater.forEach((rater, t) => (lists[rater] ??= []).push(t))
  return Array.from(lists, (list) => Int32Array.from(list ?? []))
}

/** The score of the left model in vote t. */
export function scoreAt({ verdict }: Votes, t: number): number {
  return verdict[t] === verdictCode.model_a ? 1 : verdict[t] === verdictCode.model_b ? 0 : 0.5
}

/** Describes every rater beside natural strengths, usually those fitted to all votes. */
export function diagnoseRaters(votes: Votes, strengths: Float64Array): RaterDiagnostics[] {
  return votesByRater(votes).map((own, rater) => {
    let logLikelihood = 0
    let favourite = 0
    const decisive = own.filter((t) => votes.verdict[t]! < 2)
    for (const t of own) {
      const z = strengths[votes.a[t]!]! - strengths[votes.b[t]!]!
      const score = scoreAt(votes, t)
      logLikelihood += score * Math.log(winChance(z)) + (1 - score) * Math.log(winChance(-z))
      if (score !== 0.5 && z > 0 === (score === 1)) favourite++
    }
    const sides = decisive.map((t) => votes.verdict[t]!)
    const left = sides.filter((side) => side === verdictCode.model_a).length
    return {
      rater,
      votes: own.length,
      decisive: decisive.length,
      left,
      leftP: binomialTwoSided(left, decisive.length),
      meanLogLikelihood: logLikelihood / own.length,
      favouriteAgreement: favourite / decisive.length,
      runs: runsZ(sides),
    }
  })
}

/**
 * The runs test (Wald and Wolfowitz 1940) on a row of two choices: far below zero, the same choice comes in long rows; far
 * above, choices alternate. NaN where only one was made.
 */
export function runsZ(choices: ArrayLike<number>): number {
  const total = choices.length
  let ones = 0
  let runs = 0
  for (let k = 0; k < total; k++) {
    if (choices[k] === choices[0]) ones++
    if (k === 0 || choices[k] !== choices[k - 1]) runs++
  }
  const product = 2 * ones * (total - ones)
  const variance = (product * (product - total)) / (total * total * (total - 1))
  return ones === total ? NaN : (runs - 1 - product / total) / Math.sqrt(variance)
}
