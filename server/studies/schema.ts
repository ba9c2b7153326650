import { z } from 'zod'
import { StudyLanguage } from '../accounts/schema.ts'
import { shapes } from '../core/schema.ts'

/** A study, as addresses name it. */
export const StudySlug = z.object({ slug: z.string().max(80) })

export const StudySummary = z
  .object({
    slug: z.string(),
    name: z.string(),
    status: z.enum(['draft', 'open', 'closed']),
    publishing: z.enum(['batched', 'live']),
    sample: z.boolean(),
    /** Listed apart, and closed for good until it is taken back. */
    archived: z.boolean(),
    models: z.number().int(),
    queries: z.number().int(),
    votes: z.number().int(),
    raters: z.number().int(),
  })
  .register(shapes, { id: 'StudySummary' })
export type StudySummary = z.infer<typeof StudySummary>

/** One model's answers to a study's queries, as they come in. */
export const CollectionProgress = z
  .object({
    model: z.object({ slug: z.string(), name: z.string(), baseline: z.boolean() }),
    /** Null: its answers were made elsewhere. */
    endpoint: z.string().nullable(),
    /** Questions that the study asks, or asked. */
    total: z.number().int(),
    ready: z.number().int(),
    /** Wait for a person, or were dropped by one. */
    held: z.number().int(),
    errors: z.number().int(),
    /** Have no word in them; they are never shown. */
    empty: z.number().int(),
    /** Neither an answer nor an error yet. */
    missing: z.number().int(),
    /** `imported`: nothing is asked, answers come as files. */
    state: z.enum(['preparing', 'running', 'paused', 'finished', 'cancelled', 'imported']),
    /** Why it does not go on, or what most of its errors say, in words. */
    reason: z.string().nullable(),
  })
  .register(shapes, { id: 'CollectionProgress' })
export type CollectionProgress = z.infer<typeof CollectionProgress>

/** A model of a study, and the endpoint that answers for it there. */
export const StudyMember = z
  .object({
    model: z.object({
      slug: z.string(),
      name: z.string(),
      /** Shown to everybody on boards. */
      released: z.boolean(),
      /** Hidden again, and drawn for no new battle. */
      withdrawn: z.boolean(),
    }),
    /** `gone`: it was taken out. Null: none answers for it. */
    endpoint: z.object({ id: z.uuid(), name: z.string(), gone: z.boolean() }).nullable(),
  })
  .register(shapes, { id: 'StudyMember' })
export type StudyMember = z.infer<typeof StudyMember>

/** Votes of one unordered pair against its quota. */
export const PairCoverage = z.object({
  modelA: z.string(),
  modelB: z.string(),
  votes: z.number().int(),
  quota: z.number().int(),
})
export type PairCoverage = z.infer<typeof PairCoverage>

const TrainingFor = z.enum(['new', 'everybody'])
const TrainingItems = z.number().int().min(0).max(100)
const TrainingBar = z.number().int().min(1).max(100)
const TrainingTries = z.number().int().min(1).max(20)

const Drawing = z.enum(['even', 'adaptive'])

/** Battles that are planned for several raters, and how far the raters agree on them. */
export const OverlapProgress = z
  .object({
    planned: z.number().int(),
    /** Those that all of their raters have judged; the others are outstanding. */
    delivered: z.number().int(),
    /** Of the others, those that a person had given to no further rater. */
    cancelled: z.number().int(),
    /** Pairs of verdicts on one battle, and the share of them that are the same; ties of both kinds are one. */
    pairs: z.number().int(),
    agreement: z.number().nullable(),
    /** Krippendorff's α on nominal labels; null also where all are the same. */
    alpha: z.number().nullable(),
  })
  .register(shapes, { id: 'OverlapProgress' })
export type OverlapProgress = z.infer<typeof OverlapProgress>

/** What is asked after a verdict for one answer: how much better it is (`strength`), why (`reasons`), or both. */
export const FollowUp = z.enum(['nothing', 'strength', 'reasons', 'both'])

export const Study = StudySummary.extend({
  /** It is open and hands out no new cards. */
  paused: z.boolean(),
  pool: z.object({ slug: z.string(), name: z.string() }),
  licence: z.string(),
  pointsShown: z.boolean(),
  followUp: FollowUp,
  language: StudyLanguage,
  leaseSeconds: z.number().int(),
  leastCardSeconds: z.number().int(),
  quotaPerPair: z.number().int(),
  sessionGoal: z.number().int(),
  /** Of each rater's cards, the share that are gold items. */
  goldShare: z.number(),
  /** Items in a round of training before real cards; 0: there is none. */
  trainingItems: z.number().int(),
  /** How many of them must be judged right, and in how many rounds a rater may try. */
  trainingBar: z.number().int(),
  trainingTries: z.number().int(),
  /** `everybody`: those, too, who had joined before it was switched on. */
  trainingFor: TrainingFor,
  /** `even`: the pair that has the fewest votes. `adaptive`: by what a vote on each pair is worth to the ratings. */
  drawing: Drawing,
  /** Of the battles drawn, the share that several raters are given, and how many those are. */
  overlapShare: z.number(),
  overlapRaters: z.number().int(),
  guidelines: z.string(),
  consent: z.string(),
  /** Whom raters may ask, and what they are paid, in the operator's words. */
  contact: z.string(),
  pay: z.string(),
  /** How long a sitting takes; 0: not said. */
  sittingMinutes: z.number().int(),
  createdAt: z.iso.datetime(),
  members: z.array(StudyMember),
  collections: z.array(CollectionProgress),
  coverage: z.array(PairCoverage),
  overlap: OverlapProgress,
  /** How far its pairs are, which lag, and when its votes will be in, in sentences; none for a draft. */
  outlook: z.array(z.string()),
}).register(shapes, { id: 'Study' })
export type Study = z.infer<typeof Study>

const OverlapShare = z.number().min(0).max(1)
const OverlapRaters = z.number().int().min(2).max(20)

/** Of a rater's cards; more than half would leave little of the study. */
const GoldShare = z.number().min(0).max(0.5)

export const NewStudy = z
  .object({
    name: z.string().trim().min(1).max(80),
    pool: z.string().min(1).max(80),
    /** A draft may begin with fewer than two, when answers of others are imported. */
    endpoints: z.array(z.uuid()).max(64),
    pointsShown: z.boolean().default(true),
    followUp: FollowUp.default('nothing'),
    language: StudyLanguage.default('browser'),
    quotaPerPair: z.number().int().min(1).max(100_000).default(450),
    sessionGoal: z.number().int().min(1).max(10_000).default(100),
    goldShare: GoldShare.default(0),
    trainingItems: TrainingItems.default(0),
    trainingBar: TrainingBar.default(8),
    trainingTries: TrainingTries.default(3),
    trainingFor: TrainingFor.default('new'),
    drawing: Drawing.default('even'),
    overlapShare: OverlapShare.default(0.05),
    overlapRaters: OverlapRaters.default(3),
    leaseSeconds: z.number().int().min(30).max(7_200).default(600),
    /** How long a card must be in sight before it takes a verdict. */
    leastCardSeconds: z.number().int().min(0).max(30).default(1),
    /** Under which the votes may be used once they are published. */
    licence: z.string().trim().min(1).max(200).default('CC BY 4.0'),
    guidelines: z.string().max(20_000).optional(),
    consent: z.string().max(20_000).optional(),
    contact: z.string().trim().max(300).optional(),
    pay: z.string().trim().max(300).optional(),
    /** How long a sitting takes, as raters are told; 0: not said. */
    sittingMinutes: z.number().int().min(0).max(600).optional(),
    /** False: it stays a draft, in which nothing is asked of anybody. */
    open: z.boolean().default(true),
  })
  .refine(({ open, endpoints }) => !open || endpoints.length >= 2, {
    path: ['endpoints'],
    message: 'an open study compares at least two models',
  })
  .refine(({ trainingItems, trainingBar }) => trainingItems === 0 || trainingBar <= trainingItems, {
    path: ['trainingBar'],
    message: 'a round of training asks for no more right verdicts than it has items',
  })
  .register(shapes, { id: 'NewStudy' })
export type NewStudy = z.infer<typeof NewStudy>

/** What is deleted besides a draft: the study's name, typed, deletes a closed one with its votes. */
export const StudyDeletion = z.object({ name: z.string().max(80).optional() })

/** A copy is a draft of the same settings, pool and models. */
export const StudyCopy = z.object({ name: NewStudy.shape.name }).register(shapes, { id: 'StudyCopy' })

export const NewMember = z.object({ endpoint: z.uuid() }).register(shapes, { id: 'NewMember' })

/** A model of a study, as addresses name both. */
export const MemberPath = StudySlug.extend({ model: z.string().max(80) })

/** What may change of a study, before and after it has begun. */
export const StudyChange = z
  .object({
    name: z.string().trim().min(1).max(80),
    pool: z.string().min(1).max(80).register(shapes, { description: 'Of a draft only' }),
    pointsShown: z.boolean(),
    followUp: FollowUp,
    language: StudyLanguage,
    quotaPerPair: z.number().int().min(1).max(100_000),
    sessionGoal: z.number().int().min(1).max(10_000),
    goldShare: GoldShare,
    trainingItems: TrainingItems,
    trainingBar: TrainingBar,
    trainingTries: TrainingTries,
    trainingFor: TrainingFor,
    drawing: Drawing,
    overlapShare: OverlapShare,
    overlapRaters: OverlapRaters,
    leaseSeconds: z.number().int().min(30).max(7_200),
    leastCardSeconds: z.number().int().min(0).max(30),
    licence: z.string().trim().min(1).max(200),
    guidelines: z.string().max(20_000),
    consent: z.string().max(20_000),
    contact: z.string().trim().max(300),
    pay: z.string().trim().max(300),
    sittingMinutes: z.number().int().min(0).max(600),
  })
  .partial()
  .register(shapes, { id: 'StudyChange' })
export type StudyChange = z.infer<typeof StudyChange>

/** What a change would mean, a sentence each; none where nothing would change. */
export const ChangeMeaning = z.object({ sentences: z.array(z.string()) }).register(shapes, { id: 'ChangeMeaning' })
export type ChangeMeaning = z.infer<typeof ChangeMeaning>
