import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'
import { studies } from './studies.ts'

export const role = pgEnum('role', ['admin', 'researcher', 'team', 'rater'])

/** The only table with personal data. Everything else knows a person by a random id. */
export const people = pgTable('people', {
  id: uuid().primaryKey().defaultRandom(),
  role: role().notNull(),
  name: text().notNull(),
  disabledAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})

/** Only the hash of a session's token is kept: a stolen row opens nothing. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: text().primaryKey(),
    personId: uuid()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    createdAt: moment(),
    lastSeenAt: moment(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index().on(table.personId)],
)

/** Links that sign a person in: one-time for the admin, n-use for the raters of a study. */
export const links = pgTable(
  'links',
  {
    id: uuid().primaryKey().defaultRandom(),
    codeHash: text().notNull().unique(),
    role: role().notNull(),
    studyId: uuid().references(() => studies.id),
    /** Set when the link signs an existing person in again instead of making a new one. */
    personId: uuid().references(() => people.id),
    cohort: text().notNull().default('default'),
    maxUses: integer().notNull().default(1),
    uses: integer().notNull().default(0),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
  },
  (table) => [check('links_uses', sql`${table.uses} <= ${table.maxUses}`)],
)

/** Who did what; rows are only ever added. */
export const auditEvents = pgTable('audit_events', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: moment(),
  actorId: uuid().references(() => people.id),
  action: text().notNull(),
  subject: text().notNull(),
  detail: jsonb().notNull().default({}),
})
