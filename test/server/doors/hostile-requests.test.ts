import { connect, type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { OpenAPIV3_1 } from 'openapi-types'
import { buildApp } from '#server/app.ts'
import { addressOf, everyRoute } from '../../support/every-route.ts'
import { atEnd } from '../../support/at-end.ts'
import { arena, type Arena } from '../../support/arena.ts'

let house: Arena
let routes: Awaited<ReturnType<typeof everyRoute>>
let app: Awaited<ReturnType<typeof buildApp>>
const logged: string[] = []
let known: Record<string, string> = {}

beforeAll(async () => {
  house = await arena()
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  app = await buildApp({ ...house.ctx, log })
  atEnd(() => app.close())
  routes = await everyRoute(app)
  const [endpoint] = await house.ctx.sql<{ id: string }[]>`select id from endpoints limit 1`
  known = { slug: house.study.slug, model: house.modelIds[0]!, id: endpoint!.id }
})

interface Attack {
  method: string
  url: string
  headers?: Record<string, string>
  payload?: string
}

/** What was answered as it should not be, in the test that is under way. */
let faults: string[] = []
beforeEach(() => void (faults = []))
afterEach(() => expect(faults).toEqual([]))

/** Sends it with an admin's session; notes an answer that is no 4xx in words (or one of `also`), and a line in the log. */
async function refuse(attack: Attack, also: number[] = []) {
  logged.length = 0
  const { status, body } = await send(attack)
  const isRefused = status >= 400 && status < 500 && isProblem(body, status)
  if ((isRefused || also.includes(status)) && logged.length === 0) return
  const { method, url, headers = {}, payload = '' } = attack
  const sent = [method, url, JSON.stringify(headers), payload].map((text) => text.slice(0, 200)).join(' ')
  faults.push(`${sent} → ${status} ${body.slice(0, 300)} ${logged.join().slice(0, 600)}`)
}

/** Asks again while the app says that it is busy, as on a machine under load. A stream's body is not read. */
async function send({ headers, method, ...attack }: Attack): Promise<{ status: number; body: string }> {
  const request = { ...attack, method: method as 'GET', headers: { cookie: house.asAdmin.cookie, ...headers } }
  for (;;) {
    const reply = await app.inject({ ...request, payloadAsStream: true })
    const body = reply.statusCode < 400 ? '' : await textOf(reply)
    reply.raw.res.destroy()
    if (!body.includes('"/problems/busy"')) return { status: reply.statusCode, body }
    await pause(50)
  }
}

function isProblem(body: string, status: number): boolean {
  const document = JSON.parse(body) as { status?: number; title?: string }
  return document.status === status && (document.title ?? '').includes(' ')
}

async function textOf(reply: { stream(): NodeJS.ReadableStream }): Promise<string> {
  let text = ''
  for await (const part of reply.stream()) text += String(part)
  return text
}

/** What fits a schema as far as tests of its text need it: every property is there. */
function filled(schema: OpenAPIV3_1.SchemaObject, text: string): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first) return filled(first as OpenAPIV3_1.SchemaObject, text)
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((one) => filled(one as OpenAPIV3_1.SchemaObject, text)))
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, one]) => [
        name,
        filled(one as OpenAPIV3_1.SchemaObject, text),
      ]),
    )
  if (schema.type === 'array') return [filled(schema.items as OpenAPIV3_1.SchemaObject, text)]
  if (schema.type === 'string') return text
  return schema.type === 'boolean' ? false : 1
}

/** The same value with one of its texts or numbers replaced, in turn. */
function* altered(value: unknown, by: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const one of altered(value[0], by)) yield [one]
  } else if (value && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value))
      for (const one of altered(inner, by)) yield { ...value, [name]: one }
  } else yield by
}

const changing = () => routes.filter(({ method }) => method !== 'GET')

test('an origin of null, another site and a page of it change nothing, on any route', async () => {
  const foreign: Record<string, string>[] = [
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'x' },
    { origin: 'http://localhost:81' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const route of changing())
    for (const headers of foreign) await refuse({ method: route.method, url: addressOf(route, known, '1'), headers })
})

test('a slug or an id that can name nothing is answered in words, on every route that has one', async () => {
  const values = [
    '%00',
    '%',
    '%ff',
    '%2e%2e%2f',
    'a'.repeat(150),
    'a'.repeat(5_000),
    '☃',
    '-1',
    '1e999',
    '9'.repeat(30),
    '%F0%9F',
    "'--",
    'A B',
    '{id}',
    '__proto__',
  ]
  for (const route of routes.filter(({ path }) => path.includes('{')))
    for (const value of values) await refuse({ method: route.method, url: addressOf(route, {}, encodeOnce(value)) })
})

const encodeOnce = (value: string) => (value.startsWith('%') ? value : encodeURIComponent(value))

test('a query that no form sends is refused or left alone, on every route that takes one', async () => {
  const values = ['%00', '%', '%ff', 'a'.repeat(5_000), '-1', '1e999', '9'.repeat(30), '☃', '__proto__', '']
  for (const route of routes.filter(({ asked }) => asked.length > 0))
    for (const name of route.asked)
      for (const value of values)
        for (const query of [`${name}=${encodeOnce(value)}`, `${name}=1&${name}=${encodeOnce(value)}`, `${name}[x]=1`])
          await refuse({ method: route.method, url: `${addressOf(route, known, '1')}?${query}` }, [200, 304])
})

test('a body that is broken, of another kind or far too large is refused in words, on every route', async () => {
  const json = { 'content-type': 'application/json' }
  const bodies: [Record<string, string>, string][] = [
    [json, '{"a":'],
    [json, ''],
    [json, 'null'],
    [json, '[]'],
    [json, '"text"'],
    [json, '{"__proto__":{"admin":true}}'],
    [json, '{"constructor":{"prototype":{"admin":true}}}'],
    [json, '['.repeat(100_000)],
    [json, `{"a":"${'a'.repeat(1_100_000)}"}`],
    [{ 'content-type': 'text/plain' }, 'hello'],
    [{ 'content-type': 'application/xml' }, '<a/>'],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 'a=1'],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1'],
    [{ 'content-type': 'multipart/form-data' }, '--x'],
    [{ 'content-type': 'a'.repeat(5_000) }, '{}'],
    [{ 'content-type': 'application/json; charset=utf-16' }, '{"a":'],
  ]
  for (const route of changing().filter(({ body }) => body !== undefined))
    for (const [headers, payload] of bodies)
      await refuse({ method: route.method, url: addressOf(route, {}, 'no-such'), headers, payload })
})

test('NUL, half of a character and numbers beyond all bounds are refused in every field of every body', async () => {
  for (const route of changing().flatMap((one) => (one.body ? { ...one, body: one.body } : [])))
    for (const by of ['\0', 'a\ud83db'])
      for (const value of altered(filled(route.body, 'text'), by))
        await refuse({
          ...{ method: route.method, url: addressOf(route, known, '1'), payload: JSON.stringify(value) },
          headers: { 'content-type': 'application/json' },
        })
})

test('a header that is far too long is refused or read as nobody, on every route', async () => {
  const long: Record<string, string>[] = [
    { 'idempotency-key': 'k'.repeat(9_000) },
    { 'idempotency-key': '\u00e9\u0001' },
    { cookie: `a=${'b'.repeat(9_000)}` },
    { authorization: `Bearer ${'c'.repeat(9_000)}` },
  ]
  for (const route of changing().filter(({ body }) => body !== undefined))
    for (const header of long) {
      const headers = { ...header, 'content-type': 'application/json' }
      await refuse({ method: route.method, url: addressOf(route, {}, 'no-such'), headers, payload: '[]' })
    }
})

test('what is no HTTP, or has headers beyond all bounds, is answered in words and ends its connection', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const answer = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.end(bytes)
    const text = await textOf({ stream: () => socket })
    const [head, body] = text.split('\r\n\r\n')
    return [head!.split('\r\n')[0], JSON.parse(body!) as object]
  }
  logged.length = 0
  expect(await answer(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toEqual([
    'HTTP/1.1 431 Request Header Fields Too Large',
    { type: 'about:blank', title: 'The headers of the request are too large', status: 431 },
  ])
  for (const bytes of ['\0\0\0\r\n\r\n', 'GET\r\n\r\n', '\x16\x03\x01\x02\x00', 'GET / HTTP/1.1\r\nhost: a\0b\r\n\r\n'])
    expect(await answer(bytes)).toEqual(['HTTP/1.1 400 Bad Request', expect.objectContaining({ status: 400 })])
  expect(logged).toEqual([])
})
