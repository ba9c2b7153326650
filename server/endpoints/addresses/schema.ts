import { z } from 'zod'
import { shapes } from '#server/core/schema.ts'

/** A host and port of this machine or its network that an admin opened to calls. */
export const AllowedAddress = z
  .object({ host: z.string(), port: z.number().int(), allowedAt: z.iso.datetime() })
  .register(shapes, { id: 'AllowedAddress' })
export type AllowedAddress = z.infer<typeof AllowedAddress>

export const AllowedAddresses = z
  .object({
    /** Whether only programs of this machine reach the server, so that it takes further ones. */
    possible: z.boolean(),
    addresses: z.array(AllowedAddress),
  })
  .register(shapes, { id: 'AllowedAddresses' })
export type AllowedAddresses = z.infer<typeof AllowedAddresses>

export const NewAllowedAddress = z
  .object({
    address: z.string().trim().min(1).max(260).register(shapes, { description: 'host:port, such as 127.0.0.1:8000' }),
  })
  .register(shapes, { id: 'NewAllowedAddress' })
