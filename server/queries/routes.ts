import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf } from '../core/context.ts'
import { invalidInput, notFound } from '../core/problem.ts'
import { changePool, createPool, deletePool, poolInUse, poolTaken, type PoolUses } from './change-pools.ts'
import { changeQueries, queryAsked } from './change-queries.ts'
import { getPool, listPools } from './list-pools.ts'
import { findLookAlikes } from './look-alikes.ts'
import { getQuery, listQueries, readFacets } from './read-queries.ts'
import {
  LookAlike,
  NewPool,
  Pool,
  PoolChange,
  PoolFacets,
  PoolSlug,
  QueriesChange,
  QueriesChanged,
  Query,
  QueryPage,
  QueryPageRequest,
} from './schema.ts'

const policy = 'researcher' as const

/** `uses` comes from the modules that know what rests on queries. */
export const queryRoutes: FastifyPluginAsyncZod<{ uses: PoolUses }> = async (app, { uses }) => {
  app.get(
    '/pools',
    { config: { policy }, schema: { summary: 'Pools of queries', response: { 200: z.array(Pool) } } },
    async (request) => listPools(contextOf(request)),
  )

  app.post(
    '/pools',
    {
      config: { policy, creates: true, problems: [notFound, poolTaken] },
      schema: { summary: 'Make an empty pool', body: NewPool, response: { 201: Pool } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      await createPool(ctx, request.body)
      return reply.code(201).send(await getPool(ctx, request.body.slug))
    },
  )

  app.get(
    '/pools/:slug',
    {
      config: { policy, problems: [notFound] },
      schema: { summary: 'One pool', params: PoolSlug, response: { 200: Pool } },
    },
    async (request) => getPool(contextOf(request), request.params.slug),
  )

  app.patch(
    '/pools/:slug',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Rename a pool, archive it or take it back',
        params: PoolSlug,
        body: PoolChange,
        response: { 200: Pool },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      await changePool(ctx, request.params.slug, request.body)
      return getPool(ctx, request.params.slug)
    },
  )

  app.delete(
    '/pools/:slug',
    {
      config: { policy, problems: [notFound, poolInUse] },
      schema: {
        summary: 'Delete a pool with its queries; refused while a study asks them',
        params: PoolSlug,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deletePool(contextOf(request), request.params.slug, uses)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/pools/:slug/facets',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Categories, languages, licences, sources and states of a pool, with their numbers',
        params: PoolSlug,
        response: { 200: PoolFacets },
      },
    },
    async (request) => readFacets(contextOf(request), request.params.slug),
  )

  app.get(
    '/pools/:slug/queries',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Queries of a pool, the newest first',
        params: PoolSlug,
        querystring: QueryPageRequest,
        response: { 200: QueryPage },
      },
    },
    async (request) => listQueries(contextOf(request), request.params.slug, request.query),
  )

  app.get(
    '/pools/:slug/look-alikes',
    {
      config: { policy, problems: [notFound] },
      schema: {
        summary: 'Different pictures of a pool that look alike, the likest first',
        params: PoolSlug,
        response: { 200: z.array(LookAlike) },
      },
    },
    async (request) => findLookAlikes(contextOf(request), request.params.slug),
  )

  app.post(
    '/pools/:slug/queries/changes',
    {
      config: { policy, problems: [notFound, invalidInput, queryAsked] },
      schema: {
        summary: 'Edit, hold, release, delete or restore queries; votes already cast stay',
        params: PoolSlug,
        body: QueriesChange,
        response: { 200: QueriesChanged },
      },
    },
    async (request) => changeQueries(contextOf(request), request.params.slug, request.body, uses),
  )

  app.get(
    '/queries/:id',
    {
      config: { policy, problems: [notFound] },
      schema: { summary: 'One query', params: z.object({ id: z.uuid() }), response: { 200: Query } },
    },
    async (request) => getQuery(contextOf(request), request.params.id),
  )
}
