import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { declares } from './api-document.ts'
import { isOutage } from '../postgres/outage.ts'
import { invalidInput, notFound, Problem } from '../problem.ts'

/** What the log says when a route sends a problem that the API's document does not promise of it. */
export const undeclaredProblem = 'a problem was sent that its route does not declare'

/** Answers any failure as `application/problem+json`; what went wrong inside stays in the log. */
export function renderError(error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply) {
  const document = documentOf(error, request)
  if (!declares(request, document)) {
    const { type, status } = document
    request.log.error({ type, status, route: request.routeOptions.url, method: request.method }, undeclaredProblem)
  }
  return reply.type('application/problem+json').code(document.status).send(JSON.stringify(document))
}

interface ProblemDocument {
  type: string
  title: string
  status: number
}

function documentOf(error: FastifyError | Problem, request: FastifyRequest): ProblemDocument {
  if (error instanceof Problem) return error.toJSON()
  if (hasZodFastifySchemaValidationErrors(error)) return unfit(error, request).toJSON()
  if (isOutage(error)) {
    request.log.warn('the database does not answer, so a request could not be answered')
    return { type: 'about:blank', title: 'The database does not answer just now: try again in a moment', status: 503 }
  }
  const status = error.statusCode ?? 500
  if (status < 500) return { type: 'about:blank', title: error.message, status }
  request.log.error({ err: error }, 'request failed')
  const title = status === 503 ? 'The server is busy for a moment' : 'Something went wrong here, not with what you sent'
  return { type: 'about:blank', title, status, ...{ request: request.id } }
}

interface Unfit {
  validation: { instancePath: string; message?: string | undefined }[]
  validationContext?: string | undefined
}

function unfit({ validation, validationContext }: Unfit, request: FastifyRequest): Problem {
  // An address that cannot name anything is an address with nothing behind it.
  if (validationContext === 'params') return nothingAt(request, validation[0]?.instancePath.slice(1) ?? '')
  const errors = validation.map(({ instancePath, message }) => ({
    pointer: instancePath || '/',
    message: message ?? 'does not fit',
  }))
  const [first] = errors
  return invalidInput(first && `${validationContext ?? 'body'}${first.pointer}: ${first.message}`, { errors })
}

function nothingAt(request: FastifyRequest, name: string): Problem {
  return notFound(`“${(request.params as Record<string, string>)[name] ?? ''}” is not a valid ${name || 'address'}`)
}
