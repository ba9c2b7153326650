import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'
import { isNameless } from '../policy.ts'
import {
  busy,
  foreignRequest,
  invalidInput,
  notAllowed,
  notFound,
  notThisServer,
  ratingBlind,
  signInNeeded,
  type ProblemKind,
} from '../problem.ts'
import { shapes } from '../schema.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What its verbs can throw. What any route of its policy, method and schema can answer is added by itself. */
    problems?: readonly ProblemKind[]
    /** All problems that it can answer, as `status type`. */
    declared?: ReadonlySet<string>
  }
}

/** A group of routes under one heading of the document. */
export interface Tag {
  name: string
  description: string
}

/** Serves the OpenAPI document of all routes at `/api/openapi.json`, and pages that show it at `/api/docs`. */
export async function serveApiDocument(app: FastifyInstance, version: string, tags: Tag[]): Promise<void> {
  const transformObject = createJsonSchemaTransformObject({ schemaRegistry: shapes })
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'VLM Arena', version }, tags },
    transform: createJsonSchemaTransform({ schemaRegistry: shapes }),
    transformObject: (document) => withoutUnused(transformObject(document) as OpenAPIV3_1.Document),
  })
  await app.register(swaggerUi, { routePrefix: '/api/docs' })
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

/**
 * Every shape is offered for input and for output; keeps those that a route, or another shape that is kept, refers to.
 */
function withoutUnused(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const schemas = document.components?.schemas ?? {}
  const used = new Set<string>()
  const look = (part: unknown) => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name!)) continue
      used.add(name!)
      look(schemas[name!])
    }
  }
  look(document.paths)
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...document, components: { ...document.components, schemas: kept } }
}

/** Puts the routes of this scope under a heading, with every problem that each can answer. Throws when one does not say what it does. */
export function describeRoutes(scope: FastifyInstance, { name }: Tag): void {
  scope.addHook('onRoute', (route) => {
    const { schema } = route
    if (!schema?.summary) throw new Error(`${String(route.method)} ${route.url} has no summary`)
    const problems = problemsOf(route)
    route.config = { ...route.config, declared: new Set(problems.map(({ status, type }) => `${status} ${type}`)) }
    const response = { ...(schema.response as Record<string, unknown> | undefined), ...asResponses(problems) }
    route.schema = { ...schema, tags: [name], response }
  })
}

/** Whether the route promises the problem; routes outside the document promise nothing and may send any. */
export function declares(request: FastifyRequest, { status, type }: { status: number; type: string }): boolean {
  return request.routeOptions.config.declared?.has(`${status} ${type}`) ?? true
}

type Declared = Pick<ProblemKind, 'type' | 'status' | 'title'>

/** A failure of which nothing but its status is to be said (RFC 9457, section 4.2.1). */
const blank = (status: number, title: string): Declared => ({ type: 'about:blank', status, title })

const fromTheDoor = {
  always: [
    invalidInput,
    busy,
    notThisServer,
    // A token that lets nobody in is told so wherever it is shown.
    signInNeeded,
    blank(500, 'Something went wrong inside'),
    blank(503, 'The server is starting, stopping or busy'),
  ],
  bodies: [
    foreignRequest,
    notAllowed,
    blank(400, 'The body cannot be read'),
    blank(413, 'The body is too large'),
    blank(415, 'The body is of another media type'),
  ],
  limited: [blank(429, 'Too many requests for the moment')],
  signedIn: [notAllowed],
  named: [ratingBlind],
} satisfies Record<string, Declared[]>

function problemsOf({ method, config, schema }: RouteOptions): Declared[] {
  const { always, bodies, limited, signedIn, named } = fromTheDoor
  const all = [
    ...always,
    ...(config?.problems ?? []),
    ...(config?.policy === 'public' ? [] : signedIn),
    ...(config && isNameless(config) ? [] : named),
    ...(schema?.params ? [notFound] : []),
    ...(method === 'GET' || method === 'HEAD' ? [] : bodies),
    ...(config?.rateLimit ? limited : []),
  ]
  return [...new Map(all.map((problem) => [`${problem.status} ${problem.type}`, problem])).values()]
}

function asResponses(problems: Declared[]) {
  const byStatus = Object.entries(Object.groupBy(problems, ({ status }) => status))
  return Object.fromEntries(
    byStatus.map(([status, some = []]) => {
      const [first, ...rest] = some.map(shapeOf)
      const schema = rest.length > 0 ? z.union([first!, ...rest]) : first!
      const description = some.map(({ title }) => title).join('; or: ')
      return [status, { description, content: { 'application/problem+json': { schema } } }]
    }),
  )
}

const known = new Map<string, z.ZodType>()

/** The shape of one problem's document, made once so that the whole document names it. */
function shapeOf(problem: Declared): z.ZodType {
  const key = `${problem.status} ${problem.type}`
  const shape = known.get(key) ?? makeShape(problem)
  known.set(key, shape)
  return shape
}

function makeShape({ type, status, title }: Declared): z.ZodType {
  const words = type === 'about:blank' ? ['status', String(status)] : type.split('/').at(-1)!.split('-')
  const id = `${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}Problem`
  const base = z.looseObject({
    type: z.literal(type),
    title: z.string(),
    status: z.literal(status),
    detail: z.string().optional(),
  })
  return (type === invalidInput.type ? base.extend({ errors }) : base).register(shapes, { id, description: title })
}

const errors = z.array(z.object({ pointer: z.string(), message: z.string() })).optional()
