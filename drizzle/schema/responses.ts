import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { calls, plans } from './calls.ts'
import { moment } from './columns.ts'
import { endpoints } from './endpoints.ts'
import { models } from './models.ts'
import { importColumns, pools, queries } from './queries.ts'
import { studies } from './studies.ts'

/**
 * `held`: not shown to raters, for a reason that waits for a person (a leak of identity). `dropped`: a person has decided
 * that it is never shown.
 */
export const responseStatus = pgEnum('response_status', ['pending', 'ready', 'held', 'error', 'dropped'])

/**
 * One model's answers to a study's queries: asked of an endpoint by a plan, or made elsewhere and imported. With the
 * draft of a study they go, too.
 */
export const collections = pgTable(
  'collections',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    endpointId: uuid().references(() => endpoints.id),
    planId: uuid().references(() => plans.id),
    maxTokens: integer().notNull(),
    createdAt: moment(),
  },
  (table) => [unique().on(table.studyId, table.modelId)],
)

/** Uploaded files on their way into a study, as answers of one model, which `options` names. */
export const answerImports = pgTable(
  'answer_imports',
  {
    ...importColumns(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    held: integer().notNull().default(0),
  },
  (table) => [index('answer_imports_of_study').on(table.studyId, table.createdAt)],
)

/** What one model said to one query; without a model, what somebody wrote for a gold item. */
export const responses = pgTable(
  'responses',
  {
    id: uuid().primaryKey().defaultRandom(),
    collectionId: uuid().references(() => collections.id, { onDelete: 'cascade' }),
    studyId: uuid()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    modelId: uuid().references(() => models.id),
    /** Null: the answer was made elsewhere. */
    callId: bigint({ mode: 'number' })
      .unique()
      .references(() => calls.id),
    status: responseStatus().notNull().default('pending'),
    text: text(),
    /** Full width of its point coordinates, as the endpoint declares it. */
    pointsScale: integer().notNull().default(100),
    heldReason: text(),
    readyAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    unique().on(table.collectionId, table.queryId),
    index().on(table.studyId, table.queryId, table.status),
    // A draw reads a range of it, without the answers themselves.
    index('responses_shown')
      .on(table.collectionId, table.queryId)
      .where(sql`${table.status} = 'ready'`),
    check('responses_model', sql`(${table.collectionId} is null) = (${table.modelId} is null)`),
  ],
)

/** A model that is asked which category questions of a pool have. */
export const categoryAskings = pgTable('category_askings', {
  id: uuid().primaryKey().defaultRandom(),
  poolId: uuid()
    .notNull()
    .references(() => pools.id, { onDelete: 'cascade' }),
  planId: uuid()
    .notNull()
    .unique()
    .references(() => plans.id),
  createdAt: moment(),
})

/** `same`: the model names the category that the query has. `unreadable`: its answer names none. */
export const askedOutcome = pgEnum('asked_outcome', ['proposed', 'same', 'unreadable'])

export const categoryAsked = pgTable(
  'category_asked',
  {
    askingId: uuid()
      .notNull()
      .references(() => categoryAskings.id, { onDelete: 'cascade' }),
    queryId: uuid()
      .notNull()
      .references(() => queries.id, { onDelete: 'cascade' }),
    /** Null: no answer was read. */
    outcome: askedOutcome(),
  },
  (table) => [primaryKey({ columns: [table.askingId, table.queryId] }), index().on(table.queryId)],
)
