import { z } from 'zod'
import { shapes } from '../../core/schema.ts'

const count = z.number().int()
const Model = z.object({ slug: z.string(), name: z.string() })
const Place = z.object({ elo: z.number().nullable(), rankBest: count, rankWorst: count, place: count.nullable() })

/** What a decision on which votes count would do to the board of all categories; nothing is changed. */
export const BoardEffect = z
  .object({
    /** By how many the votes that count would change. */
    votes: count,
    votesBefore: count,
    votesAfter: count,
    /** In words, the heaviest first. */
    sentences: z.array(z.string()),
    rows: z.array(z.object({ model: Model, before: Place, after: Place })),
    /** Pairs that had their votes and would lack some. */
    belowQuota: z.array(z.object({ modelA: Model, modelB: Model, before: count, after: count, quota: count })),
  })
  .register(shapes, { id: 'BoardEffect' })
export type BoardEffect = z.infer<typeof BoardEffect>
