import { z } from 'zod'
import { shapes } from '../../core/schema.ts'
import { StudySlug } from '../../studies/schema.ts'
import { Card, PageOwner, Verdict } from '../schema.ts'

const count = z.number().int()

/** What a rater is told of a verdict in the training. `why`: the reason of whoever runs the study. */
const TrainingFeedback = z
  .object({ verdict: Verdict, expected: Verdict, right: z.boolean(), why: z.string() })
  .register(shapes, { id: 'TrainingFeedback' })
export type TrainingFeedback = z.infer<typeof TrainingFeedback>

/** How far a rater is in the training of a study. */
export const TrainingStep = z
  .object({
    /**
     * `begin`: a round can be begun. `card`: one is under way. `failed`: another can be tried. `out`: none can. `waiting`:
     * there is no item. `through`: real cards come.
     */
    state: z.enum(['begin', 'card', 'failed', 'out', 'waiting', 'through']),
    items: count,
    needed: count,
    triesLeft: count,
    /** The round under way, or the last one. */
    round: z.object({ items: count, needed: count, judged: count, right: count }).nullable(),
    /** The item that is shown; its id stands where that of a battle does. */
    card: Card.nullable(),
    /** Of that item, once it was judged. */
    feedback: TrainingFeedback.nullable(),
    leastCardSeconds: count,
  })
  .register(shapes, { id: 'TrainingStep' })
export type TrainingStep = z.infer<typeof TrainingStep>

export const TrainingVerdict = z
  .object({
    verdict: Verdict,
    dwellMs: z.number().int().min(0).max(86_400_000).nullable().default(null),
    rater: PageOwner,
  })
  .register(shapes, { id: 'TrainingVerdict' })
export type TrainingVerdict = z.infer<typeof TrainingVerdict>

export const TrainingAsker = z.object({ rater: PageOwner })

/** An item of the training with what is told of it: for whoever runs the study. */
export const TrainingPreview = z
  .object({
    items: count,
    needed: count,
    tries: count,
    cards: z.array(z.object({ card: Card, expected: Verdict, why: z.string() })),
  })
  .register(shapes, { id: 'TrainingPreview' })
export type TrainingPreview = z.infer<typeof TrainingPreview>

/** `none`: the study asks nothing of this rater. `due`: no round was begun. `failed`: no try is left. */
const TrainingState = z.enum(['none', 'due', 'begun', 'passed', 'failed'])

/** A rater's training: `count` of `of` were right in the last round, of those that were not reset. */
export const TrainingFigure = z.object({ state: TrainingState, rounds: count, count, of: count })
export type TrainingFigure = z.infer<typeof TrainingFigure>

const TrainingResult = z.object({
  round: count,
  place: count,
  /** Of the query. */
  key: z.string(),
  question: z.string(),
  image: z.string(),
  verdict: Verdict,
  expected: Verdict,
  right: z.boolean(),
  seconds: z.number().nullable(),
  at: z.iso.datetime(),
})

const TrainingRound = z.object({
  number: count,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Null while it goes on. */
  passed: z.boolean().nullable(),
  /** It says nothing of its rater any more. */
  reset: z.boolean(),
  items: count,
  needed: count,
  judged: count,
  right: count,
})

/** The training of a study's raters, or of one: their rounds, and each verdict given. */
export const TrainingResults = z
  .object({
    raters: z.array(
      z.object({
        id: z.uuid(),
        number: count,
        training: TrainingFigure,
        rounds: z.array(TrainingRound),
        verdicts: z.array(TrainingResult),
      }),
    ),
  })
  .register(shapes, { id: 'TrainingResults' })
export type TrainingResults = z.infer<typeof TrainingResults>

export const TrainedRater = StudySlug.extend({ rater: z.uuid() })
