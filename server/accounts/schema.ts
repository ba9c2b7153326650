import { z } from 'zod'
import { shapes } from '../core/schema.ts'

export const Role = z.enum(['admin', 'researcher', 'team', 'rater']).register(shapes, { id: 'Role' })
export type Role = z.infer<typeof Role>

/** The person behind a session, as that person is shown. */
export const Me = z
  .object({
    person: z
      .object({
        id: z.uuid(),
        name: z.string(),
        role: Role,
        /** The team of somebody of role `team`. */
        team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
      })
      .nullable(),
    /** Studies this person may rate in. */
    studies: z.array(z.object({ slug: z.string(), name: z.string(), consented: z.boolean() })),
  })
  .register(shapes, { id: 'Me' })
export type Me = z.infer<typeof Me>

export const SignedIn = z.object({ role: Role, goTo: z.string() }).register(shapes, { id: 'SignedIn' })
export type SignedIn = z.infer<typeof SignedIn>

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
