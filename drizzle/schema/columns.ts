import { timestamp } from 'drizzle-orm/pg-core'

/** A time of the database's clock, set when the row is made. */
export const moment = () => timestamp({ withTimezone: true }).notNull().defaultNow()
