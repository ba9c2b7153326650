import { boolean, pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { teams } from './accounts.ts'
import { moment } from './columns.ts'

/** The paper's four classes of openness. */
export const openness = pgEnum('openness', ['api_only', 'open_weights', 'open_distilled', 'open'])

/** A system being compared, wherever it answers. */
export const models = pgTable('models', {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  organisation: text().notNull().default(''),
  openness: openness().notNull().default('api_only'),
  /** Built in as a floor; labelled as a baseline wherever it appears. */
  baseline: boolean().notNull().default(false),
  description: text().notNull().default(''),
  /** Whose model it is: nobody else registers under its name. Null: the operator's. */
  teamId: uuid().references(() => teams.id),
  /** Null: private to those who may see endpoints. */
  releasedAt: timestamp({ withTimezone: true }),
  /** Set while the model is taken out: no new battle shows it. Never released is not withdrawn. */
  withdrawnAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})
