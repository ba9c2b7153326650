import { expect, test } from 'vitest'
import { openEndpoint } from '#server/endpoints/call-endpoint.ts'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { NewEndpoint } from '#server/endpoints/schema.ts'
import { changeEndpoint } from '#server/endpoints/change-endpoint.ts'
import {
  findEndpoint,
  getEndpoint,
  listEndpoints,
  registerBuiltIn,
  registerEndpoint,
} from '#server/endpoints/service.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { slugOf } from '#server/models/service.ts'
import { callsLab } from '../../support/calls-lab.ts'
import { newPerson } from '../../support/people.ts'
import { scriptedEndpoint, type Script } from '../../support/scripted-endpoint.ts'

const described = (rest: Partial<NewEndpoint> = {}) =>
  NewEndpoint.parse({ model: 'Test model', remoteModel: 'test-model', baseUrl: 'https://api.example.com/v1', ...rest })

test('a key is stored sealed, opens for calls, and leaves in no reply', async () => {
  const { ctx, database } = await callsLab()
  const { id } = await registerEndpoint(ctx, described({ key: 'sk-0123456789-7Qe2' }))
  const [row] = await database.sql`select sealed_key from endpoints`
  expect(row!['sealed_key']).toMatch(/^1\.[0-9a-f]{8}\./)
  expect((await openEndpoint(ctx, id)).key!.reveal()).toBe('sk-0123456789-7Qe2')
  const shown = JSON.stringify([await getEndpoint(ctx, id), await listEndpoints(ctx)])
  expect(shown).toContain('stored, ends in 7Qe2')
  expect(shown).not.toContain('0123456789')
  expect(shown).not.toContain(row!['sealed_key'])
})

test('a new origin forgets the key, a new path on the same origin keeps it', async () => {
  const { ctx } = await callsLab()
  const { id } = await registerEndpoint(ctx, described({ key: 'sk-0123456789-7Qe2' }))
  expect(await changeEndpoint(ctx, id, { baseUrl: 'https://api.example.com/v2' }, findUses)).toMatchObject({
    keyHint: expect.stringContaining('7Qe2'),
  })
  expect((await openEndpoint(ctx, id)).key).not.toBeNull()
  expect(await changeEndpoint(ctx, id, { baseUrl: 'https://elsewhere.example/v2' }, findUses)).toMatchObject({
    keyHint: null,
    status: 'unchecked',
  })
  expect((await openEndpoint(ctx, id)).key).toBeNull()
})

test('two who register places of one host at once get a name each, and of one place the same endpoint', async () => {
  const { ctx } = await callsLab()
  const reuse = { reuse: [] }
  const places = [1, 2, 3, 4].map((place) => described({ baseUrl: `https://api.example.com/${place}/v1` }))
  const made = await Promise.all([...places, ...places].map((place) => registerEndpoint(ctx, place, reuse)))
  expect(new Set(made.map(({ name }) => name)).size).toBe(new Set(made.map(({ id }) => id)).size)
  expect(new Set(made.map(({ baseUrl }) => baseUrl)).size).toBe(4)
})

test('a sealed key copied to another row does not open there', async () => {
  const { ctx, database } = await callsLab()
  const { id } = await registerEndpoint(ctx, described({ key: 'sk-0123456789-7Qe2' }))
  const thief = await registerEndpoint(ctx, described({ name: 'thief', baseUrl: 'https://evil.example/v1' }))
  await database.sql`update endpoints set sealed_key = (select sealed_key from endpoints where id = ${id}) where id = ${thief.id}`
  await expect(openEndpoint(ctx, thief.id)).rejects.toThrow(/another place/)
})

test('the base URL is taken with or without its last part, and only as an address', async () => {
  const { ctx } = await callsLab()
  const { baseUrl } = await registerEndpoint(ctx, described({ baseUrl: 'https://API.example.com/v1/chat/completions' }))
  expect(baseUrl).toBe('https://api.example.com/v1')
  for (const bad of [
    'api.example.com/v1',
    'ftp://example.com',
    'https://u:p@example.com/v1',
    'https://example.com/v1?key=1',
  ]) {
    await expect(registerEndpoint(ctx, described({ baseUrl: bad }))).rejects.toMatchObject({ status: 400 })
  }
})

test('people other than admins reach public addresses only, also when the operator listed the address', async () => {
  const calls = await callsLab()
  calls.ctx.egress.allow('http://127.0.0.1:8000')
  for (const role of ['team', 'researcher'] as const) {
    const ctx = await newPerson(calls.ctx, role)
    await expect(registerEndpoint(ctx, described({ baseUrl: 'http://127.0.0.1:8000/v1' }))).rejects.toMatchObject({
      type: '/problems/address-not-allowed',
    })
  }
  const admin = await newPerson(calls.ctx, 'admin')
  const { id } = await registerEndpoint(admin, described({ baseUrl: 'http://127.0.0.1:8000/v1' }))
  expect((await openEndpoint(calls.ctx, id)).reach).toBe('listed')
  await expect(registerEndpoint(admin, described({ baseUrl: 'http://127.0.0.1:8001/v1' }))).rejects.toMatchObject({
    status: 400,
  })
})

test('a refused address, a closed port and a timeout read the same to a team', async () => {
  const calls = await callsLab()
  const team = await newPerson(calls.ctx, 'team')
  const { id } = await registerEndpoint(team, described({ baseUrl: 'https://localhost/v1' }))
  const { probes } = await probeEndpoint(calls.ctx, id)
  expect(probes.map(({ name, result, observation }) => ({ name, result, observation }))).toEqual([
    { name: 'reach', result: 'fail', observation: 'The address could not be reached' },
  ])
})

test('a team sees its own endpoints and the built-in ones, not those of another team', async () => {
  const calls = await callsLab()
  const [one, two] = [await newPerson(calls.ctx, 'team'), await newPerson(calls.ctx, 'team')]
  const { id } = await registerEndpoint(one, described({ name: 'of one' }))
  await registerEndpoint(two, described({ name: 'of two', model: 'Another model' }))
  await registerBuiltIn(calls.ctx, {
    name: 'baseline-x',
    title: 'Baseline: x',
    description: '',
    baseUrl: 'http://127.0.0.1:9/v1',
  })
  expect((await listEndpoints(one)).map(({ name }) => name)).toEqual(['baseline-x', 'of one'])
  await expect(getEndpoint(two, id)).rejects.toMatchObject({ status: 404 })
  await expect(changeEndpoint(two, id, { off: true }, findUses)).rejects.toMatchObject({ status: 404 })
})

test('a built-in endpoint keeps its id and moves to the port of each start', async () => {
  const { ctx } = await callsLab()
  const builtIn = { name: 'baseline-x', title: 'Baseline: x', description: 'Looks at nothing.' }
  const first = await registerBuiltIn(ctx, { ...builtIn, baseUrl: 'http://127.0.0.1:9001/v1' })
  const second = await registerBuiltIn(ctx, { ...builtIn, baseUrl: 'http://127.0.0.1:9002/v1' })
  expect(second).toMatchObject({ id: first.id, baseUrl: 'http://127.0.0.1:9002/v1', status: 'ready' })
  expect(await getEndpoint(ctx, first.id)).toMatchObject({
    model: { slug: 'baseline-x', baseline: true, released: true },
  })
})

test('registering the same address again at a shell takes the endpoint that is there, with the new settings', async () => {
  const { ctx } = await callsLab()
  const first = await registerEndpoint(ctx, described())
  const again = await registerEndpoint(ctx, described({ maxConcurrency: 3 }), { reuse: ['maxConcurrency'] })
  expect(again).toMatchObject({ id: first.id, maxConcurrency: 3 })
  expect((await registerEndpoint(ctx, described())).name).toBe('test-model@api.example.com (2)')
  await expect(registerEndpoint(ctx, described({ name: first.name }))).rejects.toMatchObject({ status: 409 })
  expect((await findEndpoint(ctx, first.name))!.id).toBe(first.id)
})

test.each([
  ['Molmo 7B-D (0924)', 'molmo-7b-d-0924'],
  ['GPT-4o', 'gpt-4o'],
  ['Qwen/Qwen2-VL-72B', 'qwen-qwen2-vl-72b'],
  ['  Émile 3.5  ', 'e-mile-3.5'],
])('the model %j has the address %s', (name, slug) => expect(slugOf(name)).toBe(slug))

/** Reads the colours of test cards in the order in which they were shown, by their most frequent strong pixel. */
async function coloursIn(request: Parameters<Script>[0]): Promise<string[]> {
  const { default: sharp } = await import('sharp')
  const urls = (request.body!.messages[0]!.content as { image_url?: { url: string } }[]).flatMap(
    (part) => part.image_url?.url ?? [],
  )
  return Promise.all(
    urls.map(async (url) => {
      const [r = 0, g = 0, b = 0] = await sharp(Buffer.from(url.split(',')[1]!, 'base64'))
        .extract({ left: 112, top: 112, width: 1, height: 1 })
        .raw()
        .toBuffer()
      return r > 200 && g > 150 ? 'yellow' : r > 150 ? 'red' : g > 120 ? 'green' : b > 150 ? 'blue' : 'black'
    }),
  )
}

/** One word as a stream of chunks. */
function streamed(word: string): ReturnType<Script> {
  const chunks = [
    { model: 'test-model', choices: [{ index: 0, delta: { content: word } }] },
    { model: 'test-model', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]
  const body = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
  return { kind: 'status', status: 200, headers: { 'content-type': 'text/event-stream' }, body }
}

/** Width of the first picture of a request, from the head of its PNG; 0 where it shows none. */
function widthIn({ body }: Parameters<Script>[0]): number {
  const content = body?.messages[0]?.content
  const url = Array.isArray(content) ? content.find((part) => part.image_url)?.image_url?.url : undefined
  return url ? Buffer.from(url.split(',')[1]!.slice(0, 64), 'base64').readUInt32BE(16) : 0
}

test('an endpoint that refuses large pictures is ready, and is cured of them by the size that it takes', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint((request) => {
    if (request.text.includes('What is in this picture')) return { kind: 'status', status: 400 }
    if (widthIn(request) > 1_500) return { kind: 'status', status: 413 }
    return request.body?.stream ? streamed('ready') : { kind: 'answer', text: 'red green blue yellow' }
  })
  const id = await endpoint(server.baseUrl)
  const { ready, probes } = await probeEndpoint(ctx, id)
  expect(ready).toBe(true)
  expect(server.seen.map(widthIn).filter((width) => width > 300)).toEqual([4_096, 2_048, 1_024])
  const { cure, advice } = probes.find(({ name }) => name === 'largest picture')!
  expect(advice).toContain('at most 1024 px a side')
  expect(cure).toEqual({ pictures: { longestSide: 1_024 } })
  await changeEndpoint(ctx, id, cure!, async () => ({ going: [], kept: 0 }))
  server.seen.length = 0
  expect((await probeEndpoint(ctx, id)).reason).toBe('Every probe passed')
  expect(Math.max(...server.seen.map(widthIn))).toBe(1_024)
})

test('an endpoint that streams nothing is told so, and stays ready', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(({ body, text }) => {
    if (text.includes('What is in this picture')) return { kind: 'status', status: 400 }
    return body?.stream ? { kind: 'status', status: 400 } : { kind: 'answer', text: 'red green blue yellow' }
  })
  const { ready, probes } = await probeEndpoint(ctx, await endpoint(server.baseUrl))
  expect(ready).toBe(true)
  const { result, advice } = probes.find(({ name }) => name === 'streamed reply')!
  expect({ result, advice }).toMatchObject({ result: 'limit', advice: expect.stringMatching(/are not concerned/) })
})

test('an endpoint that can do everything passes the ten probes and is ready', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(({ text, body }) => {
    if (text.includes('What is in this picture')) return { kind: 'status', status: 400 }
    if (body?.stream) return streamed('ready')
    const shown = Array.isArray(body?.messages[0]?.content)
    return { kind: 'answer', text: shown ? 'red green blue yellow' : 'ready' }
  })
  const id = await endpoint(server.baseUrl)
  const heard: string[] = []
  const { ready, probes } = await probeEndpoint(ctx, id, ({ name }) => heard.push(name))
  expect(ready).toBe(true)
  expect(heard).toEqual([
    'reach',
    'key',
    'model name',
    'text',
    'one image',
    'two images',
    'largest picture',
    'long answer',
    'streamed reply',
    'broken image',
  ])
  expect(probes.map(({ result }) => result)).toEqual(Array(10).fill('pass'))
  expect(await getEndpoint(ctx, id)).toMatchObject({ status: 'ready', statusReason: 'Every probe passed', probes })
  const shown = server.seen.find(({ text }) => text.includes('two colours'))!
  expect(new Set(await coloursIn(shown)).size).toBe(2)
})

test.each<[string, Script, { key?: string }, string, RegExp, RegExp]>([
  [
    'refuses the key',
    () => ({ kind: 'status', status: 401 }),
    { key: 'sk-0123456789-abcd' },
    'key',
    /key was refused: 401/,
    /Replace it by one that is valid/,
  ],
  ['wants a key', () => ({ kind: 'status', status: 401 }), {}, 'key', /refused/, /No key is stored/],
  [
    'has no such model',
    () => ({ kind: 'status', status: 404 }),
    {},
    'model name',
    /test-model is not known/,
    /It offers: test-model/,
  ],
  ['is down', () => ({ kind: 'status', status: 500 }), {}, 'text', /500/, /fault is on its side/],
  [
    'speaks something else',
    () => ({ kind: 'status', status: 200, body: '<html>' }),
    {},
    'text',
    /Bad reply/,
    /the wire format that was chosen/,
  ],
  [
    'takes no pictures',
    ({ body }) =>
      typeof body?.messages[0]?.content === 'string'
        ? { kind: 'answer', text: 'ready' }
        : { kind: 'status', status: 400 },
    {},
    'one image',
    /400/,
    /take pictures/,
  ],
])(
  'an endpoint that %s is failing, and says what to do',
  async (_name, script, settings, probe, observation, advice) => {
    const { ctx, endpoint } = await callsLab()
    const server = await scriptedEndpoint(script)
    const id = await endpoint(server.baseUrl, settings)
    const { ready, probes } = await probeEndpoint(ctx, id)
    expect(ready).toBe(false)
    expect(probes.find(({ result }) => result === 'fail')).toMatchObject({
      name: probe,
      observation: expect.stringMatching(observation),
      advice: expect.stringMatching(advice),
    })
    expect((await getEndpoint(ctx, id)).status).toBe('failing')
  },
)

test('an endpoint that answers without looking is ready, with the doubt written down', async () => {
  const { ctx, endpoint } = await callsLab()
  const server = await scriptedEndpoint(() => ({ kind: 'answer', text: '42', model: 'another' }))
  const { ready, probes } = await probeEndpoint(ctx, await endpoint(server.baseUrl))
  expect(ready).toBe(true)
  expect(probes.filter(({ result }) => result === 'limit').map(({ name }) => name)).toEqual([
    'model name',
    'one image',
    'two images',
    'largest picture',
    'streamed reply',
    'broken image',
  ])
})
