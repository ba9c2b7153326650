import { describe, expect, test } from 'vitest'
import { probeEndpoint } from '#server/endpoints/checks/probe-endpoint.ts'
import { gemini } from '#server/endpoints/protocols/gemini.ts'
import { callsLab } from '../../../support/calls-lab.ts'
import { ask, expectCheckedWell, picturesAndWords, settingsFor } from '../../../support/model-servers/ask.ts'
import { serveGemini } from '../../../support/model-servers/gemini-generate.ts'

const key = 'AIzaSyTest-key-0001'
const pro = { protocol: 'gemini' as const, model: 'gemini-2.5-pro', key }

describe('a request', () => {
  test('carries pictures and texts in their order, the system prompt and all settings, as the service takes them', async () => {
    const server = await serveGemini({ key }, () => 'Two cats.')
    const settings = {
      system: 'Be brief.',
      temperature: 0.2,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stop: ['END'],
      maxTokens: 64,
    }
    expect(await ask(server, pro, settings)).toMatchObject({ kind: 'reply', response: 'Two cats.' })
    expect(server.asked[0]).toMatchObject({ system: 'Be brief.', parts: picturesAndWords })
    expect(server.asked[0]!.body['generationConfig']).toEqual({
      maxOutputTokens: 64,
      temperature: 0.2,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stopSequences: ['END'],
    })
  })

  test.each([
    ['gemini-1.5-flash', null, undefined],
    ['gemini-2.5-pro', 'low', { includeThoughts: true, thinkingBudget: 819 }],
    ['gemini-2.5-pro', 'minimal', { includeThoughts: true, thinkingBudget: 409 }],
    ['gemini-2.5-flash', 'none', { includeThoughts: false, thinkingBudget: 0 }],
    ['gemini-2.5-flash-lite', 'minimal', { includeThoughts: true, thinkingBudget: 512 }],
    ['gemini-3-pro-preview', 'high', { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3.5-flash', 'xhigh', { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3.5-flash', 'none', { includeThoughts: true, thinkingLevel: 'minimal' }],
  ])('to %s with effort %s is one that it takes', async (model, reasoningEffort, thinkingConfig) => {
    const server = await serveGemini({ key, model }, () => 'Two.')
    await ask(server, { ...pro, model }, { maxTokens: 4096, temperature: 0, reasoningEffort })
    expect(server.refused).toEqual([])
    expect(server.asked[0]!.body['generationConfig']).toEqual({
      maxOutputTokens: 4096,
      temperature: 0,
      ...(thinkingConfig && { thinkingConfig }),
    })
  })

  test('thought comes on top of a limit that has no room for it', async () => {
    const server = await serveGemini({ key, model: 'gemini-2.5-flash' }, () => 'Two.')
    await ask(server, { ...pro, model: 'gemini-2.5-flash' }, { maxTokens: 32, reasoningEffort: 'low' })
    expect(server.asked[0]!.body['generationConfig']).toEqual({
      maxOutputTokens: 544,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 512 },
    })
  })

  test("an endpoint's own members win within objects too, and null takes one out", () => {
    const extraBody = { generationConfig: { temperature: null, mediaResolution: 'HIGH' }, contents: [] }
    const settings = settingsFor({ model: 'models/tuned name' }, { extraBody, temperature: 0 })
    const { path, body } = gemini.buildRequest(settings, null, { parts: [{ kind: 'text', text: 'q' }] })
    expect(path).toBe('/models/tuned%20name:generateContent')
    expect(JSON.parse(Buffer.concat(body).toString('utf8'))).toEqual({
      generationConfig: { maxOutputTokens: 256, mediaResolution: 'HIGH' },
      contents: [{ role: 'user', parts: [{ text: 'q' }] }],
    })
  })

  test('pictures are the pieces that were handed in', () => {
    const base64 = Buffer.from('AAAA')
    const parts = [{ kind: 'image' as const, mediaType: 'image/png', base64 }]
    expect(gemini.buildRequest(settingsFor({ model: 'm' }), null, { parts }).body).toContain(base64)
  })
})

describe('a reply', () => {
  test('keeps thoughts apart from the answer, and counts them as output', async () => {
    const server = await serveGemini({ key }, () => ({ answer: ' Two. ', thinking: 'One, two.' }))
    expect(await ask(server, pro, { reasoningEffort: 'high' })).toEqual({
      kind: 'reply',
      response: ' Two. ',
      thinking: 'One, two.',
      finishReason: 'STOP',
      refused: false,
      truncated: false,
      repliedModel: 'gemini-2.5-pro',
      tokensIn: 900,
      tokensOut: 64,
      tokensCached: 128,
      tokensThinking: 60,
    })
    expect(await ask(server, pro)).toMatchObject({ response: ' Two. ', thinking: null, tokensThinking: 60 })
  })

  test('that was cut within its thoughts is cut and empty; one that was held back is refused', async () => {
    const server = await serveGemini({ key }, () => ({ answer: '', thinking: 'One,', ended: 'at the limit' }))
    expect(await ask(server, pro, { reasoningEffort: 'low' })).toMatchObject({
      response: '',
      thinking: 'One,',
      truncated: true,
      finishReason: 'MAX_TOKENS',
    })
    server.says = () => ({ answer: 'I', ended: 'by refusing' })
    expect(await ask(server, pro)).toMatchObject({ response: 'I', refused: true, finishReason: 'SAFETY' })
  })

  const read = (body: unknown, status = 200) => gemini.readReply(status, {}, JSON.stringify(body))
  test.each(['RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE', 'IMAGE_SAFETY'])(
    'that ends with %s is refused',
    (finishReason) => {
      const outcome = { kind: 'reply', refused: true, truncated: false, finishReason }
      expect(read({ candidates: [{ finishReason }] })).toMatchObject({ ...outcome, response: '' })
    },
  )
  test.each(['SAFETY', 'OTHER', 'PROHIBITED_CONTENT', 'BLOCKLIST'])(
    'to a prompt that is blocked with %s is refused',
    (blockReason) => {
      const body = { promptFeedback: { blockReason }, usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 } }
      const outcome = { kind: 'reply', refused: true, response: '', finishReason: blockReason, tokensIn: 9 }
      expect(read(body)).toMatchObject(outcome)
    },
  )
  test.each(['OTHER', 'MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE'])(
    'that ends with %s is a fault of the service, with whatever text there is',
    (finishReason) => {
      const body = { candidates: [{ finishReason, content: { parts: [{ text: 'Tw' }] } }] }
      expect(read(body)).toMatchObject({ kind: 'failure', errorClass: 'server' })
    },
  )
  test.each([{}, { candidates: [] }, { candidates: null, promptFeedback: {} }, [], 'text', null])(
    'that is %j cannot be read',
    (body) => expect(read(body)).toMatchObject({ kind: 'failure', errorClass: 'protocol' }),
  )

  const chunks = [
    { candidates: [{ content: { parts: [{ text: 'One.', thought: true }, { text: 'Tw' }] } }], modelVersion: 'g' },
    {
      candidates: [{ content: { parts: [{ text: 'o.' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9 },
    },
  ]
  const events = (...some: object[]) => some.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')
  test.each([JSON.stringify(chunks), events(...chunks)])('that comes in chunks, %s, is read', (body) =>
    expect(gemini.readReply(200, {}, body)).toMatchObject({ response: 'Two.', thinking: 'One.', tokensIn: 9 }),
  )
  test('in chunks that broke off or ended with an error is none', () => {
    expect(gemini.readReply(200, {}, events(chunks[0]!))).toMatchObject({ errorClass: 'protocol' })
    const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' }
    expect(gemini.readReply(200, {}, events(chunks[0]!, { error }))).toMatchObject({ errorClass: 'overloaded' })
    const blocked = { promptFeedback: { blockReason: 'SAFETY' } }
    expect(gemini.readReply(200, {}, events(blocked))).toMatchObject({ refused: true, finishReason: 'SAFETY' })
  })

  const failed = (code: number, status: string, message: string, ...details: object[]) =>
    JSON.stringify({ error: { code, message, status, details } })
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '26s' }
  const quota = (...quotaIds: string[]) => ({
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: quotaIds.map((quotaId) => ({ quotaMetric: 'generativelanguage.googleapis.com/x', quotaId })),
  })
  const spent = 'You exceeded your current quota, please check your plan and billing details.'
  const keyInvalid = { reason: 'API_KEY_INVALID', domain: 'googleapis.com' }
  test.each([
    [400, failed(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', keyInvalid), 'auth', null],
    [400, failed(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', keyInvalid), 'auth', null],
    [400, failed(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'), 'auth', null],
    [403, failed(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers"), 'auth', null],
    [403, failed(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'), 'auth', null],
    [400, failed(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'auth', null],
    [404, failed(404, 'NOT_FOUND', 'models/x is not found for API version v1beta'), 'not_found', null],
    [404, '', 'not_found', null],
    [
      429,
      failed(429, 'RESOURCE_EXHAUSTED', spent, quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), retry),
      'rate_limit',
      26_000,
    ],
    [429, failed(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'), 'rate_limit', null],
    [
      429,
      failed(429, 'RESOURCE_EXHAUSTED', spent, quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), retry),
      'quota',
      null,
    ],
    [429, failed(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'), 'quota', null],
    [
      400,
      failed(
        400,
        'INVALID_ARGUMENT',
        'The input token count (2097153) exceeds the maximum number of tokens allowed (1048576).',
      ),
      'context',
      null,
    ],
    [
      400,
      failed(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
      'too_large',
      null,
    ],
    [400, failed(400, 'INVALID_ARGUMENT', 'Unable to process input image.'), 'bad_request', null],
    [500, failed(500, 'INTERNAL', 'An internal error has occurred.'), 'server', null],
    [503, failed(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'), 'overloaded', null],
    [200, failed(503, 'UNAVAILABLE', 'The model is overloaded.'), 'overloaded', null],
    [200, `[${failed(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted', retry)}]`, 'rate_limit', 26_000],
    [429, `[${failed(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted', retry)}]`, 'rate_limit', 26_000],
  ])('of status %d that says %s is a failure of the right class', (status, body, errorClass, waitMs) => {
    expect(gemini.readReply(status, {}, body)).toMatchObject({ kind: 'failure', errorClass, waitMs })
  })
})

test.each([
  ['https://generativelanguage.googleapis.com', 'https://generativelanguage.googleapis.com/v1beta'],
  ['https://generativelanguage.googleapis.com/v1beta/', 'https://generativelanguage.googleapis.com/v1beta'],
  ['https://generativelanguage.googleapis.com/v1', 'https://generativelanguage.googleapis.com/v1'],
  ['https://generativelanguage.googleapis.com/v1beta/models', 'https://generativelanguage.googleapis.com/v1beta'],
  [
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent',
    'https://generativelanguage.googleapis.com/v1beta',
  ],
  ['https://generativelanguage.googleapis.com/v1beta/openai/', 'https://generativelanguage.googleapis.com/v1beta'],
  [
    'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent',
    'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google',
  ],
])('%s is taken as %s', (given, base) => expect(gemini.baseUrlOf(given)).toBe(base))

test('the check passes there, names its models where the asked one is missing, and says what a wrong key is', async () => {
  await expectCheckedWell(await serveGemini({ key }, () => ''), pro)
})

test('a place that the service does not answer in is named as such', async () => {
  const message = 'User location is not supported for the API use.'
  const server = await serveGemini({ key }, () => ({
    status: 400,
    body: { error: { code: 400, message, status: 'FAILED_PRECONDITION' } },
  }))
  const { ctx, endpoint } = await callsLab()
  const { probes } = await probeEndpoint(ctx, await endpoint(server.origin, { ...pro, remoteModel: pro.model }))
  expect(probes.at(-1)).toMatchObject({
    name: 'key',
    result: 'fail',
    observation: expect.stringContaining(message),
    advice: expect.stringContaining('in a country that the service answers in'),
  })
})
