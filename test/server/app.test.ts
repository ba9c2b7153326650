import { expect, test } from 'vitest'
import { buildApp, canWait } from '#server/app.ts'
import { arena } from '../support/arena.ts'

const battle = '/api/v1/battles/6d1f6f2e-3a51-4c39-9d2c-6f1f0a6f6c11'

test.each([
  ['POST', `${battle}/vote`, false],
  ['GET', '/_app/immutable/entry/start.js', false],
  ['GET', '/healthz', false],
  ['GET', '/leaderboard/sample', true],
  ['POST', `${battle}/report`, true],
  ['GET', '/api/v1/boards/sample/what-if?ties=drop', true],
])('on a busy server, %s %s can wait: %s', (method, url, waits) => {
  expect(canWait({ method, url })).toBe(waits)
})

test('an address that can name nothing is answered as one with nothing behind it', async () => {
  const { asAdmin } = await arena()
  expect((await asAdmin.get('/api/v1/endpoints/molmo')).json()).toEqual({
    type: '/problems/not-found',
    title: 'There is nothing here',
    status: 404,
    detail: '“molmo” is not a valid id',
  })
  expect((await asAdmin.get('/api/v1/runs/first')).json()).toMatchObject({ status: 404 })
})

test.each([
  ['/api/v1/boards/a%00b', 'params.slug'],
  ['/api/v1/boards/sample/what-if?ties=%00', 'query.ties'],
])('an address with a NUL in it is refused in words: %s', async (address, place) => {
  const { asAdmin } = await arena()
  const reply = await asAdmin.get(address)
  expect([reply.statusCode, reply.json<{ detail: string }>().detail]).toEqual([
    400,
    `${place} holds a NUL or half of a character; leave that out`,
  ])
})

test('a body with a NUL or half of a character in it is refused in words', async () => {
  const { asAdmin } = await arena()
  const endpoint = { model: 'M', remoteModel: 'm', baseUrl: 'http://127.0.0.1:9/v1' }
  for (const extraBody of [{ stop: ['a', 'b\0'] }, { stop: ['a', '\ud83d'] }]) {
    const reply = await asAdmin.post('/api/v1/endpoints', { ...endpoint, extraBody })
    expect(reply.statusCode).toBe(400)
    expect(reply.json()).toMatchObject({
      detail: 'body.extraBody.stop.1 holds a NUL or half of a character; leave that out',
    })
  }
})

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, { content: unknown }> }>>
  components: { schemas: object }
}

test('the OpenAPI document holds the routes, and names the shapes of what they give', async () => {
  const { anonymous } = await arena()
  const { paths, components } = (await anonymous.get('/api/openapi.json')).json<OpenApi>()
  for (const [path, shape] of [
    ['/api/v1/boards/{slug}', 'Board'],
    ['/api/v1/boards/{slug}/what-if', 'WhatIf'],
    ['/api/v1/boards/{slug}/fit', 'BoardFitTest'],
    ['/api/v1/boards/{slug}/fragility', 'Fragility'],
  ] as const) {
    const ref = `#/components/schemas/${shape}`
    expect(paths[path]!.get!.responses['200']!.content).toEqual({ 'application/json': { schema: { $ref: ref } } })
    expect(components.schemas).toHaveProperty(shape)
  }
  for (const path of ['fit.csv', 'fragility.csv']) expect(paths).toHaveProperty([`/api/v1/boards/{slug}/${path}`])
  expect(paths['/api/v1/battles/{id}/vote']).toHaveProperty('post')
})

test.each([
  [1, '198.51.100.7'],
  [2, '203.0.113.9'],
  [['loopback'], '198.51.100.7'],
  [false, '127.0.0.1'],
] as const)(
  'with TRUST_PROXY of %j whoever asks has the address %s, never the one that was made up',
  async (trust, ip) => {
    const { ctx } = await arena()
    const trustProxy = typeof trust === 'object' ? [...trust] : trust
    const app = await buildApp({ ...ctx, config: { ...ctx.config, trustProxy } })
    const seen: string[] = []
    app.addHook('onRequest', async (request) => void seen.push(request.ip))
    const forwarded = '192.0.2.66, 203.0.113.9, 198.51.100.7'
    await app.inject({ url: '/healthz', headers: { 'x-forwarded-for': forwarded } })
    await app.close()
    expect(seen).toEqual([ip])
  },
)

test('a page that has pointed its own name here reads nothing', async () => {
  const { ctx, app, asAdmin } = await arena()
  const ask = (host: string, of = app) => of.inject({ url: '/api/v1/runs', headers: { host, cookie: asAdmin.cookie } })
  const reply = await ask('rebind.evil.example:3000')
  expect(reply.json()).toMatchObject({ status: 421, type: '/problems/not-this-server' })
  const strange = [
    'a b',
    'evil.example/',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'box.local',
    'arena:3000',
  ]
  for (const host of strange) expect([host, (await ask(host)).statusCode]).toEqual([host, 421])
  for (const host of ['localhost:3000', 'a.localhost', '127.0.0.1', '[::1]:3000', '192.168.1.4:3000'])
    expect([host, (await ask(host)).statusCode]).toEqual([host, 200])
  const post = {
    method: 'POST',
    url: '/api/v1/links/x',
    payload: {},
    headers: { host: 'rebind.evil.example' },
  } as const
  expect((await app.inject(post)).statusCode).toBe(421)
  const named = await buildApp({
    ...ctx,
    config: { ...ctx.config, publicUrl: 'https://arena.example.org', allowedHosts: ['box.local'], trustProxy: 1 },
  })
  const behindProxy = await buildApp({ ...ctx, config: { ...ctx.config, trustProxy: 1 } })
  expect((await ask('evil.example', behindProxy)).statusCode).toBe(421)
  await behindProxy.close()
  for (const host of ['arena.example.org', 'ARENA.example.org.', 'box.local:3000'])
    expect((await named.inject({ url: '/api/v1/boards', headers: { host } })).statusCode).toBe(200)
  expect((await ask('evil.example', named)).statusCode).toBe(421)
  const forwarded = { host: 'arena.example.org', 'x-forwarded-host': 'evil.example' }
  expect((await named.inject({ url: '/api/v1/runs', headers: forwarded })).statusCode).toBe(421)
  await named.close()
})
