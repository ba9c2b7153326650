import { rankRanges } from './bounds/ranks.ts'
import { evidenceOf, pairwiseRanks, type ListEvidence } from './evidence/list-evidence.ts'
import { evidenceOfLines, type LineEvidence } from './evidence/line-evidence.ts'
import type { GraphReport, Place } from './graph.ts'
import { rateLists } from './lists/rate-lists.ts'
import type { IntervalMade, RatedList, RatedLists, StyleCoefficient } from './lists/rated-lists.ts'
import type { BoardNote } from './notes.ts'
import { RulesNotMet, type BoardRules } from './rules.ts'
import type { BoardVotes } from './votes/board-votes.ts'
import { tallyModels, type Tally } from './votes/tally.ts'

/**
 * Whether a model has a rating, and else why not: it has lost to nobody or won against nobody, so that any high or any
 * low rating would fit; nothing joins it to the rated models by wins both ways; or no vote that counts names it.
 */
export type Standing = 'rated' | 'unbeaten' | 'winless' | 'apart' | 'no-votes'

/** One model's line, Elo points. Ratings, bounds and ranks are null where the votes fix none. */
export interface BoardLine extends Record<keyof Tally, number> {
  model: number
  standing: Standing
  rating: number | null
  lower: number | null
  upper: number | null
  standardError: number | null
  /** Among the rated models of the list. */
  rankBest: number | null
  rankWorst: number | null
  /** Posterior mode under a faint prior, where there is no rating; never to be read as one. */
  prior: number | null
  evidence: LineEvidence | null
}

/** Models that can be compared with each other; nothing compares two of these. */
export interface BoardList {
  /** Those that the votes put above every rating first, then the rated, the strongest first, then the others. */
  lines: BoardLine[]
  /** How the fit ended; null where nothing was fitted. */
  end: RatedList['end']
  /** Of a model of ties. */
  tieParameter: number | null
  evidence: ListEvidence | null
}

export interface RatedBoard {
  /** The largest first. A model without votes is in none. */
  lists: BoardList[]
  tallies: Tally
  interval: IntervalMade
  coefficients: StyleCoefficient[]
  notes: BoardNote[]
}

/**
 * Rates votes, known one by one or as counts, under rules: what pages, snapshots, replay and `arena rate` all show. Throws
 * RulesNotMet where the rules ask for what the votes lack, NoFiniteRatings and NoInformation where no rating exists.
 */
export function rateBoard(from: BoardVotes, rules: BoardRules): RatedBoard {
  const rated = rateLists(from, rules)
  const tallies = tallyModels(from.counts)
  const notes = [...rated.notes]
  if (rated.lists.length > 1) notes.push({ about: 'groups', groups: rated.lists.length })
  return {
    lists: rated.lists.map((list) => boardList(list, rated, from, rules, tallies)),
    tallies,
    interval: rated.interval,
    coefficients: rated.coefficients,
    notes,
  }
}

function boardList(
  list: RatedList,
  { graph, prior }: RatedLists,
  from: BoardVotes,
  rules: BoardRules,
  tallies: Tally,
): BoardList {
  const shift = shiftOf(list, rules)
  const pairwise = rules.evidence ? pairwiseRanks(list) : null
  const evidence = rules.evidence ? evidenceOfLines(list, from, rules, pairwise?.ranks ?? null) : null
  const ranks = list.bounds && (list.bounds.ways ? list.bounds.places! : rankRanges(list.bounds))
  const position = new Map(list.ratings ? list.core.map((model, k) => [model, k]) : [])
  const lines = list.models.map((model): BoardLine => {
    const at = position.get(model)
    return {
      model,
      ...(at === undefined ? unrated(standingOf(model, graph), prior?.[model]) : ratedLine(list, at, shift)),
      rankBest: at === undefined || !ranks ? null : ranks.best[at]!,
      rankWorst: at === undefined || !ranks ? null : ranks.worst[at]!,
      ...tallyOf(tallies, model),
      evidence: evidence?.(at) ?? null,
    }
  })
  return {
    lines: inOrder(lines, list.places),
    end: list.end,
    tieParameter: list.tieParameter,
    evidence: rules.evidence ? evidenceOf(list, from, rules, pairwise?.critical ?? null) : null,
  }
}

type Rating = Pick<BoardLine, 'standing' | 'rating' | 'lower' | 'upper' | 'standardError' | 'prior'>

function ratedLine({ ratings, bounds }: RatedList, at: number, shift: number): Rating {
  return {
    standing: 'rated',
    rating: ratings![at]! + shift,
    lower: bounds && bounds.lower[at]! + shift,
    upper: bounds && bounds.upper[at]! + shift,
    standardError: bounds && bounds.standardErrors[at]!,
    prior: null,
  }
}

function unrated(standing: Standing, prior: number | undefined): Rating {
  return { standing, rating: null, lower: null, upper: null, standardError: null, prior: prior ?? null }
}

function standingOf(model: number, graph: GraphReport | null): Standing {
  if (graph?.undefeated.includes(model)) return 'unbeaten'
  if (graph?.winless.includes(model)) return 'winless'
  return 'apart'
}

/** The sums of one model. */
export function tallyOf(tallies: Tally, model: number): Record<keyof Tally, number> {
  const { votes, wins, losses, ties, bothBad, averageWinRate } = tallies
  return {
    votes: votes[model]!,
    wins: wins[model]!,
    losses: losses[model]!,
    ties: ties[model]!,
    bothBad: bothBad[model]!,
    averageWinRate: averageWinRate[model]!,
  }
}

/** The shift that puts the anchor where the rules want it; zero in a list without it. */
function shiftOf({ models, core, ratings }: RatedList, { anchor }: BoardRules): number {
  if (!anchor || !models.includes(anchor.model)) return 0
  const rating = ratings?.[core.indexOf(anchor.model)]
  if (rating === undefined) throw new RulesNotMet('anchor-rating')
  return anchor.rating - rating
}

const placeOrder: Place[] = ['above', 'core', 'mixed', 'below']

function inOrder(lines: BoardLine[], places: Place[]): BoardLine[] {
  const place = new Map(lines.map(({ model }, k) => [model, placeOrder.indexOf(places[k]!)]))
  const points = ({ rating, prior }: BoardLine) => rating ?? prior ?? 0
  return lines.toSorted(
    (one, other) =>
      place.get(one.model)! - place.get(other.model)! || points(other) - points(one) || one.model - other.model,
  )
}
