import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { people } from './accounts.ts'
import { moment } from './columns.ts'
import { models } from './models.ts'

export const protocol = pgEnum('protocol', ['openai', 'anthropic', 'gemini'])
export const endpointStatus = pgEnum('endpoint_status', ['unchecked', 'ready', 'failing', 'off'])
export const promptProfile = pgEnum('prompt_profile', ['default', 'molmo', 'vlmevalkit', 'lmms_eval'])

/** One address where a model answers, with protocol and settings. */
export const endpoints = pgTable('endpoints', {
  id: uuid().primaryKey().defaultRandom(),
  modelId: uuid()
    .notNull()
    .references(() => models.id),
  name: text().notNull().unique(),
  protocol: protocol().notNull().default('openai'),
  baseUrl: text().notNull(),
  /** The name the endpoint itself gives the model. */
  remoteModel: text().notNull(),
  /** AES-256-GCM, bound to this row and to the origin of `base_url`; null: no key. */
  sealedKey: text(),
  keyHint: text(),
  status: endpointStatus().notNull().default('unchecked'),
  /** In words a person can act on: "Key refused (401) since 09:12". */
  statusReason: text().notNull().default(''),
  statusSince: moment(),
  maxConcurrency: integer().notNull().default(8),
  requestsPerMinute: integer(),
  timeoutMs: integer().notNull().default(120_000),
  maxRetries: integer().notNull().default(6),
  /** Limits of the pictures it accepts; null: not known. Nothing reads them yet. */
  maxImageBytes: integer(),
  maxImageSide: integer(),
  promptProfile: promptProfile().notNull().default('default'),
  sendsStyleTag: boolean().notNull().default(false),
  /** Full width of its point coordinates: 100 for percent, 1000 for per mille. */
  pointsScale: integer().notNull().default(100),
  extraBody: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  /** Tags around thoughts in its answers: `usual`, or a start and an end with a space between; none: nothing is one. */
  thinkingTags: jsonb().$type<string[]>().notNull().default(['usual']),
  /** In the endpoint's currency for a million tokens; nothing reads them yet. */
  priceInPerMillion: doublePrecision(),
  priceOutPerMillion: doublePrecision(),
  /** Runs inside this program: registered again at each start. */
  builtIn: boolean().notNull().default(false),
  createdBy: uuid().references(() => people.id),
  createdAt: moment(),
  updatedAt: moment(),
})

/** What a check saw, one row a probe; the newest check replaces the one before. */
export const probes = pgTable(
  'probes',
  {
    id: uuid().primaryKey().defaultRandom(),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    name: text().notNull(),
    result: text().$type<'pass' | 'limit' | 'fail'>().notNull(),
    observation: text().notNull(),
    advice: text().notNull().default(''),
    latencyMs: integer().notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index().on(table.endpointId)],
)
