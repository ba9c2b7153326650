import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiTokenRoutes } from './accounts/bearers/routes.ts'
import { recordDenial } from './accounts/denials.ts'
import { accountRoutes } from './accounts/routes.ts'
import { peopleRoutes } from './accounts/people/routes.ts'
import { sessionPlugin } from './accounts/session-plugin.ts'
import { exclusionRoutes } from './battles/exclusions/routes.ts'
import { goldRoutes } from './battles/gold/routes.ts'
import { overlapRoutes } from './battles/overlap/routes.ts'
import { panelRoutes } from './battles/panels/routes.ts'
import { reportRoutes } from './battles/reports/routes.ts'
import { battleRoutes } from './battles/routes.ts'
import { trainingRoutes } from './battles/training/routes.ts'
import { readOverlap } from './battles/overlap/read-overlap.ts'
import { countVotes, readCoverage, readPace } from './battles/study-votes.ts'
import { chartRoutes } from './boards/charts/routes.ts'
import { exportRoutes } from './boards/exports/routes.ts'
import { effectRoutes } from './boards/effects/routes.ts'
import { studyRaterRoutes } from './boards/raters/routes.ts'
import { boardRoutes } from './boards/routes.ts'
import { trustRoutes } from './boards/trust/routes.ts'
import { comparisonRoutes } from './comparisons/routes.ts'
import { medianLatencies } from './calls/latencies.ts'
import { describeRoutes, serveApiDocument, type Tag } from './core/http/api-document.ts'
import { isOwnHost } from './core/http/own-host.ts'
import { contextOf, type Actor, type Context } from './core/context.ts'
import { allows, isNameless } from './core/policy.ts'
import {
  busy,
  foreignRequest,
  invalidInput,
  notAllowed,
  notFound,
  notThisServer,
  ratingBlind,
  signInNeeded,
} from './core/problem.ts'
import { whyNotReady } from './core/http/readiness.ts'
import { renderError } from './core/http/render-error.ts'
import { refuseAddress, refuseConnection } from './core/http/unreadable.ts'
import { findUnstorable } from './core/storable.ts'
import { datasetRoutes } from './datasets/routes.ts'
import { addressRoutes } from './endpoints/addresses/routes.ts'
import { endpointRoutes } from './endpoints/routes.ts'
import { idempotencyPlugin } from './idempotency/plugin.ts'
import { imageRoutes } from './images/routes.ts'
import { roleLinkRoutes } from './links/people/routes.ts'
import { linkRoutes } from './links/routes.ts'
import { teamRoutes } from './links/teams/routes.ts'
import { modelRoutes } from './models/routes.ts'
import { personalLinkRoutes } from './raters/links/routes.ts'
import { raterRoutes } from './raters/routes.ts'
import { categoryRoutes } from './queries/categories/routes.ts'
import { countRaters, findBlindStudy } from './raters/service.ts'
import { importRoutes } from './queries/imports/routes.ts'
import { queryRoutes } from './queries/routes.ts'
import { categoryAskingRoutes } from './responses/categories/routes.ts'
import { answerImportRoutes } from './responses/imports/routes.ts'
import { responseRoutes } from './responses/routes.ts'
import { readCollections } from './responses/collection-progress.ts'
import { poolUses } from './responses/pool-uses.ts'
import { findUses, pauseRunsOf } from './runs/changes/endpoint-uses.ts'
import { queueRoutes } from './runs/queue/routes.ts'
import { runRoutes } from './runs/routes.ts'
import { deleteSnapshots } from './snapshots/delete-snapshots.ts'
import { isPublished } from './snapshots/published-votes.ts'
import { studyRoutes } from './studies/routes.ts'

/** The routes of the API under the headings of its document; what a module cannot know itself is handed in. */
const headings: (Tag & { register(scope: FastifyInstance): PromiseLike<unknown> })[] = [
  {
    name: 'People',
    description: 'Who is signed in, everybody’s accounts, links and tokens, and model teams.',
    register: (scope) =>
      scope
        .register(accountRoutes)
        .register(apiTokenRoutes)
        .register(peopleRoutes)
        .register(roleLinkRoutes)
        .register(raterRoutes)
        .register(teamRoutes, { pauseRunsOf }),
  },
  {
    name: 'Pictures',
    description: 'Pictures of questions and examples, by their hash.',
    register: (scope) => scope.register(imageRoutes),
  },
  {
    name: 'Endpoints',
    description: 'The addresses at which models answer.',
    register: (scope) => scope.register(endpointRoutes, { medianLatencies, findUses }).register(addressRoutes),
  },
  {
    name: 'Benchmarks',
    description: 'What is asked, how it is scored, and the data.',
    register: (scope) => scope.register(datasetRoutes),
  },
  {
    name: 'Runs',
    description: 'One endpoint over one split of a benchmark, down to each prediction.',
    register: (scope) => scope.register(runRoutes).register(queueRoutes).register(comparisonRoutes),
  },
  {
    name: 'Pools',
    description: 'Questions with pictures, which studies draw from.',
    register: (scope) =>
      scope
        .register(queryRoutes, { uses: poolUses })
        .register(importRoutes)
        .register(categoryRoutes)
        .register(categoryAskingRoutes),
  },
  {
    name: 'Studies',
    description: 'Which models are compared, on what, and by whom.',
    register: (scope) =>
      scope
        .register(studyRoutes, {
          progress: { countVotes, countRaters, readCollections, readCoverage, readPace, readOverlap },
        })
        .register(modelRoutes)
        .register(linkRoutes)
        .register(personalLinkRoutes)
        .register(responseRoutes)
        .register(answerImportRoutes),
  },
  {
    name: 'Rating',
    description: 'Battles, leased to a rater and voted on.',
    register: (scope) =>
      scope
        .register(battleRoutes, { deleteBoards: deleteSnapshots, isPublished })
        .register(reportRoutes)
        .register(goldRoutes)
        .register(overlapRoutes)
        .register(trainingRoutes)
        .register(exclusionRoutes)
        .register(panelRoutes)
        .register(studyRaterRoutes)
        .register(effectRoutes),
  },
  {
    name: 'Boards',
    description: 'Leaderboards, their charts, their snapshots and their votes as files.',
    register: (scope) => scope.register(boardRoutes).register(exportRoutes).register(chartRoutes).register(trustRoutes),
  },
]

export type WebHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

/** Assembles plugins and modules; does not listen. `web` answers everything that is not the API. */
export async function buildApp(context: Omit<Context, 'actor'>, web?: WebHandler): Promise<FastifyInstance> {
  const { trustProxy: proxies } = context.config
  const app = Fastify({
    loggerInstance: context.log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    trustProxy: typeof proxies === 'number' ? (_address, hop) => hop < proxies : proxies,
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    maxRequestsPerSocket: 1_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseConnection,
  })
  app.decorate('arena', context)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(renderError)

  // The pages bring their own content policy with nonces; same-origin keeps plain form posts working.
  await app.register(helmet, {
    contentSecurityPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    // Read by old browsers only, and sent with every script.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  })
  app.addHook('onRequest', async ({ host, url }) => {
    if (url === '/healthz' || url === '/readyz' || isOwnHost(context.config, host)) return
    throw notThisServer('Open it by a name that PUBLIC_URL or ALLOWED_HOSTS gives, or add the one you use there')
  })
  await app.register(cookie)
  await app.register(rateLimit, { global: false })
  await app.register(underPressure, { maxEventLoopDelay: 1_000, pressureHandler: turnAwayWhatCanWait })
  await serveApiDocument(
    app,
    context.config.codeVersion,
    headings.map(({ name, description }) => ({ name, description })),
  )
  await app.register(healthRoutes)
  await app.register(
    async (api) => {
      await api.register(sessionPlugin)
      guard(api)
      await api.register(idempotencyPlugin)
      for (const { register, ...tag } of headings)
        await api.register(async (scope) => {
          describeRoutes(scope, tag)
          await register(scope)
        })
      api.all('/*', { schema: { hide: true }, config: { policy: 'public', nameless: true } }, () => {
        throw notFound('This address of the API does not exist; /api/docs lists those that do')
      })
    },
    { prefix: '/api/v1' },
  )
  app.all('/api/*', { schema: { hide: true } }, () => {
    throw notFound('The API lives under /api/v1; /api/docs lists its addresses')
  })
  if (web) await app.register(async (pages) => servePages(pages, web))
  // The pages' own server code asks the API through this, without a socket (web/src/hooks.server.ts).
  Object.assign(globalThis, { [Symbol.for('vlm-arena.app')]: app })
  return app
}

/** A busy server refuses what can wait, to be asked again later. */
async function turnAwayWhatCanWait(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!canWait(request)) return
  reply.header('retry-after', '2')
  throw busy('It answers again in a few seconds')
}

/** Everything but votes, the health checks, and the scripts and styles of a page that has been served. */
export function canWait({ method, url }: { method: string; url: string }): boolean {
  const isVote = method === 'POST' && /^\/api\/v1\/battles\/[^/]+\/vote$/.test(url)
  return !isVote && !url.startsWith('/_app/') && url !== '/healthz' && url !== '/readyz'
}

function refusalOf(actor: Actor) {
  if (actor.kind !== 'anonymous') return notAllowed()
  if (!actor.takenBack) return signInNeeded()
  return signInNeeded('The link that you came by was taken back. Ask whoever sent it for a new one', {
    reason: 'link-taken-back',
  })
}

/**
 * Every route of the API says who may use it, no unsafe method is taken from another site, and no text is taken that
 * the database cannot hold.
 */
function guard(api: FastifyInstance) {
  api.addHook('onRoute', (route) => {
    if (!route.config?.policy) throw new Error(`${String(route.method)} ${route.url} has no policy`)
  })
  // What is read here depends on who asks; whatever does not says so itself.
  api.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
  api.addHook('onRequest', async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD' && isForeign(request)) throw foreignRequest()
    if (request.tokenScope === 'read' && request.method !== 'GET' && request.method !== 'HEAD')
      throw notAllowed('This token only reads')
    const policy = request.routeOptions.config.policy ?? 'admin'
    if (!allows(policy, request.actor)) throw refusalOf(request.actor)
    if (isNameless(request.routeOptions.config)) return
    const study = await findBlindStudy(contextOf(request))
    if (study !== undefined)
      throw ratingBlind(
        `You rate in “${study}”: this opens to you when it closes, or once whoever runs it has taken you out of it`,
      )
  })
  api.addHook('onError', (request, _reply, error) => recordDenial(request, error))
  api.addHook('preValidation', async ({ body, query, params }) => {
    const place = findUnstorable({ body, query: { ...(query as object) }, params: { ...(params as object) } })
    if (place !== undefined) throw invalidInput(`${place} holds a NUL or half of a character; leave that out`)
  })
}

/** Browsers say where a request comes from; programs without a browser's headers carry no cookies to abuse. */
function isForeign(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (typeof site === 'string') return site !== 'same-origin' && site !== 'none'
  const origin = request.headers.origin
  if (typeof origin !== 'string') return false
  // `null`: a page without an origin, as one in a sandbox.
  return !URL.canParse(origin) || new URL(origin).host !== request.host
}

async function healthRoutes(app: FastifyInstance) {
  app.get('/healthz', { schema: { hide: true } }, () => ({ ok: true }))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const why = await whyNotReady(app.arena)
    return why === undefined ? { ok: true } : reply.code(503).send({ ok: false, why })
  })
}

/** Everything else is a page: the body stays unread, and headers set so far are handed over. */
function servePages(pages: FastifyInstance, web: WebHandler) {
  pages.removeAllContentTypeParsers()
  pages.addContentTypeParser('*', (_request, _payload, done) => done(null))
  pages.all('/*', { schema: { hide: true } }, (request, reply) => {
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value)
    request.raw.headers['x-forwarded-proto'] = request.protocol
    const finish = (error?: unknown) => {
      if (error) request.log.error({ err: error }, 'a page failed')
      if (reply.raw.headersSent) return reply.raw.end()
      reply.raw.statusCode = error ? 500 : 404
      reply.raw.end()
    }
    try {
      web(request.raw, reply.raw, finish)
    } catch (error) {
      finish(error)
    }
  })
}
