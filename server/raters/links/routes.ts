import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { notAllowed, notFound } from '#server/core/problem.ts'
import { createPersonalLinks, giveAnew, linkOpen } from '#server/links/personal-links.ts'
import { originOf } from '#server/links/routes.ts'
import { CreatedLink, CreatedPersonalLinks, NewPersonalLinks } from '#server/links/schema.ts'
import { StudySlug } from '#server/studies/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'
import { listPersonalLinks } from './list-links.ts'
import { makeLinkFor, renewOwnLink } from './return-links.ts'
import { PersonalLinkList, PersonalLinkQuery, RaterPath } from './schema.ts'

/** Making an address anew is for the moment in which one was lost; nobody needs it often. */
const seldom = { max: 20, timeWindow: '1 minute' }

/** Links that belong to one rater each: made singly or in bulk, listed, made anew. Taken back like any link of the study. */
export const personalLinkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/studies/:slug/personal-links',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound] },
      schema: {
        summary: 'Make personal links, each of which finds the same rater again on any device',
        params: StudySlug,
        body: NewPersonalLinks,
        response: { 201: CreatedPersonalLinks },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await getStoredStudy(ctx, request.params.slug)
      return reply.code(201).send(await createPersonalLinks(ctx, id, request.body, originOf(request)))
    },
  )

  app.get(
    '/studies/:slug/personal-links',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'Personal links and return addresses of a study, without their addresses',
        params: StudySlug,
        querystring: PersonalLinkQuery,
        response: { 200: PersonalLinkList },
      },
    },
    async (request) => listPersonalLinks(contextOf(request), request.params.slug, request.query),
  )

  app.post(
    '/studies/:slug/personal-links/:link/anew',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound, linkOpen] },
      schema: {
        summary:
          'Give a link of one rater anew, that was taken back or has expired: another address for the same rater',
        params: StudySlug.extend({ link: z.uuid() }),
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await getStoredStudy(ctx, request.params.slug)
      return reply.code(201).send(await giveAnew(ctx, id, request.params.link, originOf(request)))
    },
  )

  app.post(
    '/studies/:slug/raters/:rater/links',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound, notAllowed] },
      schema: {
        summary: 'Make an address at which a rater who has lost theirs is found again',
        params: RaterPath,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const { slug, rater } = request.params
      return reply.code(201).send(await makeLinkFor(contextOf(request), slug, rater, originOf(request)))
    },
  )

  app.post(
    '/studies/:slug/return-address',
    {
      config: { policy: 'member', rateLimit: seldom, problems: [notFound, notAllowed] },
      schema: {
        summary: 'A new address at which the rater who asks is found again; the one from before ends',
        params: StudySlug,
        response: { 200: CreatedLink },
      },
    },
    async (request) => renewOwnLink(contextOf(request), request.params.slug, originOf(request)),
  )
}
