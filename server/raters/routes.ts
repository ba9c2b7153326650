import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { lastAdmin } from '../accounts/people/people.ts'
import { ByPerson } from '../accounts/people/schema.ts'
import { languageOf, takeChosenLanguage } from '../accounts/languages.ts'
import { Me, SignedIn } from '../accounts/schema.ts'
import { endSession } from '../accounts/service.ts'
import { demandSafeTransport, readSessionToken, setSessionCookie, tlsNeeded } from '../accounts/session-cookie.ts'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { LinkCode, LinkOffer, LinkRedemption } from '../links/schema.ts'
import { originOf } from '../links/routes.ts'
import { linkSpent, linkUnknown } from '../links/service.ts'
import { studyOver } from '../studies/service.ts'
import { deletePerson } from './delete-person.ts'
import { consentNeeded, describeLink, linkPersonal, operatorsTry, readMe, redeemLink } from './service.ts'

/** Codes are too long to guess; the limit keeps a guesser from costing anything. A workshop shares one address. */
const guessing = { max: 600, timeWindow: '1 minute' }

export const raterRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/me',
    { config: { policy: 'public', nameless: true }, schema: { summary: 'Who is signed in', response: { 200: Me } } },
    async (request) => {
      const ctx = contextOf(request)
      return { ...(await readMe(ctx)), language: await languageOf(ctx, request) }
    },
  )

  app.delete(
    '/people/:id',
    {
      config: { policy: 'admin', problems: [notFound, lastAdmin] },
      schema: {
        summary: 'Delete somebody’s account with all that leads to them; what they did stays',
        params: ByPerson,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deletePerson(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/links/:code',
    {
      config: { policy: 'public', nameless: true, rateLimit: guessing, problems: [linkUnknown, linkSpent, notFound] },
      schema: { summary: 'What a link offers', params: LinkCode, response: { 200: LinkOffer } },
    },
    async (request) => describeLink(contextOf(request), request.params.code, readSessionToken(request)),
  )

  app.post(
    '/links/:code',
    {
      config: {
        policy: 'public',
        nameless: true,
        rateLimit: guessing,
        problems: [linkUnknown, linkSpent, consentNeeded, studyOver, linkPersonal, operatorsTry, tlsNeeded, notFound],
      },
      schema: { summary: 'Use a link', params: LinkCode, body: LinkRedemption, response: { 200: SignedIn } },
    },
    async (request, reply) => {
      demandSafeTransport(request)
      const ctx = contextOf(request)
      const before = readSessionToken(request)
      const browser = { lastToken: before, origin: originOf(request) }
      const { token, person, goTo, returnAddress } = await redeemLink(ctx, request.params.code, request.body, browser)
      if (before !== undefined) await endSession(ctx, before)
      setSessionCookie(request, reply, token)
      await takeChosenLanguage(ctx, person.personId, request, reply)
      return { role: person.role, goTo, person: person.personId, returnAddress }
    },
  )
}
