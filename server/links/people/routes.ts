import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ByPerson } from '#server/accounts/people/schema.ts'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { originOf } from '../routes.ts'
import { CreatedLink } from '../schema.ts'
import { accountDisabled, createRoleLink, createSignInLink, listRoleLinks, revokeRoleLink } from './role-links.ts'
import { NewRoleLink, RoleLink } from './schema.ts'

/** Links by which researchers and admins come, and by which anybody comes back. Those of raters and teams stand elsewhere. */
export const roleLinkRoutes: FastifyPluginAsyncZod = async (app) => {
  const admin = { policy: 'admin' } as const

  app.get(
    '/invite-links',
    {
      config: admin,
      schema: {
        summary: 'Links that give a role or sign somebody in again, without their addresses',
        response: { 200: z.array(RoleLink) },
      },
    },
    (request) => listRoleLinks(contextOf(request)),
  )

  app.post(
    '/invite-links',
    {
      config: { ...admin, creates: true },
      schema: {
        summary: 'Make an invite link for researchers or admins',
        body: NewRoleLink,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createRoleLink(contextOf(request), request.body, originOf(request))),
  )

  app.delete(
    '/invite-links/:link',
    {
      config: { ...admin, problems: [notFound] },
      schema: { summary: 'Take such a link back', params: z.object({ link: z.uuid() }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await revokeRoleLink(contextOf(request), request.params.link)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/people/:id/links',
    {
      config: { ...admin, creates: true, problems: [notFound, accountDisabled] },
      schema: {
        summary: 'Make a link that signs somebody in again, once',
        params: ByPerson,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createSignInLink(contextOf(request), request.params.id, originOf(request))),
  )
}
