import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'

/** What stands in the queue of an endpoint: a run, its judge's reading, or the answers that a study collects. */
export const QueueEntry = z
  .object({
    what: z.enum(['run', 'judge', 'answers', 'categories']),
    /** Null: answers for a study. */
    run: z.number().int().nullable(),
    model: z.string(),
    /** Title and split; null: answers for a study. */
    benchmark: z.string().nullable(),
    /** `running`: calls are under way or came back within the last minute. */
    state: z.enum(['running', 'waiting', 'paused']),
    /** Why it does not go on, or goes on slowly, in words; null: nothing holds it up. */
    why: z.string().nullable(),
    /** Until when what `why` says lasts, where that is known. */
    until: z.iso.datetime().nullable(),
    done: z.number().int(),
    total: z.number().int(),
    perMinute: z.number(),
    /** When its first call is likely to go out, and its last to come back; null: it has begun, is paused, or no pace is known. */
    startsAt: z.iso.datetime().nullable(),
    endsAt: z.iso.datetime().nullable(),
  })
  .register(shapes, { id: 'QueueEntry' })
export type QueueEntry = z.infer<typeof QueueEntry>

/** One endpoint with all that it is still to be asked, in the order in which its places are given. */
export const EndpointQueue = z
  .object({
    endpoint: z.object({ id: z.uuid(), name: z.string(), atOnce: z.number().int() }),
    team: z.string().nullable(),
    entries: z.array(QueueEntry),
  })
  .register(shapes, { id: 'EndpointQueue' })
export type EndpointQueue = z.infer<typeof EndpointQueue>

/** Where a run is to stand in the queue of its endpoint. */
export const MovedRun = z.object({ to: z.enum(['first', 'up', 'down']) }).register(shapes, { id: 'MovedRun' })
export type MovedRun = z.infer<typeof MovedRun>
