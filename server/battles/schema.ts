import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { QueryCategory } from '../queries/categories/schema.ts'

export const Verdict = z.enum(['model_a', 'model_b', 'tie', 'both_bad', 'unsure']).register(shapes, { id: 'Verdict' })
export type Verdict = z.infer<typeof Verdict>

/** A place that an answer names, in percent of the picture's width and height. */
export const Point = z.object({ x: z.number(), y: z.number(), label: z.string() }).register(shapes, { id: 'Point' })
export type Point = z.infer<typeof Point>

/** One answer as a rater sees it. `html` is made by us from the text: tags escaped, point tags turned into chips. */
export const Answer = z
  .object({ text: z.string(), html: z.string(), words: z.number().int(), points: z.array(Point) })
  .register(shapes, { id: 'Answer' })
export type Answer = z.infer<typeof Answer>

/** All that a rater receives of a battle. There is no field in which a model's name could travel. */
export const Card = z
  .object({
    battleId: z.uuid(),
    category: QueryCategory,
    language: z.string(),
    question: z.string(),
    image: z.object({ url: z.string(), width: z.number().int(), height: z.number().int() }),
    pointsShown: z.boolean(),
    answerA: Answer,
    answerB: Answer,
    leasedUntil: z.iso.datetime(),
  })
  .register(shapes, { id: 'Card' })
export type Card = z.infer<typeof Card>

export const SessionProgress = z.object({ votes: z.number().int(), goal: z.number().int() })

/** What is asked after a verdict for one answer. */
const FollowUp = z.enum(['nothing', 'strength', 'reasons', 'both'])

/** Up to `count` cards; open leases of this rater come first. `done`: nothing is left for this rater. */
export const CardBatch = z
  .object({
    cards: z.array(Card),
    progress: SessionProgress,
    /** The rater's votes before the sitting for which a panel sent them; null for everybody else. */
    sittingFrom: z.number().int().nullable(),
    /** How long a card is in sight before it takes a verdict. */
    leastCardSeconds: z.number().int(),
    followUp: FollowUp,
    done: z.boolean(),
    /** What is waited for, in a sentence. */
    waiting: z.string().nullable(),
    /** Where answers are waited for: how many are in, of how many. */
    answers: z.object({ ready: z.number().int(), asked: z.number().int() }).nullable(),
  })
  .register(shapes, { id: 'CardBatch' })
export type CardBatch = z.infer<typeof CardBatch>

/** The person whose page asks. In a browser that several people share, another one's session may send what it kept. */
export const PageOwner = z.uuid().optional()

export const LeaseRequest = z.object({
  count: z.number().int().min(1).max(5).default(1),
  /** Battles already on the page, those with a vote on its way among them: not handed out again. */
  holding: z.array(z.uuid()).max(64).default([]),
  /** A random id of the page that takes the cards: what several pages hold stays leased until the last gives it back. */
  holder: z.uuid().nullable().default(null),
  rater: PageOwner,
})

export const Strength = z.enum(['much', 'slightly'])
/** Why one answer is better, in the order of the list that raters choose from. */
export const VoteReason = z.enum(['correct', 'complete', 'clear', 'concise', 'points', 'safe'])
export type VoteReason = z.infer<typeof VoteReason>

export const VoteInput = z
  .object({
    verdict: Verdict,
    /** Of a verdict for one answer, in a study that asks for it. */
    strength: Strength.nullable().default(null),
    reasons: z.array(VoteReason).max(6).default([]),
    dwellMs: z.number().int().min(0).max(86_400_000).nullable().default(null),
    clientVersion: z.string().max(40).default(''),
    rater: PageOwner,
  })
  .refine(
    ({ verdict, strength, reasons }) =>
      verdict === 'model_a' || verdict === 'model_b' || (strength === null && reasons.length === 0),
    {
      error: 'Only a verdict for one answer has a strength and reasons',
      path: ['strength'],
    },
  )
export type VoteInput = z.infer<typeof VoteInput>

export const Vote = z
  .object({
    id: z.number().int(),
    battleId: z.uuid(),
    verdict: Verdict,
    late: z.boolean(),
    /** False: kept, but too late to count, a second one on the same answers, or of a rater who was excluded. */
    counted: z.boolean(),
    castAt: z.iso.datetime(),
    progress: SessionProgress,
  })
  .register(shapes, { id: 'Vote' })
export type Vote = z.infer<typeof Vote>

export const LeaseRelease = z.object({
  /** The page that gives the card back, as it named itself when it took it. */
  holder: z.uuid().nullable().default(null),
})
export type LeaseRelease = z.infer<typeof LeaseRelease>

export const BattleId = z.object({ id: z.uuid() })

export const ReportInput = z.object({
  reason: z.enum(['image', 'unsafe', 'private', 'leak', 'other']),
  note: z.string().trim().max(500).default(''),
})
export type ReportInput = z.infer<typeof ReportInput>
export type LeaseRequest = z.infer<typeof LeaseRequest>
export type SessionProgress = z.infer<typeof SessionProgress>

export const VoteId = z.object({ id: z.coerce.number<string | number>().int().min(1).max(Number.MAX_SAFE_INTEGER) })

export const Lease = z.object({ battleId: z.uuid(), leasedUntil: z.iso.datetime() }).register(shapes, { id: 'Lease' })
export type Lease = z.infer<typeof Lease>

/** The battle in which the same answers are offered anew; it comes first at the next lease. */
export const Withdrawal = z.object({ battleId: z.uuid() }).register(shapes, { id: 'Withdrawal' })
export type Withdrawal = z.infer<typeof Withdrawal>

/** What a rater may read again at any time, as it is today, and what they have done so far. */
export const RaterGuide = z
  .object({
    guidelines: z.string(),
    guidelinesVersion: z.number().int(),
    contact: z.string(),
    pay: z.string(),
    /** How long a sitting takes; 0: not said. */
    sittingMinutes: z.number().int(),
    done: z.object({
      votes: z.number().int(),
      /** Half an hour without a vote begins another. */
      sittings: z.number().int(),
      days: z.number().int(),
      /** On cards, each for its lease at most. */
      minutes: z.number(),
    }),
  })
  .register(shapes, { id: 'RaterGuide' })
export type RaterGuide = z.infer<typeof RaterGuide>

/** `from`: how many cards of this seed the page has had. */
export const TryOutRequest = z.object({
  seed: z.string().max(60).default(''),
  from: z.coerce.number<string | number>().int().min(0).max(1_000_000).default(0),
  count: z.coerce.number<string | number>().int().min(1).max(5).default(4),
})
export type TryOutRequest = z.infer<typeof TryOutRequest>

/** Cards to try a study with: they belong to no battle, so no verdict on them can be stored. */
export const TryOut = z
  .object({
    /** What raters call the study. */
    name: z.string(),
    cards: z.array(Card),
    /** Battles in one rater's session. */
    goal: z.number().int(),
    leastCardSeconds: z.number().int(),
    followUp: FollowUp,
    guidelines: z.string(),
    /** Items in a round of the training that comes first; 0: there is none. */
    trainingItems: z.number().int(),
    /** No query is left. */
    done: z.boolean(),
    /** Why there is no card at all, in words. */
    waiting: z.string().nullable(),
  })
  .register(shapes, { id: 'TryOut' })
export type TryOut = z.infer<typeof TryOut>
