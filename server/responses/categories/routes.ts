import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { planIsOver, planNotResumable } from '#server/calls/service.ts'
import { invalidInput, notAllowed, notFound } from '#server/core/problem.ts'
import { PoolSlug } from '#server/queries/schema.ts'
import { AskingAddress, CategoryAsking, NewCategoryAsking } from './schema.ts'
import {
  askForCategories,
  askingState,
  forgetAsking,
  getAsking,
  listAskings,
  resumeAsking,
  stopAsking,
} from './service.ts'

const policy = 'researcher' as const

export const categoryAskingRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/pools/:slug/category-askings',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Models that were asked which category questions of a pool have, the newest first',
        params: PoolSlug,
        response: { 200: z.array(CategoryAsking) },
      },
    },
    async (request) => listAskings(contextOf(request), request.params.slug),
  )

  app.post(
    '/pools/:slug/category-askings',
    {
      config: { policy, creates: true, problems: [notFound, notAllowed, invalidInput] },
      schema: {
        summary: 'Ask a model which category questions have; what it names is proposed',
        params: PoolSlug,
        body: NewCategoryAsking,
        response: { 201: CategoryAsking },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await askForCategories(contextOf(request), request.params.slug, request.body)),
  )

  app.get(
    '/category-askings/:id',
    {
      config: { policy, problems: [notFound] },
      schema: { summary: 'One asking and how far it is', params: AskingAddress, response: { 200: CategoryAsking } },
    },
    async (request) => getAsking(contextOf(request), request.params.id),
  )

  app.post(
    '/category-askings/:id/resume',
    {
      config: { policy, problems: [notFound, askingState, planNotResumable] },
      schema: {
        summary: 'Let a paused asking go on, and ask once more what ended in an error',
        params: AskingAddress,
        response: { 200: CategoryAsking },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await resumeAsking(ctx, request.params.id)
      return getAsking(ctx, request.params.id)
    },
  )

  app.post(
    '/category-askings/:id/stop',
    {
      config: { policy, problems: [notFound, askingState, planIsOver] },
      schema: {
        summary: 'End an asking for good; what it proposed stays',
        params: AskingAddress,
        response: { 200: CategoryAsking },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await stopAsking(ctx, request.params.id)
      return getAsking(ctx, request.params.id)
    },
  )

  app.delete(
    '/category-askings/:id',
    {
      config: { policy, problems: [notFound, askingState] },
      schema: {
        summary: 'Forget an asking with its requests and replies; what it proposed stays',
        params: AskingAddress,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await forgetAsking(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
