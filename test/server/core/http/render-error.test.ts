import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeRoutes } from '#server/core/http/api-document.ts'
import { renderError, undeclaredProblem } from '#server/core/http/render-error.ts'
import { defineProblem } from '#server/core/problem.ts'

const promised = defineProblem('promised', 409, 'This may happen')
const unheardOf = defineProblem('unheard-of', 409, 'Nobody knew')

/** One route that throws what its address names, and declares one of the two. */
async function house() {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: (line: string) => lines.push(line) } } })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(renderError)
  describeRoutes(app, { name: 'Trials', description: '' })
  const schema = { summary: 'Throws', params: z.object({ what: z.enum(['promised', 'unheard-of', 'crash']) }) }
  app.get('/:what', { config: { policy: 'public', problems: [promised] }, schema }, async (request) => {
    const { what } = request.params as { what: string }
    if (what === 'crash') throw new Error('the secret of the house')
    throw what === 'promised' ? promised() : unheardOf()
  })
  return { app, lines }
}

test.each([
  ['promised', 409, '/problems/promised', false],
  ['unheard-of', 409, '/problems/unheard-of', true],
  ['something else', 404, '/problems/not-found', false],
  ['crash', 500, 'about:blank', false],
])(
  'of %s the reply is a problem document, and the log says when nobody declared it',
  async (what, status, type, told) => {
    const { app, lines } = await house()
    const reply = await app.inject(`/${encodeURIComponent(what)}`)
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect([reply.statusCode, reply.json()]).toEqual([status, expect.objectContaining({ status, type })])
    expect(lines.some((line) => line.includes(undeclaredProblem))).toBe(told)
    expect(reply.body).not.toContain('secret')
  },
)

test('a route that does not say what it does is refused at the start', async () => {
  const { app } = await house()
  expect(() => app.get('/silent', { config: { policy: 'public' } }, () => 1)).toThrow('GET /silent has no summary')
})
