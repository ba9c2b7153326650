import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { StudySlug } from '../studies/schema.ts'
import { getStoredStudy } from '../studies/service.ts'
import { CreatedLink, MadeLink, NewLink } from './schema.ts'
import { createRaterLink, listLinks, revokeLink } from './service.ts'

export const linkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/studies/:slug/links',
    {
      config: { policy: 'researcher', creates: true, problems: [notFound] },
      schema: {
        summary: 'Make an invite link for raters',
        params: StudySlug,
        body: NewLink,
        response: { 201: CreatedLink },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const study = await getStoredStudy(ctx, request.params.slug)
      return reply.code(201).send(await createRaterLink(ctx, study.id, request.body, originOf(request)))
    },
  )

  app.get(
    '/studies/:slug/links',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: { summary: "A study's invite links", params: StudySlug, response: { 200: z.array(MadeLink) } },
    },
    async (request) => {
      const ctx = contextOf(request)
      return listLinks(ctx, { studyId: (await getStoredStudy(ctx, request.params.slug)).id })
    },
  )

  app.delete(
    '/studies/:slug/links/:link',
    {
      config: { policy: 'researcher', problems: [notFound] },
      schema: {
        summary: 'Take an invite link for raters back',
        params: StudySlug.extend({ link: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const study = await getStoredStudy(ctx, request.params.slug)
      await revokeLink(ctx, request.params.link, { studyId: study.id })
      return reply.code(204).send(null)
    },
  )
}

/** The address at which people reach the pages, as whoever asks reached it. */
export function originOf(request: FastifyRequest): string {
  return request.server.arena.config.publicUrl ?? `${request.protocol}://${request.host}`
}
