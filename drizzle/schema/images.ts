import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** What is known of a picture; its bytes are kept once, under their hash, in the data folder. */
export const images = pgTable('images', {
  sha256: text().primaryKey(),
  mediaType: text().notNull(),
  width: integer().notNull(),
  height: integer().notNull(),
  imageBytes: integer().notNull(),
  createdAt: moment(),
})
