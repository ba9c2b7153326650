import { customType, timestamp } from 'drizzle-orm/pg-core'

/** A time of the database's clock, set when the row is made. */
export const moment = () => timestamp({ withTimezone: true }).notNull().defaultNow()

/**
 * A value kept as `jsonb` and read as it was written. Drizzle's own column parses a text once more, so that the answer
 * "9.80" would come back as the number 9.8.
 */
export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
})
