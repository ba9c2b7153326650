import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { notAllowed, notFound } from '#server/core/problem.ts'
import { createApiToken, listApiTokens, revokeApiToken } from './api-tokens.ts'
import { ApiToken, CreatedApiToken, NewApiToken } from './schema.ts'

/** Tokens by which scripts ask as the person who made them: `Authorization: Bearer arena_…`. */
export const apiTokenRoutes: FastifyPluginAsyncZod = async (app) => {
  const team = { policy: 'team', nameless: true } as const

  app.get(
    '/api-tokens',
    {
      config: team,
      schema: { summary: 'Your API tokens; for admins everybody’s', response: { 200: z.array(ApiToken) } },
    },
    (request) => listApiTokens(contextOf(request)),
  )

  app.post(
    '/api-tokens',
    {
      config: { ...team, problems: [notAllowed] },
      schema: { summary: 'Make an API token', body: NewApiToken, response: { 201: CreatedApiToken } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      if (request.tokenScope !== null || ctx.actor.kind !== 'person')
        throw notAllowed('A token makes no other token: sign in')
      return reply.code(201).send(await createApiToken(ctx, ctx.actor.personId, request.body))
    },
  )

  app.delete(
    '/api-tokens/:id',
    {
      config: { ...team, problems: [notFound] },
      schema: { summary: 'Revoke an API token', params: z.object({ id: z.uuid() }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await revokeApiToken(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
