import { z } from 'zod'
import { shapes } from '../core/schema.ts'
import { ErrorClass } from '../endpoints/schema.ts'

const PictureSize = z.object({
  width: z.number().int(),
  height: z.number().int(),
  imageBytes: z.number().int(),
  mediaType: z.string(),
})

/** A picture that did not go out as it is; `to` null: it was left out. */
const SentPicture = z
  .object({ sha256: z.string(), from: PictureSize, to: PictureSize.nullable() })
  .register(shapes, { id: 'SentPicture' })

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
    /** In US dollars; null: not known. */
    cost: z.number().nullable(),
    /** What was done to its pictures; null: they went out as they are. */
    pictures: z.array(SentPicture).nullable(),
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
    /** What calls wait for, the most frequent first: the class of the attempt before, and what the endpoint said of it. */
    waits: z.array(
      z.object({
        class: ErrorClass,
        count: z.number().int(),
        /** When the first of them is tried again. */
        until: z.iso.datetime(),
        /** Whether the endpoint named the wait. */
        asked: z.boolean(),
        said: z.string(),
      }),
    ),
    /** Until then the endpoint asked to be left alone: nothing is sent. */
    silentUntil: z.iso.datetime().nullable(),
    /** Calls that ended without an answer, by class. */
    errorClasses: z.record(z.string(), z.number().int()),
    /** The pace of replies within the last minute, or since the first of them where that is less. */
    perMinute: z.number(),
  })
  .register(shapes, { id: 'PlanProgress' })
export type PlanProgress = z.infer<typeof PlanProgress>

/** What attempts of one class have cost a run. */
export const FailedAttempts = z
  .object({
    class: ErrorClass,
    count: z.number().int(),
    /** How long calls waited after them, all together. */
    waitedMs: z.number().int(),
    /** What the endpoint said of the last of them. */
    said: z.string(),
  })
  .register(shapes, { id: 'FailedAttempts' })
export type FailedAttempts = z.infer<typeof FailedAttempts>
