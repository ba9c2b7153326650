import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { moment } from './columns.ts'

/**
 * Requests that make something and came with a key: the same key gets the first reply again. Rows are kept for a day.
 */
export const idempotentRequests = pgTable(
  'idempotent_requests',
  {
    personId: uuid()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    /** SHA-256 of method, address and body. */
    requestHash: text().notNull(),
    begunAt: moment(),
    /** Both null: it is still being done. The reply is sealed, as it may hold an address that signs people in. */
    status: integer(),
    reply: text(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.key] }), index().on(table.begunAt)],
)
