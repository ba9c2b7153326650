import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { ChosenQueries } from '#server/queries/schema.ts'

/** A model that is asked which category questions of a pool have. */
export const CategoryAsking = z
  .object({
    id: z.uuid(),
    pool: z.string(),
    endpoint: z.object({ id: z.uuid(), name: z.string() }),
    /** `paused`: by the engine, which says why; it goes on when it is resumed. */
    state: z.enum(['preparing', 'running', 'paused', 'finished', 'cancelled']),
    paused: z.string().nullable(),
    /** Queries. */
    asked: z.number().int(),
    /** Of them, by what was read: a proposal, the category that they have, or no category at all. */
    proposed: z.number().int(),
    same: z.number().int(),
    unreadable: z.number().int(),
    errors: z.number().int(),
    /** In US dollars so far; 0 where the endpoint has no price. */
    spent: z.number(),
    createdAt: z.iso.datetime(),
  })
  .register(shapes, { id: 'CategoryAsking' })
export type CategoryAsking = z.infer<typeof CategoryAsking>

export const NewCategoryAsking = z
  .object({
    endpoint: z.uuid(),
    which: ChosenQueries,
    /** Where it stops, in US dollars. */
    costLimit: z.number().positive().max(1_000_000).optional(),
  })
  .register(shapes, { id: 'NewCategoryAsking' })
export type NewCategoryAsking = z.infer<typeof NewCategoryAsking>

export const AskingAddress = z.object({ id: z.uuid() })
