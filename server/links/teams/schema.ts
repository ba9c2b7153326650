import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { NewLink } from '../schema.ts'

export const NewTeamLink = NewLink.pick({ days: true }).extend({ maxUses: z.number().int().min(1).max(100).default(5) })
export type NewTeamLink = z.infer<typeof NewTeamLink>

/** A link that was made, without its address. */
export const MadeLink = z
  .object({
    id: z.uuid(),
    maxUses: z.number().int(),
    uses: z.number().int(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    /** `open`: it lets people in. */
    state: z.enum(['open', 'spent', 'expired', 'revoked']),
  })
  .register(shapes, { id: 'MadeLink' })
export type MadeLink = z.infer<typeof MadeLink>
