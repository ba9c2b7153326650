import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rootDir } from '#server/core/config.ts'
import type { Board } from '#server/boards/schema.ts'
import { arena, type Arena } from '../support/arena.ts'

const opening = `
  import createClient from 'openapi-fetch'
  import type { paths } from './api.d.ts'
  const clientOf = (baseUrl: string, cookie: string) => createClient<paths>({ baseUrl, headers: { cookie } })
`

const threeCalls = `${opening}
  export async function callThree(baseUrl: string, cookie: string, slug: string) {
    const client = clientOf(baseUrl, cookie)
    const board = await client.GET('/api/v1/boards/{slug}', { params: { path: { slug } } })
    const lease = await client.POST('/api/v1/studies/{slug}/battles/lease', {
      params: { path: { slug } },
      body: { count: 1 },
    })
    const nowhere = await client.GET('/api/v1/runs/{id}', { params: { path: { id: 4711 } } })
    const question: string | undefined = lease.data?.cards[0]?.question
    const type: string | undefined = nowhere.error?.type
    const rows: number | undefined = board.data?.rows.length
    return { study: board.data?.study, rows, question, type, status: nowhere.response.status }
  }
`

const wrongCalls = {
  'an address that is none': `GET('/api/v1/bords')`,
  'a verdict that is none': `POST('/api/v1/battles/{id}/vote', { params: { path: { id: '' } }, body: { verdict: 'best' } })`,
  'a field that a board never has': `GET('/api/v1/boards/{slug}', { params: { path: { slug: '' } } }).then(({ data }) => data?.winner)`,
}

/** Programs by name; `client` is the one that is run. */
const programs: Record<string, string> = {
  client: threeCalls,
  ...Object.fromEntries(
    Object.values(wrongCalls).map((call, n) => [`wrong-${n}`, `${opening}\nvoid clientOf('', '').${call}\nexport {}`]),
  ),
}

let house: Arena
let folder: string
let faults: Map<string, string[]>

beforeAll(async () => {
  const cache = join(rootDir, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'typed-client-'))
  const { body } = await (await arena()).anonymous.get('/api/openapi.json')
  await writeFile(join(folder, 'api.d.ts'), astToString(await openapiTypescript(body)))
  for (const [name, program] of Object.entries(programs)) await writeFile(join(folder, `${name}.mts`), program)
  faults = compile(folder)
  // Made after the compiler has held the event loop for seconds: a server that saw it would say that it is busy.
  house = await arena()
  await house.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What TypeScript has to say against each program, by name; writes the JavaScript of all beside them. */
function compile(folder: string): Map<string, string[]> {
  const names = Object.keys(programs)
  const compiled = ts.createProgram(
    names.map((name) => join(folder, `${name}.mts`)),
    {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      outDir: folder,
      types: ['node'],
    },
  )
  compiled.emit()
  return new Map(
    names.map((name) => {
      const found = ts.getPreEmitDiagnostics(compiled, compiled.getSourceFile(join(folder, `${name}.mts`)))
      return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))]
    }),
  )
}

test('a client made from the OpenAPI document calls three routes of the running app', async () => {
  expect(faults.get('client')).toEqual([])
  const { callThree } = (await import(join(folder, 'client.mjs'))) as {
    callThree(baseUrl: string, cookie: string, slug: string): Promise<{ study: Board['study'] }>
  }
  const origin = house.app.listeningOrigin
  expect(await callThree(origin, house.asAdmin.cookie, house.study.slug)).toMatchObject({
    study: { slug: house.study.slug, name: 'Test study' },
    question: undefined,
    type: '/problems/not-found',
    status: 404,
  })
  expect(await callThree(origin, house.asRater.cookie, house.study.slug)).toMatchObject({
    study: undefined,
    question: expect.stringMatching(/^Question \d+\?$/) as string,
  })
})

test.each(Object.keys(wrongCalls).map((what, n) => [what, n] as const))(
  'the client refuses %s before it runs',
  (_what, n) => {
    expect(faults.get(`wrong-${n}`)).toHaveLength(1)
  },
)
