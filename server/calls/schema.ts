import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { ErrorClass } from '../endpoints/schema.ts'

export const Attempt = z
  .object({
    number: z.number().int(),
    startedAt: z.iso.datetime(),
    latencyMs: z.number().int(),
    status: z.number().int().nullable(),
    errorClass: ErrorClass.nullable(),
    message: z.string().nullable(),
    waitedMs: z.number().int(),
    waitAsked: z.boolean(),
    tokensIn: z.number().int().nullable(),
    tokensOut: z.number().int().nullable(),
  })
  .register(shapes, { id: 'Attempt' })
export type Attempt = z.infer<typeof Attempt>

/** What a plan is doing now, in numbers. */
export const PlanProgress = z
  .object({
    state: z.enum(['preparing', 'running', 'paused', 'finished', 'cancelled']),
    reason: z.string().nullable(),
    /** There will be more: what is asked is still being read. */
    growing: z.boolean(),
    total: z.number().int(),
    answered: z.number().int(),
    errors: z.number().int(),
    active: z.number().int(),
    waiting: z.number().int(),
    /** Soonest moment at which a waiting call is tried again. */
    nextAttemptAt: z.iso.datetime().nullable(),
    /** Replies in the last minute. */
    perMinute: z.number(),
  })
  .register(shapes, { id: 'PlanProgress' })
export type PlanProgress = z.infer<typeof PlanProgress>
