import type { ClustersMade } from './bounds/clustered.ts'

/** What a reader must know before trusting a number. Models are numbers: who shows a board puts notes in words. */
export type BoardNote =
  | { about: 'unbeaten' | 'winless' | 'no-votes'; models: number[] }
  /** The weak components, which nothing compares. */
  | { about: 'groups'; groups: number }
  /** The largest move of the last step, natural units. */
  | { about: 'not-converged'; lastStep: number }
  /** A list without ratings, for a model of ties has no highest likelihood on its votes. */
  | { about: 'no-fit'; models: number[] }
  /** So many models that errors were not computed. */
  | { about: 'no-bounds'; models: number }
  /** What the bounds took together, and how much that costs against votes that are independent. */
  | { about: 'clustered'; clusters: ClustersMade[]; designEffect: number; votes: number }
  /** The votes name neither raters nor items, or are weighed by pair: the bounds take each for independent. */
  | { about: 'no-clusters' }
  /** The raters and items of the votes were not read: the bounds are widened by the design effect of their board. */
  | { about: 'widened'; designEffect: number }
  /** So many models that raters and items were not taken in. */
  | { about: 'no-clustered-bounds'; most: number }
  /** Cluster-robust bounds of fewer clusters than they need. */
  | { about: 'few-clusters'; of: 'rater' | 'item'; clusters: number; needed: number }
  /** The two-way covariance is negative in some direction: the bounds add up those by rater and by item. */
  | { about: 'no-two-way' }
  /** The bounds are the sandwich's, for too many rounds had no finite ratings. */
  | { about: 'no-bootstrap'; nonFinite: number; rounds: number }
  | { about: 'constant-style'; style: string }
  | { about: 'order-of-votes' }
  | { about: 'tie-model' }
  | { about: 'prior'; penalty: number }
