import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { people, role, teams } from './accounts.ts'
import { moment } from './columns.ts'
import { studies } from './studies.ts'

/**
 * Links that sign a person in: one-time for the admin, `shared` by so many raters of a study, `personal` to one rater, and
 * `return`, the address at which a rater who came by another link is found again. The last two work as often as they are opened.
 */
export const links = pgTable(
  'links',
  {
    id: uuid().primaryKey().defaultRandom(),
    codeHash: text().notNull().unique(),
    kind: text().$type<'shared' | 'personal' | 'return'>().notNull().default('shared'),
    /** What the operator calls whoever a personal link is for; it never leaves the arena. */
    label: text().notNull().default(''),
    role: role().notNull(),
    studyId: uuid().references(() => studies.id),
    /** Set when the link signs an existing person in again instead of making a new one. */
    personId: uuid().references(() => people.id),
    /** The team that a person of role `team` joins by it. */
    teamId: uuid().references(() => teams.id),
    cohort: text().notNull().default('default'),
    maxUses: integer().notNull().default(1),
    uses: integer().notNull().default(0),
    lastUsedAt: timestamp({ withTimezone: true }),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    /** Lets nobody in any more; whoever joined by it stays. */
    revokedAt: timestamp({ withTimezone: true }),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
  },
  (table) => [
    check('links_uses', sql`${table.uses} <= ${table.maxUses}`),
    index('links_study').on(table.studyId, table.kind, table.createdAt),
  ],
)
