import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'

/** A model team with its people; it sees and changes only what is its own. */
export const Team = z
  .object({
    id: z.uuid(),
    name: z.string(),
    /** Its people are signed out and nobody joins. */
    disabled: z.boolean(),
    createdAt: z.iso.datetime(),
    people: z.array(z.object({ id: z.uuid(), name: z.string(), joinedAt: z.iso.datetime() })),
  })
  .register(shapes, { id: 'Team' })
export type Team = z.infer<typeof Team>

const TeamName = z.string().trim().min(1).max(80)
export const NewTeam = z.object({ name: TeamName }).register(shapes, { id: 'NewTeam' })

/** What is left out stays as it is. */
export const ChangedTeam = z
  .object({ name: TeamName.optional(), disabled: z.boolean().optional() })
  .register(shapes, { id: 'ChangedTeam' })
export type ChangedTeam = z.infer<typeof ChangedTeam>
