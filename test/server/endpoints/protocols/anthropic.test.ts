import { describe, expect, test } from 'vitest'
import { anthropic } from '#server/endpoints/protocols/anthropic.ts'
import { serveAnthropic } from '../../../support/model-servers/anthropic-messages.ts'
import { ask, expectCheckedWell, picturesAndWords, settingsFor } from '../../../support/model-servers/ask.ts'

const key = 'sk-ant-test-key-0001'

describe('a request', () => {
  test('carries pictures and texts in their order, the system prompt and all settings, as the service takes them', async () => {
    const server = await serveAnthropic({ key }, () => 'Two cats.')
    const settings = {
      system: 'Be brief.',
      temperature: 0.2,
      topP: 0.9,
      topK: 40,
      stop: ['\n\n', 'END'],
      maxTokens: 64,
    }
    const asked = { protocol: 'anthropic' as const, model: 'claude-sonnet-4-5', key }
    const outcome = await ask(server, asked, settings)
    expect(outcome).toMatchObject({ kind: 'reply', response: 'Two cats.' })
    expect(server.asked[0]).toMatchObject({ system: 'Be brief.', parts: picturesAndWords })
    expect(server.asked[0]!.body).toMatchObject({
      max_tokens: 64,
      temperature: 0.2,
      top_p: 0.9,
      top_k: 40,
      stop_sequences: ['END'],
    })
    expect(server.asked[0]!.body).not.toHaveProperty('thinking')
  })

  test.each([
    ['claude-3-5-sonnet-20241022', null, { temperature: 0 }],
    ['claude-sonnet-4-20250514', 'low', { thinking: { type: 'enabled', budget_tokens: 1024 } }],
    ['claude-opus-4-1-20250805', 'high', { thinking: { type: 'enabled', budget_tokens: 3276 } }],
    ['claude-sonnet-4-5', 'none', { temperature: 0, thinking: { type: 'disabled' } }],
    [
      'claude-opus-4-6',
      'max',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'max' } },
    ],
    ['claude-opus-4-6', null, { temperature: 0 }],
    ['claude-opus-4-7', null, {}],
    [
      'claude-sonnet-5',
      'high',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
    ],
    ['MiniMax-M2', null, { temperature: 0 }],
  ])('to %s with effort %s is one that it takes', async (model, reasoningEffort, sent) => {
    const server = await serveAnthropic({ key, model }, () => 'Two.')
    await ask(
      server,
      { protocol: 'anthropic', model, key },
      { maxTokens: 4096, temperature: 0, topK: null, reasoningEffort },
    )
    expect(server.refused).toEqual([])
    const { model: _, max_tokens: __, messages: ___, stream: ____, ...rest } = server.asked[0]!.body
    expect(rest).toEqual(sent)
  })

  test('thought comes on top of a limit that has no room for it, and texts of white space are left out', async () => {
    const server = await serveAnthropic({ key }, () => 'Two.')
    const parts = [' \n', 'q'].map((text) => ({ kind: 'text' as const, text }))
    const settings = settingsFor(
      { model: 'claude-sonnet-4-5' },
      { maxTokens: 32, reasoningEffort: 'high', stop: ['\n'] },
    )
    const { body } = anthropic.buildRequest(settings, null, { parts })
    const sent: unknown = JSON.parse(Buffer.concat(body).toString('utf8'))
    expect(sent).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 1056,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'q' }] }],
      stream: false,
    })
    await ask(
      server,
      { protocol: 'anthropic', model: 'claude-sonnet-4-5', key },
      { maxTokens: 32, reasoningEffort: 'low' },
    )
    expect(server.refused).toEqual([])
  })

  test("an endpoint's own members win, null takes one out, and messages and stream stay ours", () => {
    const extraBody = { temperature: null, metadata: { user_id: 'u' }, messages: [], stream: true, max_tokens: 7 }
    const settings = settingsFor({ model: 'claude-sonnet-4-5' }, { extraBody })
    const { body } = anthropic.buildRequest(settings, null, { parts: [{ kind: 'text', text: 'é "q"' }] })
    expect(JSON.parse(Buffer.concat(body).toString('utf8'))).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 7,
      metadata: { user_id: 'u' },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'é "q"' }] }],
      stream: false,
    })
  })

  test('pictures are the pieces that were handed in', () => {
    const base64 = Buffer.from('AAAA')
    const parts = [{ kind: 'image' as const, mediaType: 'image/png', base64 }]
    expect(anthropic.buildRequest(settingsFor({ model: 'm' }), null, { parts }).body).toContain(base64)
  })
})

describe('a reply', () => {
  test('keeps thoughts apart from the answer, and counts what was cached and thought', async () => {
    const server = await serveAnthropic({ key, tellsThinkingTokens: true }, () => ({
      answer: ' Two. ',
      thinking: 'One, two.',
    }))
    const outcome = await ask(server, { protocol: 'anthropic', model: 'claude-sonnet-4-5', key })
    expect(outcome).toEqual({
      kind: 'reply',
      response: ' Two. ',
      thinking: 'One, two.',
      finishReason: 'end_turn',
      refused: false,
      truncated: false,
      repliedModel: 'claude-sonnet-4-5',
      tokensIn: 900,
      tokensOut: 64,
      tokensCached: 128,
      tokensThinking: 60,
    })
  })

  test('that was cut within its thoughts is cut and empty; one that was refused is refused', async () => {
    const server = await serveAnthropic({ key }, () => ({ answer: '', thinking: 'One,', ended: 'at the limit' }))
    const asked = { protocol: 'anthropic' as const, model: 'claude-sonnet-4-5', key }
    expect(await ask(server, asked)).toMatchObject({ response: '', thinking: 'One,', truncated: true })
    server.says = () => ({ answer: 'I cannot', ended: 'by refusing' })
    expect(await ask(server, asked)).toMatchObject({ response: 'I cannot', refused: true, truncated: false })
  })

  const failed = (type: string, message: string, details?: object) =>
    JSON.stringify({ type: 'error', error: { type, message, ...(details && { details }) }, request_id: 'req_1' })
  test.each([
    [401, failed('authentication_error', 'invalid x-api-key'), {}, 'auth', null],
    [403, failed('permission_error', 'Your API key does not have permission'), {}, 'auth', null],
    [404, failed('not_found_error', 'model: claude-9'), {}, 'not_found', null],
    [413, failed('request_too_large', 'Request exceeds the maximum size'), {}, 'too_large', null],
    [
      429,
      failed('rate_limit_error', 'This would exceed your rate limit'),
      { 'retry-after': '12' },
      'rate_limit',
      12_000,
    ],
    [429, failed('rate_limit_error', 'limit', { error_code: 'enforced_spend_limit_reached' }), {}, 'quota', null],
    [402, failed('billing_error', 'There is an issue with your billing'), {}, 'quota', null],
    [
      400,
      failed('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      {},
      'quota',
      null,
    ],
    [
      400,
      failed(
        'invalid_request_error',
        'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      ),
      {},
      'quota',
      null,
    ],
    [400, failed('invalid_request_error', 'prompt is too long: 209753 tokens > 200000 maximum'), {}, 'context', null],
    [
      400,
      failed('invalid_request_error', 'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000'),
      {},
      'context',
      null,
    ],
    [
      400,
      failed(
        'invalid_request_error',
        'messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 6 bytes > 5 bytes',
      ),
      {},
      'too_large',
      null,
    ],
    [
      400,
      failed(
        'invalid_request_error',
        'messages.0.content.1.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels',
      ),
      {},
      'too_large',
      null,
    ],
    [400, failed('invalid_request_error', '`temperature` is deprecated for this model.'), {}, 'bad_request', null],
    [500, failed('api_error', 'Internal server error'), {}, 'server', null],
    [529, failed('overloaded_error', 'Overloaded'), {}, 'overloaded', null],
    [529, failed('overloaded_error', 'Overloaded'), { 'retry-after': '8' }, 'overloaded', 8_000],
    [200, failed('overloaded_error', 'Overloaded'), {}, 'overloaded', null],
    [200, failed('authentication_error', 'invalid x-api-key'), {}, 'auth', null],
    [200, failed('permission_error', 'no access'), {}, 'auth', null],
    [200, failed('not_found_error', 'model: claude-9'), {}, 'not_found', null],
    [200, failed('invalid_request_error', 'Could not process image'), {}, 'bad_request', null],
    [200, failed('api_error', 'Internal server error'), {}, 'server', null],
    [502, '<html>Bad gateway</html>', {}, 'server', null],
    [200, '<html>Sign in</html>', {}, 'protocol', null],
    [200, '{"choices":[]}', {}, 'protocol', null],
  ])('of status %d that says %s is a failure of the right class', (status, body, headers, errorClass, waitMs) => {
    expect(anthropic.readReply(status, headers, body)).toMatchObject({ kind: 'failure', errorClass, waitMs })
  })

  const streamed = (...events: { type: string }[]) =>
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  const start = {
    type: 'message_start',
    message: { model: 'claude-sonnet-4-5', content: [], usage: { input_tokens: 9 } },
  }
  const deltas = [
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'One, ' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'two.' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Tw' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'o.' } },
  ]
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ]

  test('that comes as a stream, though nobody asked for one, is read', () => {
    expect(anthropic.readReply(200, {}, streamed(start, ...deltas, ...end))).toMatchObject({
      response: 'Two.',
      thinking: 'One, two.',
      finishReason: 'end_turn',
      tokensIn: 9,
      tokensOut: 7,
    })
    const failedLater = streamed(start, ...deltas, JSON.parse(failed('overloaded_error', 'Overloaded')))
    expect(anthropic.readReply(200, {}, failedLater)).toMatchObject({ kind: 'failure', errorClass: 'overloaded' })
    expect(anthropic.readReply(200, {}, streamed(start, ...deltas))).toMatchObject({ errorClass: 'protocol' })
  })

  test('of a kind of block that nobody knows yet is read all the same', () => {
    const content = [
      { type: 'redacted_thinking', data: 'x' },
      { type: 'text', text: 'a' },
      { type: 'citation' },
      { type: 'text', text: 'b' },
    ]
    const reply = anthropic.readReply(
      200,
      {},
      JSON.stringify({ content, stop_reason: 'end_turn', usage: { input_tokens: -1e99 } }),
    )
    expect(reply).toMatchObject({ response: 'ab', thinking: null, refused: false })
  })
})

test.each([
  ['https://api.anthropic.com', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/v1', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/v1/messages/', 'https://api.anthropic.com'],
  ['https://api.anthropic.com/v1/models', 'https://api.anthropic.com'],
  ['https://api.minimax.io/anthropic', 'https://api.minimax.io/anthropic'],
])('%s is taken as %s', (given, base) => expect(anthropic.baseUrlOf(given)).toBe(base))

test('the check passes there, names its models where the asked one is missing, and says what a wrong key is', async () => {
  const server = await serveAnthropic({ key }, () => '')
  await expectCheckedWell(server, { protocol: 'anthropic', model: 'claude-sonnet-4-5', key })
})
