import { bigint, index, integer, pgEnum, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { calls, plans } from './calls.ts'
import { moment } from './columns.ts'
import { endpoints } from './endpoints.ts'
import { models } from './models.ts'
import { queries } from './queries.ts'
import { studies } from './studies.ts'

/**
 * `held`: not shown to raters, for a reason that waits for a person (a leak of identity). `dropped`: a person has decided
 * that it is never shown.
 */
export const responseStatus = pgEnum('response_status', ['pending', 'ready', 'held', 'error', 'dropped'])

/** Asking one endpoint for its answers to a study's queries. */
export const collections = pgTable(
  'collections',
  {
    id: uuid().primaryKey().defaultRandom(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id),
    planId: uuid()
      .notNull()
      .references(() => plans.id),
    maxTokens: integer().notNull(),
    createdAt: moment(),
  },
  (table) => [unique().on(table.studyId, table.modelId)],
)

/** What one model said to one query. */
export const responses = pgTable(
  'responses',
  {
    id: uuid().primaryKey().defaultRandom(),
    collectionId: uuid()
      .notNull()
      .references(() => collections.id),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    queryId: uuid()
      .notNull()
      .references(() => queries.id),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    callId: bigint({ mode: 'number' })
      .notNull()
      .unique()
      .references(() => calls.id),
    status: responseStatus().notNull().default('pending'),
    text: text(),
    /** Full width of its point coordinates, as the endpoint declares it. */
    pointsScale: integer().notNull().default(100),
    heldReason: text(),
    readyAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique().on(table.collectionId, table.queryId), index().on(table.studyId, table.queryId, table.status)],
)
