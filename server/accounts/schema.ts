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
    /** Studies that were closed after this person joined: their page says so, and sends what still waits there. */
    over: z.array(z.object({ slug: z.string(), name: z.string() })),
  })
  .register(shapes, { id: 'Me' })
export type Me = z.infer<typeof Me>

export const SignedIn = z
  .object({
    role: Role,
    person: z.uuid(),
    goTo: z.string(),
    /** The address at which a rater who joined just now is found again, told this once. */
    returnAddress: z.url().nullable(),
  })
  .register(shapes, { id: 'SignedIn' })
export type SignedIn = z.infer<typeof SignedIn>
