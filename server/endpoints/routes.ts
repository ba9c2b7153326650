import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { contextOf, type Context } from '../core/context.ts'
import { invalidInput, notAllowed, notFound } from '../core/problem.ts'
import { modelNameTaken } from '../models/service.ts'
import { changeEndpoint, endpointInUse, removeEndpoint, type FindUses } from './change-endpoint.ts'
import { listEvents } from './events.ts'
import { importEndpoints } from './imports/import-endpoints.ts'
import {
  ChangedEndpoint,
  Endpoint,
  EndpointEvent,
  EndpointFile,
  ImportedEndpoint,
  NewEndpoint,
  RemovedEndpoint,
  type DescribedEndpoint,
} from './schema.ts'
import {
  addressNotAllowed,
  endpointNameTaken,
  getEndpoint,
  listEndpoints,
  registerEndpoint,
  requestCheck,
  visibleEndpoint,
} from './service.ts'

const ById = z.object({ id: z.uuid() })
const config = { policy: 'team' as const }
/** A check calls out: repeated often enough, it would reveal which addresses answer. */
const checkConfig = { ...config, rateLimit: { max: 10, timeWindow: '1 minute' } }

interface Options {
  /** Milliseconds by endpoint id, from the module that makes the calls; one without answered calls may be left out. */
  medianLatencies(ctx: Context, endpointIds: string[]): Promise<Map<string, number>>
  findUses: FindUses
}

export const endpointRoutes: FastifyPluginAsyncZod<Options> = async (app, { medianLatencies, findUses }) => {
  const withLatencies = async (ctx: Context, endpoints: DescribedEndpoint[]): Promise<Endpoint[]> => {
    const latencies = await medianLatencies(
      ctx,
      endpoints.map(({ id }) => id),
    )
    return endpoints.map((endpoint) => ({ ...endpoint, medianLatencyMs: latencies.get(endpoint.id) ?? null }))
  }
  const withLatency = async (ctx: Context, endpoint: DescribedEndpoint) => (await withLatencies(ctx, [endpoint]))[0]!

  app.get(
    '/endpoints',
    { config, schema: { summary: 'Endpoints', response: { 200: z.array(Endpoint) } } },
    async (request) => {
      const ctx = contextOf(request)
      return withLatencies(ctx, await listEndpoints(ctx))
    },
  )

  app.post(
    '/endpoints',
    {
      config: {
        ...checkConfig,
        creates: true,
        problems: [notFound, addressNotAllowed, endpointNameTaken, modelNameTaken],
      },
      schema: { summary: 'Register an endpoint', body: NewEndpoint, response: { 201: Endpoint } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      const { id } = await registerEndpoint(ctx, request.body)
      return reply.code(201).send(await withLatency(ctx, await getEndpoint(ctx, id)))
    },
  )

  app.post(
    '/endpoints/import',
    {
      config: {
        ...checkConfig,
        creates: true,
        problems: [invalidInput, addressNotAllowed, endpointNameTaken, modelNameTaken],
      },
      schema: {
        summary: 'Register what a FastChat file describes',
        body: EndpointFile,
        response: { 200: z.array(ImportedEndpoint) },
      },
    },
    (request) => importEndpoints(contextOf(request), request.body.file),
  )

  app.get(
    '/endpoints/:id',
    {
      config: { ...config, problems: [notFound] },
      schema: { summary: 'One endpoint', params: ById, response: { 200: Endpoint } },
    },
    async (request) => {
      const ctx = contextOf(request)
      return withLatency(ctx, await getEndpoint(ctx, request.params.id))
    },
  )

  app.patch(
    '/endpoints/:id',
    {
      config: {
        ...checkConfig,
        problems: [
          notFound,
          notAllowed,
          invalidInput,
          addressNotAllowed,
          endpointNameTaken,
          modelNameTaken,
          endpointInUse,
        ],
      },
      schema: {
        summary: 'Change its key, names, address or limits, or switch it off',
        params: ById,
        body: ChangedEndpoint,
        response: { 200: Endpoint },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      return withLatency(ctx, await changeEndpoint(ctx, request.params.id, request.body, findUses))
    },
  )

  app.delete(
    '/endpoints/:id',
    {
      config: { ...config, problems: [notFound, notAllowed, invalidInput, endpointInUse] },
      schema: {
        summary: 'Take it out; runs and answers stay with their numbers',
        params: ById,
        response: { 200: RemovedEndpoint },
      },
    },
    (request) => removeEndpoint(contextOf(request), request.params.id, findUses),
  )

  app.get(
    '/endpoints/:id/events',
    {
      config: { ...config, problems: [notFound] },
      schema: {
        summary: 'What happened to it: checks, changes, refusals; newest first',
        params: ById,
        response: { 200: z.array(EndpointEvent) },
      },
    },
    async (request) => {
      const ctx = contextOf(request)
      return listEvents(ctx, (await visibleEndpoint(ctx, request.params.id)).id)
    },
  )

  app.post(
    '/endpoints/:id/check',
    {
      config: { ...checkConfig, problems: [notFound, notAllowed] },
      schema: { summary: 'Check it; the probes appear one by one', params: ById, response: { 202: Endpoint } },
    },
    async (request, reply) => {
      const ctx = contextOf(request)
      return reply.code(202).send(await withLatency(ctx, await requestCheck(ctx, request.params.id)))
    },
  )
}
