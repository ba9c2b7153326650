import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { chooseLanguage } from './languages.ts'
import { LanguageChoice } from './schema.ts'
import { endSession, recordAudit } from './service.ts'
import { clearSessionCookie, readSessionToken } from './session-cookie.ts'

export const accountRoutes: FastifyPluginAsyncZod = async (app) => {
  app.delete(
    '/session',
    { config: { policy: 'public', nameless: true }, schema: { summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const token = readSessionToken(request)
      const ctx = contextOf(request)
      if (token !== undefined) await endSession(ctx, token)
      if (ctx.actor.kind === 'person') await recordAudit(ctx, 'session.ended', `person:${ctx.actor.personId}`)
      clearSessionCookie(request, reply)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/me/language',
    {
      config: { policy: 'public', nameless: true },
      schema: {
        summary: "Choose the language of raters' pages, for the person who is signed in or else for this browser",
        body: LanguageChoice,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await chooseLanguage(contextOf(request), request.body.language, request, reply)
      return reply.code(204).send(null)
    },
  )
}
