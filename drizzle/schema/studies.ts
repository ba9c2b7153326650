import {
  boolean,
  doublePrecision,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'
import { endpoints } from './endpoints.ts'
import { models } from './models.ts'
import { pools } from './queries.ts'

/** `batched`: at least an hour and 200 votes between changes of the board. `live`: it follows the votes. */
export const publishing = pgEnum('publishing', ['batched', 'live'])
export const studyStatus = pgEnum('study_status', ['draft', 'open', 'closed'])

/** Which queries, models, quotas and raters belong together. */
export const studies = pgTable('studies', {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  poolId: uuid()
    .notNull()
    .references(() => pools.id),
  status: studyStatus().notNull().default('draft'),
  /** Of an open study: since when it hands out no new cards. */
  pausedAt: timestamp({ withTimezone: true }),
  /** Of a closed study: since when it is listed apart. */
  archivedAt: timestamp({ withTimezone: true }),
  publishing: publishing().notNull().default('batched'),
  /** Made of our own samples: shown as such, and never beside real numbers. */
  sample: boolean().notNull().default(false),
  pointsShown: boolean().notNull().default(true),
  /** What is asked after a verdict for one answer: how much better it is, why, or both. */
  followUp: text().$type<'nothing' | 'strength' | 'reasons' | 'both'>().notNull().default('nothing'),
  /** In which raters who chose none read the pages. */
  language: text().$type<'browser' | 'en' | 'es' | 'de'>().notNull().default('browser'),
  leaseSeconds: integer().notNull().default(600),
  /** Seconds that a card is in sight before it takes a verdict: a double press must not judge the next one. */
  leastCardSeconds: integer().notNull().default(1),
  /** Counted votes wanted for each unordered pair of models. */
  quotaPerPair: integer().notNull().default(450),
  /** Battles in one rater's session. */
  sessionGoal: integer().notNull().default(100),
  /** `even`: the pair that is served least. `adaptive`: by what a vote on each pair is worth to the fit. */
  drawing: text().$type<'even' | 'adaptive'>().notNull().default('even'),
  /** Share of the battles that several raters are given, and how many those are. */
  overlapShare: doublePrecision().notNull().default(0.05),
  overlapRaters: integer().notNull().default(3),
  /** Share of a rater's cards that are gold items. */
  goldShare: doublePrecision().notNull().default(0),
  /** Items in a round of the training that comes before real cards; 0: there is no training. */
  trainingItems: integer().notNull().default(0),
  /** How many of them must be judged right, and in how many rounds a rater may try. */
  trainingBar: integer().notNull().default(8),
  trainingTries: integer().notNull().default(3),
  /** Whether those do it, too, who had joined before it was switched on. */
  trainingFor: text().$type<'new' | 'everybody'>().notNull().default('new'),
  /** When it was switched on last. */
  trainingSince: timestamp({ withTimezone: true }),
  maxTokens: integer().notNull().default(768),
  guidelines: text().notNull().default(''),
  guidelinesVersion: integer().notNull().default(1),
  consent: text().notNull().default(''),
  consentVersion: integer().notNull().default(1),
  /** What raters are told besides: whom to ask, what they are paid, and how long a sitting takes (0: not said). */
  contact: text().notNull().default(''),
  pay: text().notNull().default(''),
  sittingMinutes: integer().notNull().default(0),
  /** Licence of the votes, once they are published. */
  licence: text().notNull().default('CC BY 4.0'),
  createdAt: moment(),
})

/** The models compared, each with the endpoint that answers for it here; without one, its answers were made elsewhere. */
export const studyModels = pgTable(
  'study_models',
  {
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    endpointId: uuid().references(() => endpoints.id),
    addedAt: moment(),
  },
  (table) => [primaryKey({ columns: [table.studyId, table.modelId] })],
)
