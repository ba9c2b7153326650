import { bigint, index, jsonb, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

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

/** Who did what; rows are only ever added. */
export const auditEvents = pgTable('audit_events', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: moment(),
  actorId: uuid().references(() => people.id),
  action: text().notNull(),
  subject: text().notNull(),
  detail: jsonb().notNull().default({}),
})
