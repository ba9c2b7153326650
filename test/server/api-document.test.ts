import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { arena } from '../support/arena.ts'
import { readRegisteredRoutes } from '../support/reachable-problems.ts'

const Reply = z.looseObject({ description: z.string(), content: z.record(z.string(), z.unknown()).optional() })
const Operation = z.looseObject({
  tags: z.array(z.string()).default([]),
  summary: z.string().default(''),
  responses: z.record(z.string(), Reply),
})
const ApiDocument = z.looseObject({
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
})

async function readDocument() {
  const { anonymous } = await arena()
  const reply = await anonymous.get('/api/openapi.json')
  expect(reply.statusCode).toBe(200)
  const document = ApiDocument.parse(reply.json())
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  )
  return { document, routes }
}

/** Types of the problems that a reply of this status can be, read through the references. */
function typesOf({ components }: z.infer<typeof ApiDocument>, content: unknown): string[] {
  const refs = [...JSON.stringify(content).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name!)
  return refs.flatMap((name) => {
    const { properties } = z
      .object({ properties: z.object({ type: z.object({ const: z.string() }) }) })
      .parse(components.schemas[name])
    return properties.type.const
  })
}

test('every route has a heading, a summary, a reply and its problems', async () => {
  const { document, routes } = await readDocument()
  expect(routes.length).toBeGreaterThanOrEqual(54)
  const headings = document.tags.map(({ name }) => name)
  for (const { name, tags, summary, responses } of routes) {
    expect(headings, name).toContain(tags[0])
    expect(summary.length, name).toBeGreaterThan(3)
    const statuses = Object.keys(responses)
    expect(
      statuses.filter((status) => status.startsWith('2')),
      name,
    ).toHaveLength(1)
    const failures = statuses.filter((status) => Number(status) >= 400)
    expect(failures, name).toEqual(expect.arrayContaining(['500', '503']))
    for (const status of failures) {
      expect(Object.keys(responses[status]!.content!), name).toEqual(['application/problem+json'])
      expect(typesOf(document, responses[status]!.content), name).not.toEqual([])
    }
  }
  expect(new Set(routes.map(({ tags }) => tags[0])).size).toBe(headings.length)
})

test('a vote declares its own problems and those of the door', async () => {
  const { document, routes } = await readDocument()
  const { responses } = routes.find(({ name }) => name === 'post /api/v1/battles/{id}/vote')!
  const declared = Object.entries(responses).map(([status, { content }]) => [
    status,
    Number(status) < 400 ? [] : typesOf(document, content).map((type) => type.replace('/problems/', '')),
  ])
  expect(Object.fromEntries(declared)).toEqual({
    201: [],
    400: ['invalid-input', 'about:blank'],
    401: ['sign-in-needed'],
    403: ['another-rater', 'not-allowed', 'foreign-request'],
    404: ['not-found'],
    409: ['already-voted', 'vote-withdrawn'],
    413: ['about:blank'],
    415: ['about:blank'],
    421: ['not-this-server'],
    500: ['about:blank'],
    503: ['busy', 'about:blank'],
  })
})

test('every name that the document gives is one that it uses', async () => {
  const { document } = await readDocument()
  const text = JSON.stringify(document)
  const unused = Object.keys(document.components.schemas).filter((name) => !text.includes(`schemas/${name}"`))
  expect(unused).toEqual([])
  expect(document.components.schemas).toHaveProperty('Board')
})

describe('a route declares what its code can throw, and nothing else', () => {
  /** Declared by the door wherever they can happen: whoever asks and what is sent decide on them. */
  const byTheDoor = ['signInNeeded', 'invalidInput']
  const own = (names: string[]) => names.filter((name) => !byTheDoor.includes(name))

  test.each(readRegisteredRoutes())('$where', ({ declared, reached }) => {
    expect(own(declared)).toEqual(own(reached))
  })
})
