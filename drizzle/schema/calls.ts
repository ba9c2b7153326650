import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
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
import { json, moment } from './columns.ts'
import { endpoints } from './endpoints.ts'

export const planState = pgEnum('plan_state', ['preparing', 'running', 'paused', 'finished', 'cancelled'])
export const callState = pgEnum('call_state', ['pending', 'active', 'answered', 'error', 'skipped'])

/** A set of calls to one endpoint that is carried out together, and can be interrupted at any moment. */
export const plans = pgTable('plans', {
  id: uuid().primaryKey().defaultRandom(),
  endpointId: uuid()
    .notNull()
    .references(() => endpoints.id),
  /** Who handed it in and is handed the replies: 'run', 'judge', 'collection', 'categories'. */
  customer: text().notNull(),
  state: planState().notNull().default('preparing'),
  /** In words: "quota spent, fix and resume". */
  pausedReason: text(),
  /** Calls planned so far. */
  calls: integer().notNull().default(0),
  /** Its customer still reads what there is to ask: with no call left it waits for more. */
  growing: boolean().notNull().default(false),
  /** Who reads it, as `claimedBy` of a call. */
  readBy: text(),
  readUntil: timestamp({ withTimezone: true }),
  /** Where alone it can be worked on, since files of that machine belong to it; null: anywhere. */
  place: text(),
  /** In US dollars: of its calls so far, where the endpoint's price is known; and where it is to stop, if anywhere. */
  spent: doublePrecision().notNull().default(0),
  costLimit: doublePrecision(),
  /** Its turn among the plans of its endpoint: the lowest has the places first. */
  rank: doublePrecision()
    .notNull()
    .default(sql`extract(epoch from clock_timestamp())`),
  createdAt: moment(),
})

/** What the processes that call an endpoint share of its limits: one row each, locked for a moment by whoever speaks. */
export const endpointTraffic = pgTable('endpoint_traffic', {
  endpointId: uuid()
    .primaryKey()
    .references(() => endpoints.id, { onDelete: 'cascade' }),
  /** The processes, and how many calls each may have under way. */
  holders: json().$type<{ worker: string; places: number; wanted: number; until: number }[]>().notNull().default([]),
  /** The soonest moment at which nobody has taken it to send; for endpoints with a limit of requests a minute. */
  nextSendAt: moment(),
  /** Until then the endpoint asked to be left alone. */
  blockedUntil: moment(),
})

/** One request of a plan, to which its attempts and its reply belong. */
export const calls = pgTable(
  'calls',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    planId: uuid()
      .notNull()
      .references(() => plans.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    /** What the customer knows it by: an example's id, a query's id. */
    key: text().notNull(),
    state: callState().notNull().default('pending'),
    attempts: integer().notNull().default(0),
    /** Attempts up to this number no longer count against the retries: raised when errors are tried again. */
    budgetFrom: integer().notNull().default(0),
    /** Not to be tried before this time, set by the endpoint or the backoff. */
    runAt: moment(),
    claimedBy: text(),
    claimedUntil: timestamp({ withTimezone: true }),
    /** Raised by each claim: a worker that lost its lease writes to no row. */
    fence: integer().notNull().default(0),
    errorClass: text(),
    errorMessage: text(),
  },
  (table) => [
    unique().on(table.planId, table.key),
    // Of those that are still to be done: what has ended leaves the index, which stays small.
    index('calls_claim')
      .on(table.planId, table.state, table.runAt, table.position)
      .where(sql`state in ('pending', 'active')`),
  ],
)

/** A picture that did not go out as it is. */
export interface StoredSentPicture {
  sha256: string
  from: StoredPictureFacts
  /** Null: it was left out. */
  to: StoredPictureFacts | null
}
interface StoredPictureFacts {
  width: number
  height: number
  imageBytes: number
  mediaType: string
}

/** Every request that went out, kept for ever. `status` null: no HTTP answer. */
export const attempts = pgTable(
  'attempts',
  {
    callId: bigint({ mode: 'number' })
      .notNull()
      .references(() => calls.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    startedAt: timestamp({ withTimezone: true }).notNull(),
    latencyMs: integer().notNull(),
    status: integer(),
    /** Null: this attempt brought the reply. */
    errorClass: text(),
    message: text(),
    /** How long the call waited after it, and whether the endpoint asked for it. */
    waitedMs: integer().notNull().default(0),
    waitAsked: boolean().notNull().default(false),
    tokensIn: integer(),
    tokensOut: integer(),
    /** In US dollars, at the price of the endpoint at the time; null: not known. */
    cost: doublePrecision(),
    /** What was done to its pictures; null: they went out as they are. */
    pictures: json().$type<StoredSentPicture[]>(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.number] })],
)

/** What came back, verbatim, before anything reads it. Never altered. */
export const replies = pgTable('replies', {
  callId: bigint({ mode: 'number' })
    .primaryKey()
    .references(() => calls.id, { onDelete: 'cascade' }),
  /** The body as it arrived. */
  body: text().notNull(),
  sha256: text().notNull(),
  /** The model's answer within it, and what it thought before, apart; null: it shows no thoughts. */
  response: text().notNull(),
  thinking: text(),
  finishReason: text(),
  refused: boolean().notNull().default(false),
  truncated: boolean().notNull().default(false),
  /** The model name that the reply itself gives. */
  repliedModel: text(),
  tokensIn: integer(),
  tokensOut: integer(),
  /** Among `tokens_in`: read from the endpoint's cache. */
  tokensCached: integer(),
  /** Among `tokens_out`. */
  tokensThinking: integer(),
  receivedAt: moment(),
})
