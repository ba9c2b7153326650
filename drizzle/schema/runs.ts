import { isNotNull } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
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
import { people } from './accounts.ts'
import { calls, plans } from './calls.ts'
import { json, moment } from './columns.ts'
import { endpoints, promptProfile, type StoredPicturePolicy, type StoredSampling } from './endpoints.ts'
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
/** What a run sends beside its prompts, by who set it; the later stand over the earlier. */
export interface StoredSettings {
  definition: { maxTokens: number; temperature: number; stop?: string[] }
  endpoint: StoredOwnSettings
  run: StoredOwnSettings
  /** What the endpoint is sent of pictures; left out where they go as they are. */
  pictures?: StoredPicturePolicy
}
export interface StoredOwnSettings {
  sampling: StoredSampling
  extraBody: Record<string, unknown>
}

/** A run's request as it goes out, without prompt and key. */
export interface StoredRequest {
  path: string
  members: { name: string; value?: unknown; origin: 'definition' | 'endpoint' | 'run'; definition?: unknown }[]
}

export interface StoredMetric {
  name: string
  /** In [0, 1], or a whole number where `unit` says so; null when no prediction belongs to it. */
  value: number | null
  unit?: 'count' | undefined
  low: number | null
  high: number | null
  n: number
}

/** An endpoint that reads responses, as it was when it did; its replies are calls of the run's judge plan. */
export interface StoredJudge {
  /** Name of the endpoint. */
  name: string
  /** As `mathvista/1`: raised whenever what the judge is asked changes. */
  prompt: string
  protocol: string
  baseUrl: string
  remoteModel: string
  extraBody: Record<string, unknown>
  /** Left out where it sets nothing. */
  sampling?: StoredSampling
}

/** How a run was scored before it was scored again. */
export interface FormerScoring {
  profile: string
  benchmarkVersion: number
  codeVersion: string
  judge: StoredJudge | null
  metrics: StoredMetric[]
  /** When it was replaced, ISO 8601. */
  until: string
}

/** A change of the endpoint that a person let a run go on with. */
export interface AcceptedChange {
  /** In words: baseUrl was "…", now "…". */
  change: string
  /** ISO 8601. */
  at: string
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
    /** Null until all of it was read. */
    dataRevision: text(),
    /** What the file system said of the data when its reading began. */
    dataState: text(),
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
    /** The profile that was asked for, where the benchmark has none of that name and the default was sent. */
    missingPromptProfile: promptProfile(),
    scoringProfile: text().notNull(),
    /** Reads the responses that rules cannot, where a profile needs it; null: none was ever named. */
    judge: json().$type<StoredJudge>(),
    judgePlanId: uuid().references(() => plans.id),
    settings: json().$type<StoredSettings>().notNull(),
    /** Replies to the same request, asked before, are taken instead of asking again. */
    reuse: boolean().notNull().default(false),
    /** Null where the run began before requests were noted. */
    request: json().$type<StoredRequest>(),
    limit: integer(),
    seed: integer().notNull().default(0),
    /** Address, remote model and what else of the endpoint could move a score, as they were when it began. */
    endpointSettings: json().$type<Record<string, unknown>>().notNull(),
    codeVersion: text().notNull(),
    /** SHA-256 over all of the above: a resumed run with another one is refused. */
    fingerprint: text().notNull(),
    examples: integer().notNull(),
    status: runStatus().notNull().default('preparing'),
    metrics: json().$type<StoredMetric[]>(),
    /** Oldest first. */
    formerScorings: json().$type<FormerScoring[]>().notNull().default([]),
    /** Oldest first. */
    acceptedChanges: json().$type<AcceptedChange[]>().notNull().default([]),
    createdBy: uuid().references(() => people.id),
    createdAt: moment(),
    finishedAt: timestamp({ withTimezone: true }),
    /** Since when it is off every board, and why, in a person's words; null: it stands where its status lets it. */
    withdrawnAt: timestamp({ withTimezone: true }),
    withdrawnReason: text(),
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
    choices: json().$type<string[]>(),
    tags: json().$type<string[]>().notNull(),
    gold: json().$type<unknown>(),
    /** The prompt exactly as sent, pictures by hash. */
    prompt: json().$type<StoredPart[]>().notNull(),
    /** Why nothing can be asked: what of the data cannot be used. */
    fault: text(),
    /** The run whose reply to the same request was taken. */
    reusedFrom: integer(),
    /** The call that has a judge read the response, and the text it sends; null where rules sufficed. */
    judgeCallId: bigint({ mode: 'number' }).references(() => calls.id),
    judgePrompt: text(),
    /** The judge that found the answer; null where rules did. */
    judge: json().$type<StoredJudge>(),
    /** Null until the call is answered, and the judge's too; errors, pending and skipped are states of these calls. */
    outcome: outcome(),
    truncated: boolean().notNull().default(false),
    /** The answer holds nothing; thoughts were found before it; the reply names this model, which is not the one asked. */
    empty: boolean().notNull().default(false),
    thought: boolean().notNull().default(false),
    otherModel: text(),
    answer: text(),
    score: doublePrecision(),
    also: json().$type<Record<string, number>>(),
    steps: json().$type<string[]>(),
    scoredAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.exampleId] }),
    index().on(table.runId, table.position),
    uniqueIndex('predictions_judge_call').on(table.judgeCallId).where(isNotNull(table.judgeCallId)),
  ],
)

/** What a benchmark's own server said of a run: evidence, kept as it was typed. */
export const serverScores = pgTable(
  'server_scores',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    runId: integer()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    server: text().notNull(),
    phase: text().notNull(),
    /** The day on which the server scored it. */
    date: date().notNull(),
    fileName: text().notNull(),
    fileSha256: text().notNull(),
    /** Whether the file is, byte by byte, what the run's stored responses give. */
    fileMatchesRun: boolean().notNull(),
    scoreText: text().notNull(),
    /** The numbers found in it, in [0, 1], by the names that the benchmark declares. */
    scores: json().$type<{ name: string; value: number }[]>().notNull(),
    attachedBy: uuid().references(() => people.id),
    attachedAt: moment(),
  },
  (table) => [index().on(table.runId)],
)
