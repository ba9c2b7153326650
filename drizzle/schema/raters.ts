import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
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
