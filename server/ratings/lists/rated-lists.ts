import type { Bounds } from '../bounds/bounds-of.ts'
import type { GraphReport, Place } from '../graph.ts'
import type { BoardNote } from '../notes.ts'
import type { BoardRules } from '../rules.ts'

/** Models that can be compared with each other, and what a method makes of them. */
export interface RatedList {
  /** All of them, ascending. */
  models: number[]
  /** By position in `models`: where each stands relative to those with ratings. */
  places: Place[]
  /** Those with ratings, ascending. */
  core: number[]
  /** Elo points by position in `core`; null where the votes fix none. */
  ratings: Float64Array | null
  bounds: Bounds | null
  /** How the fit ended; null where nothing was fitted. */
  end: { converged: boolean; iterations: number } | null
  /** Of a model of ties. */
  tieParameter: number | null
}

/** A style's share in the log-odds, for one standard deviation, with 95 % bounds. */
export interface StyleCoefficient {
  name: string
  value: number
  lower: number
  upper: number
}

/** What bounds are made of in the end. */
export type IntervalMade = BoardRules['interval'] | 'none' | 'model-based' | 'posterior'

export interface RatedLists {
  /** The largest first; nothing compares two of these. */
  lists: RatedList[]
  /** Who can be compared with whom; null where the method rates all models together. */
  graph: GraphReport | null
  /** Ratings of all models under a faint prior, where some have none of their own. */
  prior: Float64Array | null
  interval: IntervalMade
  coefficients: StyleCoefficient[]
  notes: BoardNote[]
}
