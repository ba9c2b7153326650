import { z } from 'zod'
import { shapes } from '../core/schema.ts'

/** `held` waits for a person; `dropped` was decided: no rater is shown it. */
const KeptBack = z.enum(['held', 'dropped'])

/** An answer that raters are not shown, with what held it. */
const HeldAnswer = z
  .object({
    id: z.uuid(),
    state: KeptBack,
    /** Its `slug` is null where somebody wrote the answer for a gold item. */
    model: z.object({ slug: z.string().nullable(), name: z.string() }),
    query: z.object({ id: z.uuid(), key: z.string(), question: z.string(), image: z.string() }),
    text: z.string(),
    /** In words; a leak check's names the words that it found. */
    reason: z.string(),
    at: z.iso.datetime(),
  })
  .register(shapes, { id: 'HeldAnswer' })

export const HeldPageRequest = z.object({
  state: KeptBack.default('held'),
  after: z.uuid().optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type HeldPageRequest = z.infer<typeof HeldPageRequest>

/** Oldest first; `next` is the `after` of the page that follows. */
export const HeldPage = z
  .object({ answers: z.array(HeldAnswer), total: z.number().int(), next: z.uuid().nullable() })
  .register(shapes, { id: 'HeldPage' })
export type HeldPage = z.infer<typeof HeldPage>

/** `release`: raters may be shown it. `drop`: never. `hold`: a dropped one waits again. */
export const AnswerDecision = z
  .object({
    decision: z.enum(['release', 'drop', 'hold']),
    which: z.union([
      z.object({ ids: z.array(z.uuid()).min(1).max(500) }),
      /** All that wait, or all with this reason. */
      z.object({ all: z.literal(true), reason: z.string().max(2_000).optional() }),
    ]),
  })
  .register(shapes, { id: 'AnswerDecision' })
export type AnswerDecision = z.infer<typeof AnswerDecision>

/** Which models were asked for what is missing, and how many of their errors are tried once more. */
export const AnswersAsked = z
  .object({ models: z.array(z.string()), retried: z.number().int() })
  .register(shapes, { id: 'AnswersAsked' })
export type AnswersAsked = z.infer<typeof AnswersAsked>

export const CollectRequest = z
  .object({
    /** One model, as its address names it; all of them when left out. */
    model: z.string().max(80).optional(),
  })
  .register(shapes, { id: 'CollectRequest' })

export const AnswersDecided = z.object({ changed: z.number().int() }).register(shapes, { id: 'AnswersDecided' })
export type AnswersDecided = z.infer<typeof AnswersDecided>
