import { bigint, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/**
 * What is known of a picture. Its bytes are kept once: under their hash in the data folder, else where `file` says, which
 * is a path in the data folder or, beginning with a slash, one of the machine on which it was read.
 */
export const images = pgTable('images', {
  sha256: text().primaryKey(),
  mediaType: text().notNull(),
  width: integer().notNull(),
  height: integer().notNull(),
  imageBytes: integer().notNull(),
  file: text(),
  /** Where in the file it begins. */
  fileOffset: bigint({ mode: 'number' }).notNull().default(0),
  /** 64 bits, in hex, of what it looks like: those of pictures that look alike differ in few. Null: not looked at. */
  fingerprint: text(),
  createdAt: moment(),
})

/** Pictures that were fetched from the web, by their addresses: an import that is given again asks nobody twice. */
export const imageLinks = pgTable(
  'image_links',
  {
    url: text().primaryKey(),
    /** SHA-256 of the bytes as they came, before the picture was turned upright. */
    bytesSha256: text().notNull(),
    imageSha256: text()
      .notNull()
      .references(() => images.sha256, { onDelete: 'cascade' }),
    fetchedAt: moment(),
  },
  (table) => [index('image_links_of_picture').on(table.imageSha256)],
)
