import type { TieRule } from './votes/counts.ts'

/** `bt` is Bradley–Terry; the others are online Elo, two models of ties, and the posterior mode under a faint prior. */
export const methods = ['bt', 'elo', 'rao-kupper', 'davidson', 'map'] as const

/**
 * What the bounds of `bt` are made of; the other methods have bounds of their own, or none. `clustered` takes in what the
 * votes name of raters and items, and `independent` is what is left of it where they name nothing.
 */
export const intervalKinds = [
  'clustered',
  'independent',
  'sandwich',
  'bootstrap',
  'cluster-rater',
  'cluster-item',
  'cluster-both',
  'cluster-rater-cr2',
  'cluster-rater-cr3',
] as const

/** How a board is rated. Two boards of the same votes and rules have the same digits, whoever asks. */
export interface BoardRules {
  method: (typeof methods)[number]
  ties: TieRule
  /**
   * What a vote weighs: one; its own weight (`column`); 1/max(votes of its pair, 50); or so much that every category adds
   * up to the same and all to the number of votes.
   */
  weights: 'votes' | 'column' | 'equal-pairs' | 'equal-categories'
  /** Whether length and markdown of the answers are controlled for. */
  style: boolean
  interval: (typeof intervalKinds)[number]
  /**
   * For clustered bounds of votes that are known as counts alone: the design effect of the board that they are of, by which
   * the variance of independent votes is multiplied.
   */
  designEffect?: number
  /** Of the bootstrap; the seed also draws the votes that are held out. */
  rounds: number
  seed: number
  /** Shifts all ratings so that this model has this one. */
  anchor?: { model: number; rating: number }
  /** Whether to find out what each list rests on, and places by difference: far more work than the ratings. */
  evidence: boolean
}

/** The rules of every published board. */
export const publishedRules: Omit<BoardRules, 'anchor' | 'designEffect'> = {
  method: 'bt',
  ties: 'half',
  weights: 'votes',
  style: false,
  interval: 'clustered',
  rounds: 1000,
  seed: 0,
  evidence: false,
}

/** What rules can ask for that votes may lack. */
export type Lack =
  | 'single-votes'
  | 'weights'
  | 'categories'
  | 'style'
  | 'raters'
  | 'items'
  | 'two-raters'
  | 'two-items'
  | 'spare-raters'
  | 'method-with-weights'
  | 'interval-with-weights'
  | 'anchor-rating'

const sentences: Record<Lack, string> = {
  'single-votes': 'these rules need the votes one by one, not their counts',
  weights: 'the votes have no weights',
  categories: 'the votes are not known by category',
  style: 'the votes carry no counts of style',
  raters: 'the raters of the votes are not known',
  items: 'the items of the votes are not known',
  'two-raters': 'all votes are of one rater',
  'two-items': 'all votes are on one item',
  'spare-raters': 'without one of the raters the votes no longer join all models',
  'method-with-weights': 'under this method every vote weighs the same',
  'interval-with-weights': 'with these weights there are sandwich intervals only',
  'anchor-rating': 'the anchor has no finite rating',
}

/** Thrown where votes cannot be rated as the rules ask; `lack` says in one word what is missing. */
export class RulesNotMet extends Error {
  override name = 'RulesNotMet'
  readonly lack: Lack

  constructor(lack: Lack) {
    super(sentences[lack])
    this.lack = lack
  }
}
