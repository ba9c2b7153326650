import { fitBradleyTerry, type Fit } from '../fits/bradley-terry.ts'
import { rowsAmong } from '../votes/among.ts'
import type { Comparisons } from '../votes/comparisons.ts'
import { graphReport, placeAround, type GraphReport, type Place } from '../graph.ts'

/** The ratings of one weak component. Nothing compares two of these lists. */
export interface RatingList {
  /** All models of the component, ascending. */
  models: number[]
  /** Those that wins both ways join: they alone have finite ratings. */
  core: number[]
  /** Ratings of the core, by position in `core`, mean 1000; null where the core is a single model. */
  fit: Fit | null
  /** The votes of the core, by position in `core`: what intervals are computed from. */
  comparisons: Comparisons
  /** By position in `models`: whether the votes put a model above the core, below it, or say neither. */
  places: Place[]
}

interface Ratings {
  graph: GraphReport
  lists: RatingList[]
  /** The posterior mode of all models together; null where every model has a finite rating of its own. */
  prior: { penalty: number; fit: Fit } | null
}

/**
 * Rates what can be rated: one list per weak component, finite ratings for its core (the strong component that holds the
 * anchor, else the largest), the rest placed above, below or mixed. Votes across strong components say nothing finite
 * about the core, so the limit of the likelihood is the fit to its own votes. Where anything is left out, `prior`
 * offers the posterior mode with ½·penalty·Σθ² for all, never to be shown as more than that.
 */
export function rateAll(comparisons: Comparisons, options: { anchor?: number; penalty?: number } = {}): Ratings {
  const graph = graphReport(comparisons)
  const lists = graph.weak.map((models): RatingList => {
    const member = new Set(models)
    const groups = graph.strong.filter((group) => member.has(group[0]!))
    const core = groups.find((group) => options.anchor !== undefined && group.includes(options.anchor)) ?? groups[0]!
    const own = rowsAmong(comparisons, core)
    const places = placeAround(comparisons, core)
    return {
      models,
      core,
      fit: core.length > 1 ? fitBradleyTerry(own) : null,
      comparisons: own,
      places: models.map((model) => places[model]!),
    }
  })
  if (graph.connected) return { graph, lists, prior: null }
  const penalty = options.penalty ?? 0.1
  return { graph, lists, prior: { penalty, fit: fitBradleyTerry(comparisons, { penalty }) } }
}
