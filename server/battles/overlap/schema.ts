import { z } from 'zod'
import { shapes } from '../../core/schema.ts'
import { StudySlug } from '../../studies/schema.ts'

const count = z.number().int()

/**
 * `waiting`: further raters are to judge it. `held`: they are, but nobody can be given it now, and `why` says so. `done`:
 * as many as planned have. `cancelled`: it is given to nobody any more.
 */
const OverlapState = z.enum(['waiting', 'held', 'done', 'cancelled'])

/** A battle that is planned for several raters: the same two answers to the same query. */
export const Overlap = z
  .object({
    id: z.uuid(),
    query: z.object({ key: z.string(), question: z.string() }),
    models: z.tuple([z.string(), z.string()]),
    /** How many are to judge it, how many have so that it counts, and how many hold it as a card. */
    raters: count,
    judged: count,
    lent: count,
    state: OverlapState,
    why: z.string().nullable(),
    plannedAt: z.iso.datetime(),
  })
  .register(shapes, { id: 'Overlap' })
export type Overlap = z.infer<typeof Overlap>

export const OverlapQuery = z.object({
  show: z.enum(['all', ...OverlapState.options]).default('all'),
  page: z.coerce.number<string | number>().int().min(1).max(10_000).default(1),
})
export type OverlapQuery = z.infer<typeof OverlapQuery>

/** A study's planned overlap, the newest first, fifty a page. */
export const OverlapList = z
  .object({ overlaps: z.array(Overlap), total: count, page: count, pages: count })
  .register(shapes, { id: 'OverlapList' })
export type OverlapList = z.infer<typeof OverlapList>

export const OverlapPath = StudySlug.extend({ overlap: z.uuid() })

export const OverlapChange = z.object({ cancelled: z.boolean() }).register(shapes, { id: 'OverlapChange' })
export type OverlapChange = z.infer<typeof OverlapChange>

/** How many were changed; the others were cancelled, or done, before. */
export const OverlapsCancelled = z.object({ cancelled: count }).register(shapes, { id: 'OverlapsCancelled' })
export type OverlapsCancelled = z.infer<typeof OverlapsCancelled>
