import { bigint, bigserial, index, integer, pgEnum, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { json, moment } from './columns.ts'
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
  /** Put away: offered to no new study. */
  archivedAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})

/**
 * `uploading`: files may still come. `waiting`: to be taken up. `refused`: rows are bad, and a person decides. `failed`:
 * the files cannot be read. `finished`: what was good is in the pool.
 */
export const importState = pgEnum('import_state', [
  'uploading',
  'waiting',
  'running',
  'stopped',
  'refused',
  'failed',
  'finished',
])

/** What every import of uploaded files has, whatever they become. */
export const importColumns = () => ({
  id: uuid().primaryKey().defaultRandom(),
  /** What people call it: its file, or how many. */
  name: text().notNull(),
  state: importState().notNull().default('uploading'),
  /** What rows have that do not say it themselves, and whether bad rows are left out. */
  options: json().notNull(),
  rowsRead: integer().notNull().default(0),
  added: integer().notNull().default(0),
  known: integer().notNull().default(0),
  bad: integer().notNull().default(0),
  /** The first bad rows: file, row and reason of each. */
  faults: json().notNull().default([]),
  /** Why it failed, in words. */
  reason: text(),
  createdAt: moment(),
  endedAt: timestamp({ withTimezone: true }),
})

/** Uploaded files on their way into a pool. */
export const queryImports = pgTable(
  'query_imports',
  {
    ...importColumns(),
    poolId: uuid()
      .notNull()
      .references(() => pools.id, { onDelete: 'cascade' }),
    /** The data set of the hub that it reads, as `hf://datasets/OWNER/NAME@REVISION/PATH`; null: uploaded files. */
    hubSource: text(),
    /** Of the files of the hub: how much is here, and how much there is. */
    fetchedBytes: bigint({ mode: 'number' }).notNull().default(0),
    totalBytes: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [index('query_imports_of_pool').on(table.poolId, table.createdAt)],
)

/** An image and a question, no gold answer. */
export const queries = pgTable(
  'queries',
  {
    id: uuid().primaryKey().defaultRandom(),
    poolId: uuid()
      .notNull()
      .references(() => pools.id),
    /** In the order in which queries came. */
    position: bigserial({ mode: 'number' }).notNull(),
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
    /** Taken out although answers rest on it: held for good, and its key stays taken. */
    deletedAt: timestamp({ withTimezone: true }),
    createdAt: moment(),
  },
  (table) => [
    unique().on(table.poolId, table.key),
    index('queries_of_pool').on(table.poolId, table.position),
    index('queries_of_picture').on(table.imageSha256),
  ],
)

/** Words of a question that speak for a category: what is proposed by rules. */
export const categoryRules = pgTable(
  'category_rules',
  {
    id: uuid().primaryKey().defaultRandom(),
    category: queryCategory().notNull(),
    words: text().notNull(),
    createdAt: moment(),
  },
  (table) => [unique().on(table.category, table.words)],
)

export const proposalSource = pgEnum('proposal_source', ['rules', 'model'])

/** A category that waits for a person's word. It is used for nothing before, and one that was rejected for nothing at all. */
export const categoryProposals = pgTable('category_proposals', {
  queryId: uuid()
    .primaryKey()
    .references(() => queries.id, { onDelete: 'cascade' }),
  category: queryCategory().notNull(),
  source: proposalSource().notNull(),
  /** The words that spoke for it, or the model that did. */
  because: text().notNull(),
  /** Kept, so that the same is not proposed again. */
  rejectedAt: timestamp({ withTimezone: true }),
  createdAt: moment(),
})
