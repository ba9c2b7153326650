import { describe, expect, test } from 'vitest'
import { openaiResponses } from '#server/endpoints/protocols/openai-responses.ts'
import { ask, expectCheckedWell, picturesAndWords, settingsFor } from '../../../support/model-servers/ask.ts'
import { serveResponses } from '../../../support/model-servers/openai-responses.ts'

const key = 'sk-test-key-0001'
const gpt4o = { protocol: 'openai_responses' as const, model: 'gpt-4o', key }

describe('a request', () => {
  test('carries pictures and texts in their order, the system prompt and all settings, as the service takes them', async () => {
    const server = await serveResponses({ key }, () => 'Two cats.')
    const settings = { system: 'Be brief.', temperature: 0.2, topP: 0.9, maxTokens: 64, topK: 5, seed: 1, stop: ['x'] }
    expect(await ask(server, gpt4o, settings)).toMatchObject({ kind: 'reply', response: 'Two cats.' })
    expect(server.asked[0]).toMatchObject({ system: 'Be brief.', parts: picturesAndWords })
    expect(server.asked[0]!.body).toMatchObject({ max_output_tokens: 64, temperature: 0.2, top_p: 0.9, store: false })
  })

  test.each([
    ['gpt-4o', null, { temperature: 0 }],
    ['o3', null, {}],
    ['o4-mini', 'high', { reasoning: { effort: 'high' } }],
    ['gpt-5-mini', 'minimal', { reasoning: { effort: 'minimal' } }],
    ['gpt-5.2', 'none', { reasoning: { effort: 'none' }, temperature: 0 }],
  ])('to %s with effort %s is one that it takes', async (model, reasoningEffort, sent) => {
    const server = await serveResponses({ key, model }, () => 'Two.')
    await ask(server, { ...gpt4o, model }, { maxTokens: 5, temperature: 0, reasoningEffort })
    expect(server.refused).toEqual([])
    const { model: _, input: __, stream: ___, store: ____, ...rest } = server.asked[0]!.body
    expect(rest).toEqual({ max_output_tokens: 16, ...sent })
  })

  test("an endpoint's own members win within objects too, and pictures are the pieces that were handed in", () => {
    const base64 = Buffer.from('AAAA')
    const extraBody = { reasoning: { summary: 'auto' }, store: null }
    const settings = settingsFor({ model: 'o3' }, { extraBody, reasoningEffort: 'low' })
    const { body } = openaiResponses.buildRequest(settings, null, {
      parts: [{ kind: 'image', mediaType: 'image/png', base64 }],
    })
    expect(body).toContain(base64)
    expect(JSON.parse(Buffer.concat(body).toString('utf8'))).toEqual({
      model: 'o3',
      max_output_tokens: 256,
      reasoning: { effort: 'low', summary: 'auto' },
      input: [
        {
          role: 'user',
          content: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' }],
        },
      ],
      stream: false,
    })
  })
})

describe('a reply', () => {
  test('keeps summaries of thoughts apart from the answer, and counts what was cached and thought', async () => {
    const server = await serveResponses({ key, model: 'o3' }, () => ({ answer: ' Two. ', thinking: 'One, two.' }))
    const asked = { ...gpt4o, model: 'o3' }
    expect(await ask(server, asked, { extraBody: { reasoning: { summary: 'auto' } } })).toEqual({
      kind: 'reply',
      response: ' Two. ',
      thinking: 'One, two.',
      finishReason: 'completed',
      refused: false,
      truncated: false,
      repliedModel: 'o3',
      tokensIn: 900,
      tokensOut: 64,
      tokensCached: 128,
      tokensThinking: 60,
    })
  })

  test('that was cut within its thoughts is cut and empty; a refusal is one', async () => {
    const server = await serveResponses({ key }, () => ({ answer: '', thinking: 'One,', ended: 'at the limit' }))
    expect(await ask(server, gpt4o)).toMatchObject({
      response: '',
      truncated: true,
      refused: false,
      finishReason: 'max_output_tokens',
    })
    server.says = () => ({ answer: "I can't help with that.", ended: 'by refusing' })
    expect(await ask(server, gpt4o)).toMatchObject({ response: "I can't help with that.", refused: true })
  })

  const read = (body: object, status = 200) => openaiResponses.readReply(status, {}, JSON.stringify(body))
  const said = (text: string, rest: object = {}) => ({
    type: 'message',
    content: [{ type: 'output_text', text, annotations: [] }],
    ...rest,
  })

  test('of an open model shows its whole thoughts, and commentary on the way is no answer', () => {
    const reasoning = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
    const output = [reasoning, said('Let me look.', { phase: 'commentary' }), said('Two.', { phase: 'final_answer' })]
    expect(read({ status: 'completed', output })).toMatchObject({ response: 'Two.', thinking: 'Hm.' })
  })

  test('that comes as a stream, though nobody asked for one, is read from its last event', () => {
    const response = { status: 'completed', output: [said('Two.')] }
    const events = [
      { type: 'response.created', response: { status: 'in_progress', output: [] } },
      { type: 'response.output_text.delta', delta: 'Tw' },
      { type: 'response.completed', response },
    ]
    const body = (count: number) =>
      events
        .slice(0, count)
        .map((event) => `data: ${JSON.stringify(event)}\n\n`)
        .join('')
    expect(openaiResponses.readReply(200, {}, body(3))).toMatchObject({ response: 'Two.' })
    expect(openaiResponses.readReply(200, {}, body(2))).toMatchObject({ errorClass: 'protocol' })
  })

  test('that the filter stopped is refused', () => {
    const body = { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [said('Tw')] }
    expect(read(body)).toMatchObject({ response: 'Tw', refused: true, truncated: false })
  })

  const failed = (code: string, message = 'x') => ({ status: 'failed', output: [], error: { code, message } })
  test.each([
    [200, failed('server_error'), 'server'],
    [200, failed('rate_limit_exceeded'), 'rate_limit'],
    [200, failed('image_too_large'), 'too_large'],
    [200, failed('image_file_too_large'), 'too_large'],
    [200, failed('invalid_base64_image'), 'bad_request'],
    [200, failed('image_parse_error'), 'bad_request'],
    [200, failed('unsupported_image_media_type'), 'bad_request'],
    [200, { status: 'cancelled', output: [], error: null }, 'server'],
    [200, { status: 'queued', output: [], error: null }, 'server'],
    [200, { object: 'response' }, 'protocol'],
    [401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }, 'auth'],
    [400, { error: { message: "The requested model 'x' does not exist.", code: 'model_not_found' } }, 'not_found'],
    [404, { error: { message: 'Resource not found', code: '404' } }, 'not_found'],
    [429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }, 'quota'],
    [400, { error: { message: 'Your input exceeds the context window', code: 'context_length_exceeded' } }, 'context'],
  ])('of status %d that is %j is a failure of the class %s', (status, body, errorClass) => {
    expect(read(body, status)).toMatchObject({ kind: 'failure', errorClass })
  })

  test.each(['invalid_prompt', 'image_content_policy_violation', 'bio_policy'])(
    'that fails with %s is refused',
    (code) => expect(read(failed(code))).toMatchObject({ kind: 'reply', refused: true }),
  )
})

test('the check passes there, names its models where the asked one is missing, and says what a wrong key is', async () => {
  await expectCheckedWell(await serveResponses({ key }, () => ''), gpt4o)
})

test('Azure takes it under its own path with its own header', async () => {
  const server = await serveResponses({ key, azure: true }, () => 'Two.')
  const origin = `${server.origin}/openai/v1?api-version=preview`
  expect(await ask({ ...server, origin }, gpt4o)).toMatchObject({ response: 'Two.' })
})
