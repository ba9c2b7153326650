import { boundsFrom, boundsOf } from '../bounds/bounds-of.ts'
import { NoFiniteRatings } from '../fits/bradley-terry.ts'
import { fitTieModel, tieCovariance, type TieModel } from '../fits/tie-models.ts'
import type { GraphReport } from '../graph.ts'
import type { BoardNote } from '../notes.ts'
import { RulesNotMet, type BoardRules } from '../rules.ts'
import { rowsAmong } from '../votes/among.ts'
import { compareFor, type BoardVotes } from '../votes/board-votes.ts'
import { rateAll, type RatingList } from './rate-all.ts'
import type { RatedList, RatedLists } from './rated-lists.ts'
import { rateOnline, ratePosterior, rateWithStyle } from './rate-whole.ts'

/**
 * Rates votes by the method of the rules: a list for each set of models that votes join, ratings for those of it that wins
 * both ways join. Throws RulesNotMet, NoFiniteRatings and NoInformation where the votes do not answer.
 */
export function rateLists(from: BoardVotes, rules: BoardRules): RatedLists {
  if (rules.style) return rateWithStyle(from, rules)
  if (rules.weights !== 'votes' && rules.method !== 'bt' && rules.method !== 'map')
    throw new RulesNotMet('method-with-weights')
  switch (rules.method) {
    case 'bt':
      return rateBradleyTerry(from, rules)
    case 'rao-kupper':
    case 'davidson':
      return rateTieModel(from, rules, rules.method)
    case 'map':
      return ratePosterior(from, rules)
    case 'elo':
      return rateOnline(from, rules)
  }
}

function rateBradleyTerry(from: BoardVotes, rules: BoardRules): RatedLists {
  const rated = rateCores(from, rules, ({ core, comparisons }, fit) => {
    const bounds = boundsOf(from, rules, { core, comparisons, ...fit })
    const notes: BoardNote[] = fit.converged ? [] : [{ about: 'not-converged', lastStep: fit.lastStep }]
    if (bounds) notes.push(...bounds.notes)
    else notes.push({ about: 'no-bounds', models: core.length })
    return { list: { ratings: fit.ratings, bounds, end: fit }, notes }
  })
  const noted = (...what: BoardNote['about'][]) => rated.notes.some(({ about }) => what.includes(about))
  if (noted('no-bootstrap')) return { ...rated, interval: 'sandwich' }
  if (noted('no-clusters', 'widened', 'no-clustered-bounds')) return { ...rated, interval: 'independent' }
  return { ...rated, interval: rules.interval }
}

/** The first list must have a highest likelihood; another that has none goes without ratings. */
function rateTieModel(from: BoardVotes, rules: BoardRules, model: TieModel): RatedLists {
  let isFirst = true
  const rated = rateCores(from, rules, ({ core, models }) => {
    const counts = rowsAmong(from.counts, core)
    const mustFit = isFirst
    isFirst = false
    try {
      const fit = fitTieModel(model, counts, rules.ties)
      const bounds = boundsFrom(fit.ratings, tieCovariance(model, counts, fit, rules.ties))
      return { list: { ratings: fit.ratings, bounds, end: fit, tieParameter: fit.tieParameter }, notes: [] }
    } catch (error) {
      if (mustFit || !(error instanceof NoFiniteRatings)) throw error
      return { list: {}, notes: [{ about: 'no-fit', models }] }
    }
  })
  return { ...rated, interval: 'model-based', notes: [{ about: 'tie-model' }, ...rated.notes] }
}

type RateCore = (
  list: RatingList,
  fit: NonNullable<RatingList['fit']>,
) => { list: Partial<RatedList>; notes: BoardNote[] }

function rateCores(from: BoardVotes, rules: BoardRules, rate: RateCore): Omit<RatedLists, 'interval'> {
  const { anchor } = rules
  const { lists, graph, prior } = rateAll(compareFor(from, rules), anchor ? { anchor: anchor.model } : {})
  const rated = lists.map((list) => {
    const { models, places, core, fit } = list
    const none = { models, places, core, ratings: null, bounds: null, end: null, tieParameter: null }
    if (!fit) return { list: none, notes: [] }
    const own = rate(list, fit)
    return { list: { ...none, ...own.list }, notes: own.notes }
  })
  return {
    lists: rated.map(({ list }) => list),
    graph,
    prior: prior?.fit.ratings ?? null,
    coefficients: [],
    notes: [...notesOnPlaces(graph), ...rated.flatMap(({ notes }) => notes)],
  }
}

function notesOnPlaces({ undefeated, winless, unplayed }: GraphReport): BoardNote[] {
  const notes = [
    { about: 'unbeaten', models: undefeated },
    { about: 'winless', models: winless },
    { about: 'no-votes', models: unplayed },
  ] as const
  return notes.filter(({ models }) => models.length > 0)
}
