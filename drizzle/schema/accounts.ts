import { sql } from 'drizzle-orm'
import { bigint, check, index, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { json, moment } from './columns.ts'

export const role = pgEnum('role', ['admin', 'researcher', 'team', 'rater'])

/** A model team: its people share its endpoints, models and runs. */
export const teams = pgTable('teams', {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull().unique(),
  /** Its people are signed out and nobody joins; what it made stays. */
  disabledAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})

/** The only table with personal data. Everything else knows a person by a random id. */
export const people = pgTable(
  'people',
  {
    id: uuid().primaryKey().defaultRandom(),
    role: role().notNull(),
    name: text().notNull(),
    /** In which a rater has chosen to read the pages; null: as the study or the browser asks. */
    language: text().$type<'en' | 'es' | 'de'>(),
    /** Set for the people of a team, and for nobody else. */
    teamId: uuid().references(() => teams.id),
    disabledAt: timestamp({ withTimezone: true }),
    /** Their name and all that led to them is gone; what they did stays under their id. */
    deletedAt: timestamp({ withTimezone: true }),
    /** When their last session began or was ended; sessions that last know better. */
    lastSeenAt: timestamp({ withTimezone: true }),
    createdAt: moment(),
  },
  (table) => [check('people_team', sql`(${table.role} = 'team') = (${table.teamId} is not null)`)],
)

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
    /** The link of one rater that opened it. Links may be deleted with their study before it. */
    linkId: uuid(),
    /** That link was taken back: the session lets nobody in, and tells its page why. */
    endedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index().on(table.personId),
    index('sessions_link')
      .on(table.linkId)
      .where(sql`${table.linkId} is not null`),
  ],
)

/** Tokens by which scripts ask the API as the person who made them. Only their hash is kept. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid().primaryKey().defaultRandom(),
    tokenHash: text().notNull().unique(),
    personId: uuid()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    /** What its owner calls it. */
    name: text().notNull(),
    scope: text().$type<'read' | 'write'>().notNull(),
    createdAt: moment(),
    lastUsedAt: timestamp({ withTimezone: true }),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    revokedAt: timestamp({ withTimezone: true }),
  },
  (table) => [index().on(table.personId)],
)

/** Who did what; rows are only ever added. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: moment(),
    actorId: uuid().references(() => people.id),
    action: text().notNull(),
    subject: text().notNull(),
    detail: json().notNull().default({}),
  },
  (table) => [index('audit_events_actor').on(table.actorId, table.action, table.at)],
)
