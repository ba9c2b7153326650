import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { baselineCatalogue } from '#server/baselines/catalogue.ts'
import { silentLogger } from '#server/baselines/logger.ts'
import { gatherBaselines } from '#server/baselines/models.ts'
import { buildBaselineApp } from '#server/baselines/server.ts'
import { locateTextEngine } from '#server/baselines/text/text-reader.ts'
import { chatBody, complete, folder, post, serveHere } from './endpoint.ts'
import { circles } from './pictures.ts'

const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'arena-baselines-'))
let endpoint: Awaited<ReturnType<typeof serveHere>>
beforeAll(async () => {
  endpoint = await serveHere(cacheDir)
})
afterAll(async () => {
  await endpoint.close()
  rmSync(cacheDir, { recursive: true })
})

const chat = (body: object) => post(`${endpoint.url}/chat/completions`, body)

test('all models of the catalogue are listed, and each can be looked up', async () => {
  const list = await (await fetch(`${endpoint.url}/models`)).json()
  const ids = baselineCatalogue.map(({ name }) => name)
  expect(list).toMatchObject({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) })
  expect((await fetch(`${endpoint.url}/models/${ids[0]}`)).status).toBe(200)
  expect((await fetch(`${endpoint.url}/models/other`)).status).toBe(404)
})

test('without the text engine the model that reads text is neither listed nor answers', async () => {
  const missing = locateTextEngine(() => {
    throw new Error('Cannot find module')
  })
  expect(missing).toBeNull()
  const baselines = gatherBaselines({ cacheDir: await folder(), logger: silentLogger, engine: missing })
  const app = buildBaselineApp(baselines, silentLogger)
  const listed = await app.inject('/v1/models')
  expect(listed.json().data.map(({ id }: { id: string }) => id)).toEqual([
    'baseline-palette',
    'baseline-no-image',
    'baseline-points',
  ])
  const reply = await app.inject({
    method: 'POST',
    url: '/v1/chat/completions',
    payload: chatBody('baseline-ocr', 'Hello', null),
  })
  expect(reply.statusCode).toBe(404)
  await app.close()
})

describe('a request is refused in the shape of the protocol', () => {
  const invalid = { type: 'invalid_request_error' }

  test('for an unknown model', async () => {
    const reply = await chat(chatBody('gpt-nothing', 'Hello', null))
    expect(reply.status).toBe(404)
    expect(await reply.json()).toMatchObject({ error: { ...invalid, code: 'model_not_found', param: 'model' } })
  })

  test.each([
    ['bytes that are no image', 'data:image/png;base64,aGVsbG8=', 'invalid_image'],
    ['a picture cut short', `data:image/png;base64,${circles.subarray(0, 400).toString('base64')}`, 'invalid_image'],
    ['an address, because nothing is fetched', 'https://example.org/a.png', 'invalid_image_url'],
    ['text in place of a data URL', 'picture.png', 'invalid_image_url'],
  ])('for %s', async (_case, url, code) => {
    for (const { name } of baselineCatalogue) {
      const reply = await chat(chatBody(name, 'What is this?', url))
      expect(reply.status).toBe(400)
      expect(await reply.json()).toMatchObject({ error: { ...invalid, code } })
    }
  })

  test.each([
    ['no messages', { model: 'baseline-points', messages: [] }, 'messages'],
    ['a message without a role', { model: 'baseline-points', messages: [{ content: 'Hello' }] }, 'messages.0.role'],
    ['two answers at once', chatBody('baseline-points', 'Hello', null, { n: 2 }), 'n'],
    ['a limit of no tokens', chatBody('baseline-points', 'Hello', null, { max_tokens: 0 }), 'max_tokens'],
  ])('for %s, naming the member', async (_case, body, param) => {
    const reply = await chat(body)
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ error: { ...invalid, param } })
  })

  test('for a body that is not JSON, and for an address that does not exist', async () => {
    const broken = await fetch(`${endpoint.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":',
    })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ error: invalid })
    const nowhere = await fetch(`${endpoint.url}/completions`)
    expect(nowhere.status).toBe(404)
    expect(await nowhere.json()).toMatchObject({ error: { code: 'unknown_url' } })
  })
})

describe('an answer', () => {
  const ask = (more: object = {}, prompt = 'Describe this picture.') =>
    complete(endpoint.url, 'baseline-palette', prompt, circles, more)

  test('counts its tokens and ends with stop', async () => {
    const { finish, usage } = await ask()
    expect(finish).toBe('stop')
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    expect(usage.prompt_tokens).toBeGreaterThan(29 * 20) // one for each tile of 28 px of an 800 × 560 picture, and the text
  })

  test.each(['max_tokens', 'max_completion_tokens'])('is cut where %s says and ends with length', async (limit) => {
    const whole = await ask()
    const { text, finish, usage } = await ask({ [limit]: 3 })
    expect(finish).toBe('length')
    expect(usage.completion_tokens).toBe(3)
    expect(text.length).toBeGreaterThan(0)
    expect(whole.text.startsWith(text)).toBe(true)
  })

  test('ends before a stop text', async () => {
    const { text, finish } = await ask({ stop: ['mostly', 'area'] })
    expect(text).toBe('By ')
    expect(finish).toBe('stop')
  })

  test('follows an instruction in the system message and looks back for the picture', async () => {
    const url = `data:image/png;base64,${circles.toString('base64')}`
    const reply = await chat({
      model: 'baseline-points',
      messages: [
        { role: 'system', content: 'Answer with a single number.' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url } }] },
        { role: 'assistant', content: 'I see it.' },
        { role: 'user', content: 'How many blue circles are there?' },
      ],
    })
    expect(await reply.json()).toMatchObject({ choices: [{ message: { role: 'assistant', content: '3' } }] })
  })

  test('is the same in pieces as in one', async () => {
    const whole = await ask()
    const reply = await chat(
      chatBody('baseline-palette', 'Describe this picture.', circles, {
        stream: true,
        stream_options: { include_usage: true },
      }),
    )
    expect(reply.headers.get('content-type')).toContain('text/event-stream')
    const events = (await reply.text())
      .trim()
      .split('\n\n')
      .map((event) => event.replace(/^data: /, ''))
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event))
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.text)
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })
})

test('a port in use is refused with the reason of the system', async () => {
  const { serveBaselines } = await import('#server/baselines/server.ts')
  const port = Number(new URL(endpoint.url).port)
  await expect(serveBaselines({ port, cacheDir })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
