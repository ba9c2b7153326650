import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '#server/core/context.ts'
import { invalidInput, notFound } from '#server/core/problem.ts'
import { PoolSlug, RulesRequest } from '../schema.ts'
import { proposeByRules } from './propose.ts'
import { addRule, changeRule, deleteRule, listRules, ruleTaken } from './rules.ts'
import { CategoryRule, CategoryRuleChange, NewCategoryRule, Proposed, RuleAddress } from './schema.ts'

const policy = 'researcher' as const

export const categoryRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/category-rules',
    {
      config: { policy },
      schema: {
        summary: 'Words of a question that speak for a category',
        response: { 200: z.array(CategoryRule) },
      },
    },
    async (request) => listRules(contextOf(request)),
  )

  app.post(
    '/category-rules',
    {
      config: { policy, creates: true, problems: [ruleTaken, invalidInput] },
      schema: {
        summary: 'Add words that speak for a category',
        body: NewCategoryRule,
        response: { 201: CategoryRule },
      },
    },
    async (request, reply) => reply.code(201).send(await addRule(contextOf(request), request.body)),
  )

  app.patch(
    '/category-rules/:id',
    {
      config: { policy, problems: [notFound, ruleTaken] },
      schema: {
        summary: 'Change the words of a rule, or what they speak for',
        params: RuleAddress,
        body: CategoryRuleChange,
        response: { 200: CategoryRule },
      },
    },
    async (request) => changeRule(contextOf(request), request.params.id, request.body),
  )

  app.delete(
    '/category-rules/:id',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Delete a rule; what it proposed stays proposed',
        params: RuleAddress,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deleteRule(contextOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/pools/:slug/category-proposals',
    {
      config: { policy, problems: [notFound, invalidInput] },
      schema: {
        summary: 'Propose categories by the rules; a person accepts or rejects them as changes of queries',
        params: PoolSlug,
        body: RulesRequest,
        response: { 200: Proposed },
      },
    },
    async (request) => proposeByRules(contextOf(request), request.params.slug, request.body),
  )
}
