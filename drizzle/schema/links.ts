import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { people, role, teams } from './accounts.ts'
import { moment } from './columns.ts'
import { studies } from './studies.ts'

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
    /** The team that a person of role `team` joins by it. */
    teamId: uuid().references(() => teams.id),
    cohort: text().notNull().default('default'),
    maxUses: integer().notNull().default(1),
    uses: integer().notNull().default(0),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    /** Lets nobody in any more; whoever joined by it stays. */
    revokedAt: timestamp({ withTimezone: true }),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
  },
  (table) => [check('links_uses', sql`${table.uses} <= ${table.maxUses}`)],
)
