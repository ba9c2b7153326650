import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'
import { Role } from '../schema.ts'

export const ByPerson = z.object({ id: z.uuid() })

/** Somebody with an account, as an admin sees them. */
export const Person = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: Role,
    team: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    /** Nobody comes in under a disabled account. */
    disabled: z.boolean(),
    createdAt: z.iso.datetime(),
    /** Null: never. */
    lastSeenAt: z.iso.datetime().nullable(),
    /** Browsers in which they are signed in now. */
    sessions: z.number().int(),
    /** API tokens of theirs that work. */
    tokens: z.number().int(),
  })
  .register(shapes, { id: 'Person' })
export type Person = z.infer<typeof Person>

export const PeopleQuery = z.object({
  role: z.enum(['all', ...Role.options]).default('all'),
  state: z.enum(['all', 'active', 'disabled']).default('all'),
  page: z.coerce.number<string | number>().int().min(1).max(10_000).default(1),
})
export type PeopleQuery = z.infer<typeof PeopleQuery>

/** A page of 100 people: whoever runs the arena first, then by when they were seen last. */
export const PeoplePage = z
  .object({ people: z.array(Person), total: z.number().int(), page: z.number().int(), pages: z.number().int() })
  .register(shapes, { id: 'PeoplePage' })
export type PeoplePage = z.infer<typeof PeoplePage>

/** What is left out stays. Somebody becomes one of a team by its invite link alone. */
export const ChangedPerson = z
  .object({
    name: z.string().trim().min(1).max(80),
    role: Role.exclude(['team']),
    disabled: z.boolean(),
  })
  .partial()
  .register(shapes, { id: 'ChangedPerson' })
export type ChangedPerson = z.infer<typeof ChangedPerson>
