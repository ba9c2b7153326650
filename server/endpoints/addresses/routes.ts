import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { invalidInput, notFound } from '#server/core/problem.ts'
import { allowAddress, listAllowed, notOnThisMachine, takeBackAddress } from './allowed-addresses.ts'
import { AllowedAddresses, NewAllowedAddress } from './schema.ts'

const Place = z.object({
  host: z.string().min(1).max(253),
  port: z.coerce.number<string | number>().int().min(1).max(65_535),
})

/** What a server that only this machine reaches may call of the machine and its network. */
export const addressRoutes: FastifyPluginAsyncZod = async (app) => {
  const admin = { policy: 'admin' } as const

  app.get(
    '/allowed-addresses',
    {
      config: admin,
      schema: { summary: 'Addresses that were opened to calls', response: { 200: AllowedAddresses } },
    },
    (request) => listAllowed(contextOf(request)),
  )

  app.post(
    '/allowed-addresses',
    {
      config: { ...admin, problems: [invalidInput, notOnThisMachine] },
      schema: {
        summary: 'Open one host and port of this machine or its network to calls',
        body: NewAllowedAddress,
        response: { 200: AllowedAddresses },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await allowAddress(ctx, request.body.address)
      return listAllowed(ctx)
    },
  )

  app.delete(
    '/allowed-addresses/:host/:port',
    {
      config: { ...admin, problems: [notFound] },
      schema: { summary: 'Close it again', params: Place, response: { 200: AllowedAddresses } },
    },
    async (request) => {
      const ctx = contextOf(request)
      await takeBackAddress(ctx, request.params)
      return listAllowed(ctx)
    },
  )
}
