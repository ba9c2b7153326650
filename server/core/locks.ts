/**
 * PostgreSQL's advisory locks, all of them: two purposes that shared a number would wait for each other. Those of one
 * number lock the whole database; those of a study are taken as `hashtextextended(study id, number)`.
 */
export const locks = {
  /** Held while the tables are brought up to date, by one process at a time. */
  migrations: 7_270_011,
  /** Held by a late vote: each must see what the one before it left of the pair's quota. */
  lateVotes: 7_270_012,
} as const

export const studyLocks = {
  /** Held while battles are drawn: two raters never get the last vote that one pair lacks. */
  drawing: 727,
  /** Held while a study's ratings are refreshed. */
  refresh: 728,
  /**
   * Guards a study's counts. Votes and withdrawals share it; whoever reads the counts for a snapshot holds it alone for
   * a moment, so that the newest vote's id and the clock say exactly which votes are in them.
   */
  counts: 729,
} as const
