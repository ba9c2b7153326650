import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { json, moment } from './columns.ts'
import { models } from './models.ts'
import { queries, queryCategory } from './queries.ts'
import { raters } from './raters.ts'
import { responses } from './responses.ts'
import { studies } from './studies.ts'

export const verdict = pgEnum('verdict', ['model_a', 'model_b', 'tie', 'both_bad', 'unsure'])
export const battlePurpose = pgEnum('battle_purpose', ['regular', 'overlap', 'gold'])

/**
 * Two answers to a query of a study with the verdict that is right: hidden among the battles, where it says whether a rater
 * looks, or shown in the training with the reason. Its verdicts count for nothing else.
 */
export const goldItems = pgTable(
  'gold_items',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    first: uuid()
      .notNull()
      .references(() => responses.id, { onDelete: 'cascade' }),
    second: uuid()
      .notNull()
      .references(() => responses.id, { onDelete: 'cascade' }),
    expected: text().$type<'first' | 'second' | 'tie' | 'both_bad'>().notNull(),
    /** Why that is right: for those who run the study, and in the training for raters. */
    note: text().notNull().default(''),
    use: text().$type<'hidden' | 'training'>().notNull().default('hidden'),
    createdAt: moment(),
    /** When `expected` was changed last: what raters are judged by. */
    changedAt: moment(),
    /** Given to no further rater; the verdicts on it still say what they said. */
    retiredAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    check('gold_items_answers', sql`${table.first} <> ${table.second}`),
    index('gold_items_study').on(table.studyId, table.queryId),
    index('gold_items_first').on(table.first),
    index('gold_items_second').on(table.second),
  ],
)

/** A rater's try at a study's training. */
export const trainingRounds = pgTable(
  'training_rounds',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    number: integer().notNull(),
    /** As the study asked for when it began. */
    items: integer().notNull(),
    needed: integer().notNull(),
    startedAt: moment(),
    endedAt: timestamp({ withTimezone: true }),
    /** Null until it has ended. */
    passed: boolean(),
    /** Since when it says nothing of its rater any more, who begins anew. */
    resetAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex('training_rounds_open')
      .on(table.studyId, table.raterId)
      .where(sql`${table.endedAt} is null`),
    index('training_rounds_rater').on(table.studyId, table.raterId, table.number),
  ],
)

/** An item of the training as a rater was shown it, and what they said: no vote, and counted nowhere. */
export const trainingCards = pgTable(
  'training_cards',
  {
    id: uuid().primaryKey().defaultRandom(),
    roundId: uuid()
      .notNull()
      .references(() => trainingRounds.id, { onDelete: 'cascade' }),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    /** Null once the item is deleted. */
    goldItemId: uuid().references(() => goldItems.id, { onDelete: 'set null' }),
    place: integer().notNull(),
    /** Whether the item's first answer stands left. */
    firstLeft: boolean().notNull(),
    shownAt: moment(),
    verdict: verdict(),
    /** What was right at that moment, its sides as the rater saw them, and whether the verdict was that. */
    expected: verdict(),
    isRight: boolean(),
    dwellMs: integer(),
    judgedAt: timestamp({ withTimezone: true }),
    /** When the rater went on from what they were told of it. */
    readAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex('training_cards_place').on(table.roundId, table.place),
    index('training_cards_rater').on(table.studyId, table.raterId),
    index('training_cards_item')
      .on(table.goldItemId)
      .where(sql`${table.goldItemId} is not null`),
  ],
)

/**
 * Battles that are planned for several raters: the same two answers to the same query. All of their votes count, so a
 * pair's quota keeps places for those that are still to come.
 */
export const plannedOverlaps = pgTable(
  'planned_overlaps',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** How many raters are to judge it, the first among them. */
    raters: integer().notNull(),
    createdAt: moment(),
    /** When that many had; null again once one of their votes counts for nothing. */
    deliveredAt: timestamp({ withTimezone: true }),
    /** Given to no further rater, because a person wants it so; its votes stay and count. */
    cancelledAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index('planned_overlaps_open')
      .on(table.studyId)
      .where(sql`${table.deliveredAt} is null`),
    index('planned_overlaps_study').on(table.studyId),
  ],
)

/** Two responses to one query, leased to one rater; A is the side shown first. */
export const battles = pgTable(
  'battles',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    category: queryCategory().notNull(),
    /** Null in gold alone: it is no battle of two models, though both answers may be a model's. */
    modelA: uuid().references(() => models.id),
    modelB: uuid().references(() => models.id),
    responseA: uuid()
      .notNull()
      .references(() => responses.id),
    responseB: uuid()
      .notNull()
      .references(() => responses.id),
    purpose: battlePurpose().notNull().default('regular'),
    /** Of gold; null once the item is deleted. */
    goldItemId: uuid().references(() => goldItems.id, { onDelete: 'set null' }),
    /** Of those that several raters are given. */
    overlapId: uuid().references(() => plannedOverlaps.id, { onDelete: 'set null' }),
    pointsShown: boolean().notNull(),
    guidelinesVersion: integer().notNull(),
    /** Chance with which this unordered pair was drawn. */
    drawProbability: doublePrecision().notNull(),
    leasedAt: moment(),
    leasedUntil: timestamp({ withTimezone: true }).notNull(),
    /** Pages that hold its card, newest last: it is given back when none of them does any more. */
    holders: uuid().array().notNull().default([]),
    /** Given back unseen: it returns to the pool at once. */
    releasedAt: timestamp({ withTimezone: true }),
    consumedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    check('battles_sides', sql`${table.modelA} <> ${table.modelB}`),
    check(
      'battles_models',
      sql`(${table.purpose} = 'gold') = (${table.modelA} is null) and (${table.modelA} is null) = (${table.modelB} is null)`,
    ),
    index('battles_overlap')
      .on(table.overlapId)
      .where(sql`${table.overlapId} is not null`),
    index('battles_gold')
      .on(table.goldItemId)
      .where(sql`${table.goldItemId} is not null`),
    index('battles_open')
      .on(table.studyId, table.leasedUntil)
      .where(sql`${table.consumedAt} is null and ${table.releasedAt} is null`),
    index('battles_held')
      .on(table.raterId)
      .where(sql`${table.consumedAt} is null and ${table.releasedAt} is null`),
    index('battles_seen').on(table.studyId, table.raterId, table.queryId),
    index('battles_in_turn').on(table.studyId, table.raterId, table.leasedAt),
    // Whether raters were shown an answer: asked for each that is removed.
    index('battles_answer_a').on(table.responseA),
    index('battles_answer_b').on(table.responseB),
  ],
)

/** A rater's decision. Never altered; undo marks it withdrawn and offers the pair anew. */
export const votes = pgTable(
  'votes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    battleId: uuid()
      .notNull()
      .unique()
      .references(() => battles.id),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    category: queryCategory().notNull(),
    /** A is the side shown first: filled circle; B the hollow square. Null in gold alone. */
    modelA: uuid().references(() => models.id),
    modelB: uuid().references(() => models.id),
    verdict: verdict().notNull(),
    /** How much better the answer is, where it was asked and one is. */
    strength: text().$type<'much' | 'slightly'>(),
    /** Why, in words of the list that raters choose from; none where none was asked or given. */
    reasons: text().array().notNull().default([]),
    purpose: battlePurpose().notNull(),
    pointsShown: boolean().notNull(),
    guidelinesVersion: integer().notNull(),
    drawProbability: doublePrecision().notNull(),
    leasedAt: timestamp({ withTimezone: true }).notNull(),
    leasedUntil: timestamp({ withTimezone: true }).notNull(),
    /** Time on the card as the page measured it; advisory. */
    dwellMs: integer(),
    clientVersion: text().notNull().default(''),
    late: boolean().notNull(),
    /** Whether it moved the pair's count; if not, `leftOut` says why. */
    counted: boolean().notNull(),
    /**
     * `late`: its pair lacked no votes any more; `duplicate`: the rater had judged this query and pair before; `gold`: it
     * says how a rater looks, and nothing of models.
     */
    leftOut: text().$type<'late' | 'duplicate' | 'gold'>(),
    withdrawnAt: timestamp({ withTimezone: true }),
    castAt: moment(),
  },
  (table) => [
    index('votes_study').on(table.studyId, table.id),
    index('votes_rater').on(table.raterId, table.id),
    index('votes_rater_query').on(table.raterId, table.queryId),
    index('votes_overlap')
      .on(table.studyId, table.id)
      .where(sql`${table.purpose} = 'overlap'`),
    index('votes_gold')
      .on(table.studyId, table.raterId)
      .where(sql`${table.purpose} = 'gold'`),
    check(
      'votes_models',
      sql`(${table.purpose} = 'gold') = (${table.modelA} is null) and (${table.modelA} is null) = (${table.modelB} is null)`,
    ),
    check('votes_gold_moves_nothing', sql`not (${table.counted} and ${table.purpose} = 'gold')`),
  ],
)

/**
 * Votes per study, category, ordered pair and verdict, and those left out by reason: boards are made from these, never
 * from a scan of the votes.
 */
export const pairCounts = pgTable(
  'pair_counts',
  {
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    category: queryCategory().notNull(),
    modelA: uuid()
      .notNull()
      .references(() => models.id),
    modelB: uuid()
      .notNull()
      .references(() => models.id),
    verdict: verdict().notNull(),
    votes: integer().notNull(),
    late: integer().notNull().default(0),
    duplicate: integer().notNull().default(0),
    withdrawn: integer().notNull().default(0),
    /** Votes that would count were their rater not excluded from the study. */
    excluded: integer().notNull().default(0),
    /** Votes of other raters that would count but for the decision on a report. */
    reported: integer().notNull().default(0),
    /** The newest vote that is in any of these. */
    lastVoteId: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.category, table.modelA, table.modelB, table.verdict] })],
)

/**
 * Counted votes of each pair of models, without `unsure`: what a draw and a pair's quota ask. The database keeps it by a
 * trigger on `pair_counts` (migration 0016), so that nobody who moves a count can forget it.
 */
export const pairTotals = pgTable(
  'pair_totals',
  {
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    low: uuid()
      .notNull()
      .references(() => models.id),
    high: uuid()
      .notNull()
      .references(() => models.id),
    votes: integer().notNull(),
    /** Of them, those that showed `low` as A less those that showed it as B. */
    lean: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.low, table.high] })],
)

/** Votes of each rater by category: how many people a board rests on, and how far each is, without a scan of the votes. */
export const raterCounts = pgTable(
  'rater_counts',
  {
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    category: queryCategory().notNull(),
    /** Those that count. */
    votes: integer().notNull(),
    /** Those that were not taken back, whether or not they count; gold among them. */
    given: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.raterId, table.category] })],
)

/** An answer as raters are shown it. */
export interface StoredRendering {
  html: string
  words: number
  /** In percent of the picture's width and height. */
  points: { x: number; y: number; label: string }[]
  /** Its characters as the page can show them; null: those of the response. */
  text: string | null
}

/** Answers as they are shown, each made once for a version of the renderer; made anew where that has changed. */
export const renderings = pgTable('renderings', {
  responseId: uuid()
    .primaryKey()
    .references(() => responses.id, { onDelete: 'cascade' }),
  renderer: integer().notNull(),
  pointed: json().$type<StoredRendering>().notNull(),
  /** In a study that shows no points; null: the same. */
  pointless: json().$type<StoredRendering>(),
})

/** Problems that raters report of a battle, and what was decided about each; open until then. */
export const reports = pgTable(
  'reports',
  {
    id: uuid().primaryKey().defaultRandom(),
    battleId: uuid()
      .notNull()
      .references(() => battles.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    reason: text().$type<'image' | 'unsafe' | 'private' | 'leak' | 'other'>().notNull(),
    note: text().notNull().default(''),
    at: moment(),
    /** What was done: nothing, or an answer or the query kept from raters. */
    decision: text().$type<'dismissed' | 'answer_a' | 'answer_b' | 'query'>(),
    /** Which votes it left out; null: they count. The battles themselves are in `battle_exclusions`. */
    leaveOut: text().$type<'battle' | 'answer' | 'query'>(),
    decidedAt: timestamp({ withTimezone: true }),
    decidedBy: uuid().references(() => people.id),
  },
  (table) => [index('reports_battle').on(table.battleId)],
)

/**
 * Battles whose votes count for nothing by the decision on a report, each until that decision is undone. No vote is
 * altered: from `at` to `undoneAt` it is left out of every count. Several reports may leave out the same battle.
 */
export const battleExclusions = pgTable(
  'battle_exclusions',
  {
    id: uuid().primaryKey().defaultRandom(),
    battleId: uuid()
      .notNull()
      .references(() => battles.id),
    reportId: uuid()
      .notNull()
      .references(() => reports.id),
    at: timestamp({ withTimezone: true }).notNull(),
    undoneAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index('battle_exclusions_battle').on(table.battleId),
    uniqueIndex('battle_exclusions_standing')
      .on(table.reportId, table.battleId)
      .where(sql`${table.undoneAt} is null`),
  ],
)
