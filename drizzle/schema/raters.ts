import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { moment } from './columns.ts'
import { studies } from './studies.ts'

/** A person who votes, under a random id that says nothing about them. */
export const raters = pgTable('raters', {
  id: uuid().primaryKey().defaultRandom(),
  personId: uuid()
    .notNull()
    .unique()
    .references(() => people.id),
  createdAt: moment(),
})

/** A rater's place in a study. */
export const enrolments = pgTable(
  'enrolments',
  {
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    cohort: text().notNull().default('default'),
    consentVersion: integer(),
    consentedAt: timestamp({ withTimezone: true }),
    /** When a rater passed the study's test; nothing sets it yet. */
    qualifiedAt: timestamp({ withTimezone: true }),
    pausedAt: timestamp({ withTimezone: true }),
    createdAt: moment(),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.raterId] })],
)

/**
 * Decisions that a rater's votes in a study count for nothing, each until it is undone. No vote is altered by one: from
 * `at` to `undoneAt` its votes are left out of every count.
 */
export const raterExclusions = pgTable(
  'rater_exclusions',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    raterId: uuid()
      .notNull()
      .references(() => raters.id),
    /** As archives name it. */
    reason: text()
      .$type<'side' | 'fit' | 'model' | 'length' | 'speed' | 'agreement' | 'gold' | 'asked' | 'other'>()
      .notNull(),
    /** For those who run the study alone. */
    note: text().notNull().default(''),
    at: timestamp({ withTimezone: true }).notNull(),
    by: uuid().references(() => people.id),
    undoneAt: timestamp({ withTimezone: true }),
    undoneBy: uuid().references(() => people.id),
  },
  (table) => [
    uniqueIndex('rater_exclusions_standing')
      .on(table.studyId, table.raterId)
      .where(sql`${table.undoneAt} is null`),
    index('rater_exclusions_rater').on(table.studyId, table.raterId, table.at),
  ],
)
