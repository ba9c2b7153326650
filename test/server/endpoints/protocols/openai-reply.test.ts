import { describe, expect, test } from 'vitest'
import { readCompletion } from '#server/endpoints/protocols/openai-reply.ts'

const completion = (message: object, rest: object = {}, beside: object = {}) =>
  JSON.stringify({ choices: [{ message, finish_reason: 'stop', ...rest }], ...beside })
const read = (body: string) => readCompletion(200, {}, body)
const events = (...chunks: unknown[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
const delta = (delta: object, rest: object = {}) => ({ model: 'm', choices: [{ index: 0, delta, ...rest }] })

describe('thoughts that have a place of their own are kept apart', () => {
  test.each([
    ['reasoning', { content: '4', reasoning: 'two and two' }],
    ['reasoning_content', { content: '4', reasoning_content: 'two and two' }],
    ['both, with the same words', { content: '4', reasoning: 'two and two', reasoning_content: 'two and two' }],
    ['reasoning_details', { content: '4', reasoning_details: [{ type: 'reasoning.text', text: 'two and two' }] }],
    ['a part of thinking', { content: [{ type: 'thinking', thinking: 'two and two' }, '4'] }],
    [
      'a part of parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'two and two' }] },
          { type: 'text', text: '4' },
        ],
      },
    ],
    ['a part of reasoning', { content: [{ type: 'reasoning', text: 'two and two' }, { text: '4' }] }],
    ['a summary', { content: [{ type: 'reasoning', summary: [{ text: 'two and two' }] }, { text: '4' }] }],
  ])('%s', (_name, message) => {
    expect(read(completion(message))).toMatchObject({ kind: 'reply', response: '4', thinking: 'two and two' })
  })

  test('tokens that were cached or thought are counted in every usual place', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 8,
      prompt_tokens_details: { cached_tokens: 7 },
      completion_tokens_details: { reasoning_tokens: 6 },
    }
    const counted = { tokensIn: 9, tokensOut: 8, tokensCached: 7, tokensThinking: 6 }
    expect(read(completion({ content: '4' }, {}, { usage }))).toMatchObject(counted)
    const elsewhere = { prompt_cache_hit_tokens: 7, reasoning_tokens: 6 }
    expect(read(completion({ content: '4' }, {}, { usage: elsewhere }))).toMatchObject({
      tokensCached: 7,
      tokensThinking: 6,
    })
  })
})

describe('a failure of theirs is never an answer', () => {
  test.each(['error', 'abort', 'insufficient_system_resource'])('finish_reason %s, with partial text', (finish) => {
    expect(read(completion({ content: 'The answer is' }, { finish_reason: finish }))).toMatchObject({
      kind: 'failure',
      errorClass: 'server',
    })
  })

  test.each([
    ['inside a choice', completion({ content: 'The' }, { error: { code: 502, message: 'upstream' } }), 'server'],
    ['inside a choice, without a message', '{"choices":[{"error":{"code":429,"message":"slow"}}]}', 'rate_limit'],
    ['beside choices', completion({ content: 'The' }, {}, { error: { message: 'cut', code: 500 } }), 'server'],
    ['beside no choices', '{"choices":[],"error":{"message":"busy","code":"rate_limit_exceeded"}}', 'rate_limit'],
    ['a choice of nothing', '{"choices":[{}]}', 'protocol'],
    ['in a stream', events(delta({ content: 'The' }), { error: { code: 502, message: 'upstream' } }), 'server'],
  ])('an error %s', (_name, body, errorClass) => {
    expect(read(body)).toMatchObject({ kind: 'failure', errorClass })
  })

  test('members that say there was no error are none', () => {
    const filter = { error: { code: 'content_filter_error', message: 'The contents are not filtered' } }
    for (const beside of [{ error: null }, { error: {} }, { error: '' }, { message: 'ok', detail: 'x' }])
      expect(read(completion({ content: '4' }, {}, beside))).toMatchObject({ response: '4' })
    expect(read(completion({ content: '4' }, { content_filter_results: filter }))).toMatchObject({ response: '4' })
  })
})

describe('what can be read is read', () => {
  const plain = completion({ content: '4 NaN "Infinity" \\ [DONE]' })
  test.each([
    ['a byte order mark', `\uFEFF${plain}`],
    ['[DONE]', `${plain}\n\ndata: [DONE]\n`],
    ['bare [DONE]', `${plain}[DONE]`],
    ['NaN', plain.replace('"choices"', '"score":NaN,"low":-Infinity,"choices"')],
  ])('with %s', (_name, body) => expect(read(body)).toMatchObject({ response: '4 NaN "Infinity" \\ [DONE]' }))

  test.each([
    ['parts of null', { content: [{ type: 'text', text: null }, { text: '4' }] }, '4'],
    ['parts that are texts', { content: ['4', '2'] }, '42'],
    ['a refusal among the parts', { content: [{ type: 'refusal', refusal: 'No.' }] }, 'No.'],
  ])('%s', (_name, message, response) => expect(read(completion(message))).toMatchObject({ response }))

  test('a finish reason that is an object', () => {
    const body = completion({ content: '4' }, { finish_reason: { type: 'length', length: 32 } })
    expect(read(body)).toMatchObject({ finishReason: 'length', truncated: true })
    const aborted = completion({ content: '4' }, { finish_reason: { type: 'abort', message: 'x' } })
    expect(read(aborted)).toMatchObject({ kind: 'failure', errorClass: 'server' })
  })

  test('a stream that nobody asked for', () => {
    const body =
      ': keep-alive\n\n' +
      events(
        { choices: [], prompt_filter_results: [] },
        delta({ role: 'assistant', content: '' }),
        delta({ reasoning_content: 'two ' }),
        delta({ reasoning_content: 'and two' }),
        delta({ content: 'It is' }),
        delta({ content: [{ type: 'text', text: ' 4' }] }),
        delta({}, { finish_reason: 'stop' }),
        { model: 'm', choices: [], usage: { prompt_tokens: 9, completion_tokens: 5 } },
      ) +
      'data: [DONE]\n\n'
    const whole = { response: 'It is 4', thinking: 'two and two', finishReason: 'stop', repliedModel: 'm', tokensIn: 9 }
    expect(read(body)).toMatchObject(whole)
    expect(read(body.replaceAll('\n', '\r\n'))).toMatchObject(whole)
    expect(read(`\uFEFF${body}`)).toMatchObject(whole)
  })

  test('a stream that broke off is no answer', () => {
    const body = events(delta({ content: 'It is' }), delta({ content: ' 4' }))
    expect(read(body)).toMatchObject({ kind: 'failure', errorClass: 'protocol' })
    expect(read(`${body}data: {"choices":[{"del`)).toMatchObject({ kind: 'failure', errorClass: 'protocol' })
  })
})
