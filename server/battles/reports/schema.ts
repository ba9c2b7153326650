import { z } from 'zod'
import { shapes } from '../../core/schema.ts'

/** `answer_a`, `answer_b`: that answer waits in the queue again. `query`: it is held, with all its answers. */
export const ReportOutcome = z.enum(['dismissed', 'answer_a', 'answer_b', 'query'])
export type ReportOutcome = z.infer<typeof ReportOutcome>

const ReportedAnswer = z.object({
  model: z.object({ slug: z.string(), name: z.string() }),
  text: z.string(),
  /** Whether raters are shown it now. */
  shown: z.boolean(),
})

/** What a rater said of a battle, with what the battle showed. */
export const Report = z
  .object({
    id: z.uuid(),
    reason: z.enum(['image', 'unsafe', 'private', 'leak', 'other']),
    note: z.string(),
    at: z.iso.datetime(),
    query: z.object({
      id: z.uuid(),
      pool: z.string(),
      key: z.string(),
      question: z.string(),
      image: z.string(),
      held: z.boolean(),
    }),
    answerA: ReportedAnswer,
    answerB: ReportedAnswer,
    /** Counted votes of the study on this query; they stand, whatever is decided. */
    votes: z.number().int(),
    decision: ReportOutcome.nullable(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
  })
  .register(shapes, { id: 'Report' })
export type Report = z.infer<typeof Report>

export const ReportPageRequest = z.object({
  state: z.enum(['open', 'closed']).default('open'),
  after: z.uuid().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReportPageRequest = z.infer<typeof ReportPageRequest>

/** Oldest first; `next` is the `after` of the page that follows. */
export const ReportPage = z
  .object({ reports: z.array(Report), total: z.number().int(), next: z.uuid().nullable() })
  .register(shapes, { id: 'ReportPage' })
export type ReportPage = z.infer<typeof ReportPage>

/** Null opens the report again; what it held is released where it is held. */
export const ReportDecision = z
  .object({ decision: ReportOutcome.nullable() })
  .register(shapes, { id: 'ReportDecision' })
export type ReportDecision = z.infer<typeof ReportDecision>

/** How much of a study waits for a person. */
export const Waiting = z
  .object({ held: z.number().int(), reports: z.number().int() })
  .register(shapes, { id: 'Waiting' })
export type Waiting = z.infer<typeof Waiting>
