import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { people, teams } from './accounts.ts'
import { json, moment } from './columns.ts'
import { models } from './models.ts'

export const protocol = pgEnum('protocol', ['openai', 'openai_responses', 'anthropic', 'gemini'])
export const endpointStatus = pgEnum('endpoint_status', ['unchecked', 'ready', 'failing', 'off'])
export const promptProfile = pgEnum('prompt_profile', ['default', 'molmo', 'vlmevalkit', 'lmms_eval'])

/** What of the generation an endpoint or a run sets itself: a name left out is as before it, null is not sent. */
export interface StoredSampling {
  maxTokens?: number | undefined
  temperature?: number | null | undefined
  topP?: number | null | undefined
  topK?: number | null | undefined
  seed?: number | null | undefined
  stop?: string[] | null | undefined
  system?: string | null | undefined
  reasoningEffort?: string | null | undefined
}

/** What an endpoint is sent of a picture; what is left out is not bounded. */
export interface StoredPicturePolicy {
  /** In pixels. */
  longestSide?: number | undefined
  mostBytes?: number | undefined
  /** Of one question; those after it are left out. */
  mostPictures?: number | undefined
  format?: 'jpeg' | 'png' | 'webp' | undefined
  /** Of JPEG and WebP, 1 to 100. */
  quality?: number | undefined
}

/** In US dollars for a million tokens. */
export interface StoredPrice {
  in: number
  out: number
  /** For tokens read from the endpoint's cache; null: as any other. */
  cached: number | null
  /** Who says so, and when. */
  source: string
}

/** One address where a model answers, with protocol and settings. */
export const endpoints = pgTable(
  'endpoints',
  {
    id: uuid().primaryKey().defaultRandom(),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    name: text().notNull(),
    protocol: protocol().notNull().default('openai'),
    baseUrl: text().notNull(),
    /** The name the endpoint itself gives the model. */
    remoteModel: text().notNull(),
    /** AES-256-GCM, bound to this row and to the origin of `base_url`; null: no key. */
    sealedKey: text(),
    keyHint: text(),
    /** The environment variable that a command reads its key from; null: it was typed in. */
    keyVariable: text(),
    status: endpointStatus().notNull().default('unchecked'),
    /** In words a person can act on: "Key refused (401) since 09:12". */
    statusReason: text().notNull().default(''),
    statusSince: moment(),
    maxConcurrency: integer().notNull().default(8),
    requestsPerMinute: integer(),
    timeoutMs: integer().notNull().default(120_000),
    maxRetries: integer().notNull().default(6),
    pictures: json().$type<StoredPicturePolicy>().notNull().default({}),
    promptProfile: promptProfile().notNull().default('default'),
    sendsStyleTag: boolean().notNull().default(false),
    /** Full width of its point coordinates: 100 for percent, 1000 for per mille. */
    pointsScale: integer().notNull().default(100),
    extraBody: json().$type<Record<string, unknown>>().notNull().default({}),
    sampling: json().$type<StoredSampling>().notNull().default({}),
    /** The member in which it takes the limit of new tokens, where its wire format knows two. */
    maxTokensName: text().$type<'max_tokens' | 'max_completion_tokens'>().notNull().default('max_tokens'),
    /** Tags around thoughts in its answers: `usual`, or a start and an end with a space between; none: nothing is one. */
    thinkingTags: json().$type<string[]>().notNull().default(['usual']),
    /** Null: not known, and nothing is added up. */
    price: json().$type<StoredPrice>(),
    /** Runs inside this program: registered again at each start. */
    builtIn: boolean().notNull().default(false),
    /** Whose it is; null: the operator's. */
    teamId: uuid().references(() => teams.id),
    /** Taken out: its key is gone, and it is kept for the runs that asked it. Its name is free again. */
    deletedAt: timestamp({ withTimezone: true }),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
    updatedAt: moment(),
  },
  (table) => [
    uniqueIndex('endpoints_name')
      .on(table.name)
      .where(sql`${table.deletedAt} is null`),
  ],
)

/** A change of an endpoint's settings that makes it take our requests. */
export interface StoredCure {
  maxTokensName?: 'max_tokens' | 'max_completion_tokens' | undefined
  sampling?: StoredSampling | undefined
  pictures?: StoredPicturePolicy | undefined
}

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
    /** What to change of the endpoint's settings, where that helps. */
    cure: json().$type<StoredCure>(),
    latencyMs: integer().notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index().on(table.endpointId)],
)

/** One probe of a check that is over. */
export interface SeenProbe {
  name: string
  result: 'pass' | 'limit' | 'fail'
  observation: string
  advice: string
  latencyMs: number
}

/** What happened to an endpoint, for people: added, checked, changed, refused. The newest are kept. */
export const endpointEvents = pgTable(
  'endpoint_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    endpointId: uuid()
      .notNull()
      .references(() => endpoints.id, { onDelete: 'cascade' }),
    kind: text().$type<'added' | 'changed' | 'check' | 'health'>().notNull(),
    /** The endpoint's state after it. */
    status: endpointStatus().notNull(),
    words: text().notNull(),
    /** What a check saw. */
    probes: json().$type<SeenProbe[]>(),
    at: moment(),
  },
  (table) => [index().on(table.endpointId, table.id)],
)

/** Addresses of a machine and its network that an admin opened to calls of a server bound to loopback there. */
export const allowedAddresses = pgTable(
  'allowed_addresses',
  {
    /** Host name of the machine for which it holds. */
    machine: text().notNull(),
    host: text().notNull(),
    port: integer().notNull(),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
  },
  (table) => [primaryKey({ columns: [table.machine, table.host, table.port] })],
)
