import { bigint, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { json, moment } from './columns.ts'
import { queryCategory } from './queries.ts'
import { studies } from './studies.ts'

/** One model's line of a fit. Elo is null where no finite rating exists; `standing` then says why. */
export interface StoredRating {
  modelId: string
  elo: number | null
  low: number | null
  high: number | null
  standardError: number | null
  rankBest: number
  rankWorst: number
  standing: 'rated' | 'unbeaten' | 'winless' | 'apart' | 'no-votes'
  votes: number
  wins: number
  ties: number
  bothBad: number
  losses: number
  /** Mean over the opponents met of the score against each, ties a half; null when it met none. */
  averageWinRate?: number | null
  /** Mean over all other rated models of the expected score; null without a rating. */
  expectedWinRate?: number | null
}

/**
 * How little would reverse the top of a board: votes to leave out so that the second comes first; null: no number of
 * them does.
 */
export interface StoredFlip {
  first: string
  second: string
  gap: number
  votes: number | null
}
/** Ordered pair of models and its votes by verdict: all that a fit reads. */
export interface StoredPairCount {
  modelA: string
  modelB: string
  verdict: string
  votes: number
}

/** Ratings with the exact inputs that gave them. Boards are read from the newest; none is ever changed. */
export const snapshots = pgTable(
  'snapshots',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    /** Null: all categories. */
    category: queryCategory(),
    lastVoteId: bigint({ mode: 'number' }).notNull(),
    /** When the counts were read: a vote withdrawn later was still among them. */
    countedAt: moment(),
    votesUsed: integer().notNull(),
    raters: integer().notNull(),
    excluded: json().$type<Record<string, number>>().notNull(),
    counts: json().$type<StoredPairCount[]>().notNull(),
    method: text().notNull(),
    parameters: json().$type<Record<string, string | number>>().notNull(),
    seed: integer().notNull(),
    converged: text().notNull(),
    ratings: json().$type<StoredRating[]>().notNull(),
    /** Null where fewer than two models are rated or too many to search. */
    topFlip: json().$type<StoredFlip>(),
    notes: json().$type<string[]>().notNull().default([]),
    dataHash: text().notNull(),
    codeVersion: text().notNull(),
    createdAt: moment(),
  },
  (table) => [index('snapshots_newest').on(table.studyId, table.category, table.createdAt)],
)
