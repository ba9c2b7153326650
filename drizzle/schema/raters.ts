import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, timestamp, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { json, moment } from './columns.ts'
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
    /** When they passed the study's training. */
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
      .$type<'side' | 'fit' | 'model' | 'length' | 'speed' | 'agreement' | 'gold' | 'training' | 'asked' | 'other'>()
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

/** A way into a study for people whom a panel pays: ids come in, a completion code or an address goes out. */
export const panels = pgTable('panels', {
  id: uuid().primaryKey().defaultRandom(),
  studyId: uuid()
    .notNull()
    .references(() => studies.id),
  name: text().notNull(),
  provider: text().$type<'prolific' | 'connect' | 'other'>().notNull(),
  codeHash: text().notNull().unique(),
  /** The parameter of the address that names the person, and that which names their sitting; empty: none does. */
  idParameter: text().notNull(),
  sessionParameter: text().notNull().default(''),
  places: integer().notNull(),
  cohort: text().notNull(),
  completionCode: text().notNull().default(''),
  completionUrl: text().notNull().default(''),
  screenedCode: text().notNull().default(''),
  screenedUrl: text().notNull().default(''),
  expiresAt: timestamp({ withTimezone: true }).notNull(),
  /** Lets nobody in meanwhile; whoever has a place keeps it. */
  stoppedAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})

/** One sitting of a person whom a panel sent. Its ids are personal data: no archive and no export of votes has them. */
export const panelPlaces = pgTable(
  'panel_places',
  {
    id: uuid().primaryKey().defaultRandom(),
    panelId: uuid()
      .notNull()
      .references(() => panels.id),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    participantId: text().notNull(),
    sessionId: text().notNull().default(''),
    /** Every parameter that the panel's address brought. */
    parameters: json().$type<Record<string, string>>().notNull(),
    /** Null: the person did not agree and never rated. */
    raterId: uuid().references(() => raters.id),
    state: text().$type<'active' | 'completed' | 'returned' | 'screened'>().notNull(),
    /** The rater's votes in the study when the sitting began. */
    votesBefore: integer().notNull().default(0),
    arrivedAt: moment(),
    endedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    unique('panel_places_sitting').on(table.panelId, table.participantId, table.sessionId),
    index('panel_places_rater').on(table.raterId, table.studyId, table.arrivedAt),
    index('panel_places_study').on(table.studyId, table.participantId),
  ],
)
