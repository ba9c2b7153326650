import { z } from 'zod'
import { Verdict } from '../../battles/schema.ts'
import { ChosenRaters } from '../../battles/exclusions/schema.ts'
import { TrainingFigure } from '../../battles/training/schema.ts'
import { shapes } from '../../core/schema.ts'
import { QueryCategory } from '../../queries/categories/schema.ts'
import { ExclusionReason } from '../../raters/schema.ts'
import { StudySlug } from '../../studies/schema.ts'
import { BoardEffect } from '../effects/schema.ts'

const count = z.number().int()
/** So many of so many. */
const Share = z.object({ count, of: count })

const RuleName = z.enum(['side', 'fit', 'model', 'length', 'speed', 'agreement', 'gold'])

/** One rater of a study by their votes. `number` is the order of joining; nothing here says who the person is. */
export const StudyRater = z
  .object({
    id: z.uuid(),
    number: count,
    cohort: z.string(),
    joinedAt: z.iso.datetime(),
    lastVoteAt: z.iso.datetime().nullable(),
    /** `finished`: the study is closed, or they have judged every query. */
    state: z.enum(['active', 'finished', 'excluded']),
    votes: count,
    /** Of them, those that move the board now. */
    counted: count,
    unsure: count,
    medianSeconds: z.number().nullable(),
    hasty: Share,
    /** Of the decided verdicts, those for the left answer. */
    left: Share,
    /** How likely a fair coin is to be as far off, to either side. */
    leftP: z.number().nullable(),
    ties: Share,
    longer: Share,
    /** Of the verdicts on what others judged too, those that match most of theirs. */
    agreement: Share,
    /** Of the gold items that they judged, those judged right. */
    gold: Share,
    training: TrainingFigure,
    /** Of the verdicts on what they had judged before, those that match the first. */
    repeats: Share,
    /** The strongest of the rules, its p-value corrected for their number; null with too few votes. */
    test: z.object({ reason: RuleName, z: z.number().nullable(), pValue: z.number() }).nullable(),
    /** Why it is proposed to exclude them, in words; null: it is not. A person decides. */
    proposal: z.array(z.string()).nullable(),
    reports: count,
    exclusion: z
      .object({ at: z.iso.datetime(), by: z.string().nullable(), reason: ExclusionReason, note: z.string() })
      .nullable(),
  })
  .register(shapes, { id: 'StudyRater' })
export type StudyRater = z.infer<typeof StudyRater>

export const RaterSort = z.enum([
  'test',
  'number',
  'votes',
  'seconds',
  'hasty',
  'left',
  'ties',
  'agreement',
  'gold',
  'training',
  'reports',
])
export type RaterSort = z.infer<typeof RaterSort>
export const RaterGroup = z.enum(['all', 'proposed', 'excluded'])
export type RaterGroup = z.infer<typeof RaterGroup>

export const RaterQuery = z.object({
  show: RaterGroup.default('all'),
  sort: RaterSort.default('test'),
  page: z.coerce.number<string | number>().int().min(1).max(10_000).default(1),
})
export type RaterQuery = z.infer<typeof RaterQuery>

/** People who came by links of one cohort, together. */
const Cohort = z.object({
  cohort: z.string(),
  raters: count,
  votes: count,
  counted: count,
  medianSeconds: z.number().nullable(),
  proposed: count,
  excluded: count,
})
export type Cohort = z.infer<typeof Cohort>

/** The raters of a study, those first who stand out most; 200 a page. */
export const RaterList = z
  .object({
    raters: z.array(StudyRater),
    total: count,
    page: count,
    pages: count,
    proposed: count,
    excluded: count,
    /** A card is hasty below this, in seconds. */
    hastyBelow: z.number(),
    /** Raters with fewer votes are not judged. */
    leastVotes: count,
    /** Share of matching verdicts on what several judged; null where nothing was. */
    agreement: z.number().nullable(),
    /** What is proposed or excluded beyond what is to be expected, in words; look at it before anybody is excluded. */
    alarms: z.array(z.string()),
    cohorts: z.array(Cohort),
  })
  .register(shapes, { id: 'RaterList' })
export type RaterList = z.infer<typeof RaterList>

export const RaterId = StudySlug.extend({ rater: z.uuid() })

export const VoteKind = z.enum(['all', 'hasty', 'left', 'right', 'ties', 'unsure', 'shared', 'repeats', 'gold'])
export type VoteKind = z.infer<typeof VoteKind>

export const RaterVoteQuery = z.object({
  show: VoteKind.default('all'),
  before: z.coerce.number<string | number>().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type RaterVoteQuery = z.infer<typeof RaterVoteQuery>

const Answerer = z.object({ slug: z.string().nullable(), name: z.string() })

const RaterVote = z.object({
  id: count,
  at: z.iso.datetime(),
  category: QueryCategory,
  question: z.string(),
  image: z.string(),
  /** The slug is null where somebody wrote the answer for a gold item. */
  modelA: Answerer,
  modelB: Answerer,
  verdict: Verdict,
  seconds: z.number().nullable(),
  /** Characters of the answers. */
  lengthA: count,
  lengthB: count,
  /** Why it moves no board though its rater is not excluded. */
  leftOut: z.enum(['late', 'duplicate', 'report', 'gold']).nullable(),
  /** Of gold: the verdict that is right, its sides as here; null once the item is deleted. */
  expected: Verdict.nullable(),
  /** What others said of the same answers, their sides as here. */
  others: z.object({ a: count, b: count, ties: count }),
})
export type RaterVote = z.infer<typeof RaterVote>

/** One rater's votes, newest first, as evidence of the figures; `next` is the `before` of the page that follows. */
export const RaterEvidence = z
  .object({
    rater: StudyRater,
    votes: z.array(RaterVote),
    next: count.nullable(),
    reports: z.array(z.object({ at: z.iso.datetime(), reason: z.string(), note: z.string() })),
    hastyBelow: z.number(),
  })
  .register(shapes, { id: 'RaterEvidence' })
export type RaterEvidence = z.infer<typeof RaterEvidence>

export const EffectInput = ChosenRaters.extend({
  /** False: what including them again would do. */
  exclude: z.boolean(),
}).register(shapes, { id: 'EffectInput' })
export type EffectInput = z.infer<typeof EffectInput>

/** What a decision on raters would do to the board of all categories; nothing is changed. */
export const ExclusionEffect = BoardEffect.extend({
  /** Whom it would change anything for. */
  raters: count,
  /** Null, or why it should be thought over, in words. */
  alarm: z.string().nullable(),
}).register(shapes, { id: 'ExclusionEffect' })
export type ExclusionEffect = z.infer<typeof ExclusionEffect>

/** What raters are to be paid by: one line each. */
export const PayList = z
  .object({
    raters: z.array(
      z.object({
        number: count,
        id: z.uuid(),
        cohort: z.string(),
        votes: count,
        counted: count,
        /** On cards, as the page measured it; a card counts for its lease at most. */
        minutes: z.number(),
        excluded: z.boolean(),
      }),
    ),
  })
  .register(shapes, { id: 'PayList' })
export type PayList = z.infer<typeof PayList>
