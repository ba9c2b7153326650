import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'

/** `read`: what is only read. `write`: all that its owner may do, but making tokens. */
const TokenScope = z.enum(['read', 'write'])

export const NewApiToken = z
  .object({
    name: z.string().trim().min(1).max(80),
    scope: TokenScope.default('read'),
    days: z.number().int().min(1).max(365).default(90),
  })
  .register(shapes, { id: 'NewApiToken' })
export type NewApiToken = z.infer<typeof NewApiToken>

/** A token without what it reads. */
export const ApiToken = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scope: TokenScope,
    /** Whose it is. */
    owner: z.object({ id: z.uuid(), name: z.string() }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime(),
    state: z.enum(['works', 'expired', 'revoked']),
  })
  .register(shapes, { id: 'ApiToken' })
export type ApiToken = z.infer<typeof ApiToken>

/** The token is shown this once: only its hash is kept. */
export const CreatedApiToken = ApiToken.extend({ token: z.string() }).register(shapes, { id: 'CreatedApiToken' })
export type CreatedApiToken = z.infer<typeof CreatedApiToken>
