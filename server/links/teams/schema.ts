import { z } from 'zod'
import { NewLink } from '../schema.ts'

export const NewTeamLink = NewLink.pick({ days: true }).extend({ maxUses: z.number().int().min(1).max(100).default(5) })
export type NewTeamLink = z.infer<typeof NewTeamLink>
