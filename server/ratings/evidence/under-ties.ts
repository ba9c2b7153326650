import { fitBradleyTerry, NoFiniteRatings } from '../fits/bradley-terry.ts'
import { fitTieModel } from '../fits/tie-models.ts'
import { NoInformation } from '../linear/laplacian-solver.ts'
import type { RatedList } from '../lists/rated-lists.ts'
import type { BoardRules } from '../rules.ts'
import { rowsAmong } from '../votes/among.ts'
import { compareFor, type BoardVotes } from '../votes/board-votes.ts'
import { tieTreatments, type TieTreatment } from './held-out.ts'
import { mostWithPairs } from './list-evidence.ts'

/**
 * Ratings of a list's core under every treatment of ties, by position, Elo points of mean 1000; null under a treatment
 * that has none. Null as a whole where no vote was a tie, or another method than Bradley–Terry was asked for.
 */
export function rateUnderTies(
  { core, ratings }: RatedList,
  from: BoardVotes,
  rules: BoardRules,
): Record<TieTreatment, Float64Array | null> | null {
  const hasTies = [from.counts.ties, from.counts.bothBad].some((column) => column.some((votes) => votes > 0))
  if (!hasTies || !ratings || rules.method !== 'bt' || rules.style) return null
  const entries = tieTreatments.map((treatment) => [treatment, rateUnder(treatment, core, from, rules)])
  return Object.fromEntries(entries) as Record<TieTreatment, Float64Array | null>
}

function rateUnder(
  treatment: TieTreatment,
  core: number[],
  from: BoardVotes,
  { weights }: BoardRules,
): Float64Array | null {
  const isModel = treatment === 'rao-kupper' || treatment === 'davidson'
  // A model of ties has no weights.
  if (isModel && (weights !== 'votes' || core.length > mostWithPairs)) return null
  try {
    if (isModel) return fitTieModel(treatment, rowsAmong(from.counts, core)).ratings
    return fitBradleyTerry(rowsAmong(compareFor(from, { ties: treatment, weights }), core)).ratings
  } catch (error) {
    if (error instanceof NoFiniteRatings || error instanceof NoInformation) return null
    throw error
  }
}
