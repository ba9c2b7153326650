import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { notFound } from '#server/core/problem.ts'
import { changePerson, getPerson, lastAdmin, listPeople, signOutEverywhere } from './people.ts'
import { ByPerson, ChangedPerson, PeoplePage, PeopleQuery, Person } from './schema.ts'

/** Everybody who has an account, for admins. */
export const peopleRoutes: FastifyPluginAsyncZod = async (app) => {
  const admin = { policy: 'admin' } as const

  app.get(
    '/people',
    {
      config: admin,
      schema: { summary: 'Everybody who has an account', querystring: PeopleQuery, response: { 200: PeoplePage } },
    },
    (request) => listPeople(contextOf(request), request.query),
  )

  app.get(
    '/people/:id',
    {
      config: { ...admin, problems: [notFound] },
      schema: { summary: 'One person', params: ByPerson, response: { 200: Person } },
    },
    (request) => getPerson(contextOf(request), request.params.id),
  )

  app.patch(
    '/people/:id',
    {
      config: { ...admin, problems: [notFound, lastAdmin] },
      schema: {
        summary: 'Rename somebody, change their role, disable their account or let them in again',
        params: ByPerson,
        body: ChangedPerson,
        response: { 200: Person },
      },
    },
    (request) => changePerson(contextOf(request), request.params.id, request.body),
  )

  app.delete(
    '/people/:id/sessions',
    {
      config: { ...admin, problems: [notFound] },
      schema: { summary: 'Sign somebody out of every browser', params: ByPerson, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await signOutEverywhere(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
