import { z } from 'zod'
import { Role } from '#server/accounts/schema.ts'
import { shapes } from '#server/core/schema.ts'
import { MadeLink } from '../schema.ts'

/** Raters and teams are invited by their study and their team. */
export const NewRoleLink = z
  .object({
    role: z.enum(['researcher', 'admin']),
    maxUses: z.number().int().min(1).max(100).default(1),
    days: z.number().int().min(1).max(90).default(7),
  })
  .register(shapes, { id: 'NewRoleLink' })
export type NewRoleLink = z.infer<typeof NewRoleLink>

/** A link that gives a role, or signs in somebody who lost their cookie; without its address. */
export const RoleLink = MadeLink.extend({
  role: Role,
  /** Whom it signs in; null: somebody new. */
  person: z.object({ id: z.uuid(), name: z.string() }).nullable(),
}).register(shapes, { id: 'RoleLink' })
export type RoleLink = z.infer<typeof RoleLink>
