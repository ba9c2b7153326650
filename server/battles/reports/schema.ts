import { z } from 'zod'
import { shapes } from '../../core/schema.ts'

/** `answer_a`, `answer_b`: that answer waits in the queue again. `query`: it is held, with all its answers. */
export const ReportOutcome = z.enum(['dismissed', 'answer_a', 'answer_b', 'query'])
export type ReportOutcome = z.infer<typeof ReportOutcome>

/**
 * Which votes are left out: what its rater said of these two answers, all votes on the answer that is held, or all on the
 * query. It holds for battles that were drawn until then.
 */
export const LeaveOut = z.enum(['battle', 'answer', 'query'])
export type LeaveOut = z.infer<typeof LeaveOut>

const ReportedAnswer = z.object({
  /** Its `slug` is null where somebody wrote the answer for a gold item. */
  model: z.object({ slug: z.string().nullable(), name: z.string() }),
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
    /** Votes of the study that count now: what its rater said of these answers, those on either answer, on the query. */
    votes: z.object({
      battle: z.number().int(),
      answerA: z.number().int(),
      answerB: z.number().int(),
      query: z.number().int(),
    }),
    decision: ReportOutcome.nullable(),
    /** What its decision leaves out; null: no votes. */
    leaveOut: LeaveOut.nullable(),
    /** How many votes that are, those not counted which other reasons keep out, too. */
    leftOut: z.number().int(),
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

/** Null opens the report again: votes that it left out count again; what it held is released where it is held. */
export const ReportDecision = z
  .object({ decision: ReportOutcome.nullable(), leaveOut: LeaveOut.nullable().default(null) })
  .refine(({ decision, leaveOut }) => leaveOut === null || decision !== null, {
    error: 'A report that is opened again leaves no votes out',
    path: ['leaveOut'],
  })
  .refine(({ decision, leaveOut }) => leaveOut !== 'answer' || decision === 'answer_a' || decision === 'answer_b', {
    error: 'Votes on an answer are left out where that answer is held: decide answer_a or answer_b',
    path: ['leaveOut'],
  })
  .register(shapes, { id: 'ReportDecision' })
export type ReportDecision = z.input<typeof ReportDecision>

/** How much of a study waits for a person. */
export const Waiting = z
  .object({ held: z.number().int(), reports: z.number().int() })
  .register(shapes, { id: 'Waiting' })
export type Waiting = z.infer<typeof Waiting>
