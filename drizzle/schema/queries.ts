import { pgEnum, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'
import { images } from './images.ts'

/** The paper's ten kinds of question. */
export const queryCategory = pgEnum('query_category', [
  'output_format',
  'fine_grained',
  'general',
  'documents',
  'captioning',
  'counting',
  'homework',
  'charts',
  'named_entities',
  'creative',
])

/** A named collection of queries that studies draw from. */
export const pools = pgTable('pools', {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  licence: text().notNull().default(''),
  createdAt: moment(),
})

/** An image and a question, no gold answer. */
export const queries = pgTable(
  'queries',
  {
    id: uuid().primaryKey().defaultRandom(),
    poolId: uuid()
      .notNull()
      .references(() => pools.id),
    /** Stable name within the pool: importing twice changes nothing. */
    key: text().notNull(),
    category: queryCategory().notNull(),
    /** BCP 47. */
    language: text().notNull().default('en'),
    question: text().notNull(),
    imageSha256: text()
      .notNull()
      .references(() => images.sha256),
    source: text().notNull().default(''),
    licence: text().notNull().default(''),
    /** Held back from raters, with the reason. */
    heldAt: timestamp({ withTimezone: true }),
    heldReason: text(),
    createdAt: moment(),
  },
  (table) => [unique().on(table.poolId, table.key)],
)
