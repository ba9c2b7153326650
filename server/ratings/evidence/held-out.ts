import { fitBradleyTerry, NoFiniteRatings } from '../fits/bradley-terry.ts'
import { compareCounts } from '../votes/comparisons.ts'
import { mergeSides, type PairCounts, type TieRule } from '../votes/counts.ts'
import { NoInformation } from '../linear/laplacian-solver.ts'
import { Random } from '../chance/random.ts'
import { winChance } from '../scale.ts'
import { fitTieModel } from '../fits/tie-models.ts'

/** The ways of treating ties that can be compared with each other. */
export const tieTreatments = ['half', 'drop-bothbad', 'drop', 'rao-kupper', 'davidson'] as const

export type TieTreatment = (typeof tieTreatments)[number]

export interface HeldOutScore {
  treatment: TieTreatment
  /** Mean natural log of the chance given to what happened, over the decisive votes left out; null where no fit exists. */
  logLikelihood: number | null
  /** Decisive votes left out. */
  votes: number
}

/**
 * How well each treatment of ties predicts votes it has not seen: fits to four fifths of the votes are judged by the
 * decisive votes of the last fifth, the only votes on which all can be compared (a tie model answers for a vote that is
 * known not to be a tie). Votes are drawn by the seed, per pair and verdict, so their order does not matter.
 */
export function scoreHeldOut(counts: PairCounts, seed = 0): HeldOutScore[] {
  const { kept, held } = splitCounts(mergeSides(counts), 0.2, seed)
  let votes = 0
  for (let cell = 0; cell < held.a.length; cell++) votes += held.winsA[cell]! + held.winsB[cell]!
  return tieTreatments.map((treatment) => {
    const chance = decisiveChance(kept, treatment)
    if (!chance || votes === 0) return { treatment, logLikelihood: null, votes }
    let sum = 0
    for (let cell = 0; cell < held.a.length; cell++) {
      const [a, b] = [held.a[cell]!, held.b[cell]!]
      if (held.winsA[cell]! > 0) sum += held.winsA[cell]! * Math.log(chance(a, b))
      if (held.winsB[cell]! > 0) sum += held.winsB[cell]! * Math.log(chance(b, a))
    }
    return { treatment, logLikelihood: sum / votes, votes }
  })
}

/** The chance of a decisive win of one over another, by a fit to counts; null where there is no finite one. */
function decisiveChance(counts: PairCounts, treatment: TieTreatment): ((one: number, other: number) => number) | null {
  try {
    if (treatment !== 'rao-kupper' && treatment !== 'davidson') {
      const { strengths } = fitBradleyTerry(compareCounts(counts, treatment satisfies TieRule))
      return (one, other) => winChance(strengths[one]! - strengths[other]!)
    }
    const { strengths, tieParameter } = fitTieModel(treatment, counts)
    // Davidson's odds of a win to a loss are e^d whatever ν; Rao and Kupper's are σ(d-η) to σ(-d-η).
    if (treatment === 'davidson') return (one, other) => winChance(strengths[one]! - strengths[other]!)
    return (one, other) => {
      const gap = strengths[one]! - strengths[other]!
      const [won, lost] = [winChance(gap - tieParameter), winChance(-gap - tieParameter)]
      return won / (won + lost)
    }
  } catch (error) {
    if (error instanceof NoFiniteRatings || error instanceof NoInformation) return null
    throw error
  }
}

/** Splits counts in two at random, each vote by itself. */
function splitCounts(counts: PairCounts, share: number, seed: number): { kept: PairCounts; held: PairCounts } {
  const random = new Random(seed, 0)
  const columns = ['winsA', 'winsB', 'ties', 'bothBad'] as const
  const held = { ...counts }
  const kept = { ...counts }
  for (const column of columns) {
    held[column] = counts[column].map((votes) => {
      let drawn = 0
      for (let vote = 0; vote < votes; vote++) if (random.unit() < share) drawn++
      return drawn
    })
    kept[column] = counts[column].map((votes, cell) => votes - held[column][cell]!)
  }
  return { kept, held }
}
