import { InputError } from '#server/core/problem.ts'
import { rateBoard, type BoardLine, type BoardList, type RatedBoard, type Standing } from '#server/ratings/board.ts'
import type { LineEvidence } from '#server/ratings/evidence/line-evidence.ts'
import type { ListEvidence } from '#server/ratings/evidence/list-evidence.ts'
import { publishedRules, RulesNotMet, type BoardRules } from '#server/ratings/rules.ts'
import { boardVotes } from '#server/ratings/votes/board-votes.ts'
import type { PairCounts } from '#server/ratings/votes/counts.ts'
import type { RatedVotes } from './vote-files/collect-votes.ts'
import { noteInWords, problemOf } from './rate-words.ts'

/** What the command line asks for. */
export interface RateOptions extends Pick<BoardRules, 'method' | 'ties' | 'interval' | 'rounds' | 'seed' | 'style'> {
  anchor?: { model: string; rating: number }
  /** Whether votes count by the column `weight`. */
  weights: boolean
}

/** One line of a printed board; ratings and bounds are null where the votes fix none. */
export interface PrintedRow extends LineEvidence {
  model: string
  rating: number | null
  lower: number | null
  upper: number | null
  rankBest: number | null
  rankWorst: number | null
  standing: Standing
  /** Posterior mode with a prior, where there is no rating; never to be read as one. */
  prior: number | null
  battles: number
  /** Mean score over opponents, ties a half. */
  averageWinRate: number
  bothBadRate: number
}

/** Models that can be compared with each other; nothing compares two of these. */
interface PrintedList extends ListEvidence<string> {
  rows: PrintedRow[]
}

/** What `arena rate` prints, as JSON or in words. */
export interface PrintedBoard extends Pick<RatedBoard, 'interval' | 'coefficients'> {
  votes: number
  outcomes: Record<'model_a' | 'model_b' | 'tie' | 'both_bad', number>
  unsure: number
  notBlind: number
  /** Votes of one rater on one item and pair beyond the first. */
  repeats: number
  method: RateOptions['method']
  ties: RateOptions['ties']
  anchor: RateOptions['anchor'] | null
  /** Whether votes count by their column of weights. */
  weighted: boolean
  seed: number
  lists: PrintedList[]
  tieParameter: number | null
  notes: string[]
}

/** Rates votes as asked; notes say in words what a reader must know. Throws InputError where the votes cannot answer. */
export function rateVotes(rated: RatedVotes, options: RateOptions): PrintedBoard {
  const { names, unsure, notBlind, repeats } = rated
  const { method, ties, weights, seed, anchor = null } = options
  const from = { ...boardVotes(rated.votes, rated.style), ...(rated.weight && { weight: rated.weight }) }
  const board = rateOrExplain(from, rulesOf(options, names), options)
  const unused = 'The file has a column weight, which was not used; --weights makes votes count by it.'
  return {
    votes: rated.votes.a.length,
    outcomes: outcomesOf(from.counts),
    unsure,
    notBlind,
    repeats,
    method,
    ties,
    interval: board.interval,
    anchor,
    weighted: weights,
    seed,
    lists: board.lists.map((list) => printedList(list, names)),
    tieParameter: board.lists[0]?.tieParameter ?? null,
    coefficients: board.coefficients,
    notes: [
      ...rated.notes,
      ...(rated.weight && !weights ? [unused] : []),
      ...board.notes.flatMap((note) => noteInWords(note, names)),
    ],
  }
}

function rulesOf({ anchor, weights, ...options }: RateOptions, names: string[]): BoardRules {
  const rules: BoardRules = {
    ...publishedRules,
    ...options,
    weights: weights ? 'column' : 'votes',
    evidence: true,
  }
  if (!anchor) return rules
  const model = names.indexOf(anchor.model)
  if (model < 0) throw noAnchor(anchor)
  return { ...rules, anchor: { model, rating: anchor.rating } }
}

/** For an anchor that is no model of the votes. */
export const noAnchor = ({ model }: { model: string }) => new InputError(`No vote names the anchor ${model}`)

function rateOrExplain(from: Parameters<typeof rateBoard>[0], rules: BoardRules, options: RateOptions): RatedBoard {
  try {
    return rateBoard(from, rules)
  } catch (error) {
    throw error instanceof RulesNotMet ? problemOf(error, options) : error
  }
}

function outcomesOf({ winsA, winsB, ties, bothBad }: PairCounts): PrintedBoard['outcomes'] {
  const sum = (column: Float64Array) => column.reduce((all, votes) => all + votes, 0)
  return { model_a: sum(winsA), model_b: sum(winsB), tie: sum(ties), both_bad: sum(bothBad) }
}

function printedList({ lines, evidence }: BoardList, names: string[]): PrintedList {
  const { connectivity, leastCertain, criticalDifference, fit, heldOut } = evidence!
  const pair = ([one, other]: [number, number]): [string, string] => [names[one]!, names[other]!]
  return {
    rows: lines.map((line) => printedRow(line, names)),
    connectivity,
    leastCertain: leastCertain && { ...leastCertain, models: pair(leastCertain.models) },
    criticalDifference,
    fit: fit && {
      ...fit,
      worstPairs: fit.worstPairs.map((worst) => ({ ...worst, models: pair(worst.models) })),
      cycles: fit.cycles.map(([one, two, three]) => [names[one]!, names[two]!, names[three]!]),
    },
    heldOut,
  }
}

function printedRow(line: BoardLine, names: string[]): PrintedRow {
  const { model, rating, lower, upper, rankBest, rankWorst, standing, prior, votes, bothBad, averageWinRate } = line
  const { underTies = null, pairwise = null, fromAnchor = null } = line.evidence ?? {}
  return {
    model: names[model]!,
    ...{ rating, lower, upper, rankBest, rankWorst, standing, prior, underTies, pairwise, fromAnchor },
    battles: votes,
    averageWinRate,
    bothBadRate: bothBad / votes,
  }
}
