import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { calls, plans } from './calls.ts'
import { moment } from './columns.ts'
import { endpoints, promptProfile } from './endpoints.ts'
import { models } from './models.ts'

/** `incomplete`: every call was tried and some have no answer; `finalised`: a researcher accepted that. */
export const runStatus = pgEnum('run_status', [
  'preparing',
  'running',
  'paused',
  'complete',
  'incomplete',
  'finalised',
  'cancelled',
])
export const outcome = pgEnum('outcome', ['scored', 'unparsed', 'refused', 'withheld'])

export interface StoredPart {
  text?: string
  imageSha256?: string
}
export interface StoredMetric {
  name: string
  /** In [0, 1]; null when no prediction belongs to it. */
  value: number | null
  low: number | null
  high: number | null
  n: number
}

/** One endpoint over one split of one benchmark version, with fixed settings. */
export const runs = pgTable(
  'runs',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    benchmark: text().notNull(),
    benchmarkVersion: integer().notNull(),
    split: text().notNull(),
    layout: text().notNull(),
    dataRevision: text().notNull(),
    /** Where the data was read from, when it was not its usual place. */
    dataPath: text(),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    planId: uuid()
      .notNull()
      .references(() => plans.id),
    promptProfile: promptProfile().notNull(),
    scoringProfile: text().notNull(),
    maxTokens: integer().notNull(),
    temperature: doublePrecision().notNull(),
    limit: integer(),
    seed: integer().notNull().default(0),
    /** Address, remote model and extra body as they were when it began. */
    endpointSettings: jsonb().$type<Record<string, unknown>>().notNull(),
    codeVersion: text().notNull(),
    /** SHA-256 over all of the above: a resumed run with another one is refused. */
    fingerprint: text().notNull(),
    examples: integer().notNull(),
    status: runStatus().notNull().default('preparing'),
    metrics: jsonb().$type<StoredMetric[]>(),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
    finishedAt: timestamp({ withTimezone: true }),
  },
  (table) => [index().on(table.benchmark, table.modelId)],
)

/** One example within a run: what was asked, what was found in the response, how it was marked. */
export const predictions = pgTable(
  'predictions',
  {
    runId: integer()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    exampleId: text().notNull(),
    position: integer().notNull(),
    callId: bigint({ mode: 'number' })
      .notNull()
      .unique()
      .references(() => calls.id),
    question: text().notNull(),
    choices: jsonb().$type<string[]>(),
    tags: jsonb().$type<string[]>().notNull(),
    gold: jsonb().$type<unknown>(),
    /** The prompt exactly as sent, pictures by hash. */
    prompt: jsonb().$type<StoredPart[]>().notNull(),
    /** Null until the call is answered; errors, pending and skipped are states of the call. */
    outcome: outcome(),
    truncated: boolean().notNull().default(false),
    answer: text(),
    score: doublePrecision(),
    also: jsonb().$type<Record<string, number>>(),
    steps: jsonb().$type<string[]>(),
    scoredAt: timestamp({ withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.runId, table.exampleId] }), index().on(table.runId, table.position)],
)
