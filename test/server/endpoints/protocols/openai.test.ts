import { describe, expect, test } from 'vitest'
import { Secret } from '#server/core/secrets.ts'
import { openai } from '#server/endpoints/protocols/openai.ts'
import type { Sampling, WireSettings } from '#server/endpoints/protocols/protocol.ts'

const unset = { topP: null, topK: null, seed: null, stop: null, system: null, reasoningEffort: null }
const settingsOf = (sampling: Partial<Sampling> = {}, rest: Partial<WireSettings> = {}): WireSettings => ({
  baseUrl: 'https://h/v1',
  remoteModel: 'm',
  extraBody: {},
  maxTokensName: 'max_tokens',
  thinkingTags: ['usual'],
  ...rest,
  sampling: { ...unset, maxTokens: 9, temperature: 0, ...sampling },
})
const bodyOf = (request: { body: Uint8Array[] }) => JSON.parse(Buffer.concat(request.body).toString('utf8'))
const answer = (rest: object) =>
  JSON.stringify({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop', ...rest }] })

describe('requests', () => {
  test('parts keep their order, pictures go as data URLs and their bytes are not copied into a text', () => {
    const base64 = Buffer.from('AAAA')
    const request = openai.buildRequest(settingsOf({ maxTokens: 32, stop: ['\n'] }), new Secret('k'), {
      parts: [
        { kind: 'image', mediaType: 'image/jpeg', base64 },
        { kind: 'text', text: 'What is "this"?\n' },
      ],
    })
    expect(request.path).toBe('/chat/completions')
    expect(request.headers['authorization']).toBe('Bearer k')
    expect(request.body).toContain(base64)
    expect(bodyOf(request)).toEqual({
      model: 'm',
      max_tokens: 32,
      temperature: 0,
      stop: ['\n'],
      stream: false,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
            { type: 'text', text: 'What is "this"?\n' },
          ],
        },
      ],
    })
  })

  test('a prompt of one text goes as a plain string, without a key without the header', () => {
    const request = openai.buildRequest(settingsOf(), null, { parts: [{ kind: 'text', text: 'é' }] })
    expect(bodyOf(request).messages).toEqual([{ role: 'user', content: 'é' }])
    expect(request.headers).not.toHaveProperty('authorization')
  })

  test('extra members are added, null takes one out, and messages and stream stay ours', () => {
    const extraBody = { temperature: null, top_p: 1, stream: true, messages: [], max_completion_tokens: 5 }
    const prompt = { parts: [{ kind: 'text' as const, text: 'q' }] }
    expect(bodyOf(openai.buildRequest(settingsOf({}, { extraBody }), null, prompt))).toEqual({
      model: 'm',
      max_completion_tokens: 5,
      top_p: 1,
      stream: false,
      messages: [{ role: 'user', content: 'q' }],
    })
  })

  test('the limit goes under the name that the server takes, with everything else that is set', () => {
    const sampling = { topP: 0.9, topK: 20, seed: 3, reasoningEffort: 'low', system: 'Be "brief".', temperature: null }
    const settings = settingsOf(sampling, { maxTokensName: 'max_completion_tokens' })
    const request = openai.buildRequest(settings, null, { parts: [{ kind: 'text', text: 'q' }] })
    expect(bodyOf(request)).toEqual({
      model: 'm',
      max_completion_tokens: 9,
      top_p: 0.9,
      top_k: 20,
      seed: 3,
      reasoning_effort: 'low',
      stream: false,
      messages: [
        { role: 'system', content: 'Be "brief".' },
        { role: 'user', content: 'q' },
      ],
    })
  })

  test.each([
    ['https://h/v1', 'https://h/v1'],
    ['https://h/v1/', 'https://h/v1'],
    ['https://h/v1/chat/completions', 'https://h/v1'],
    ['https://h/v1/chat/completions/', 'https://h/v1'],
    ['https://h/v1/models', 'https://h/v1'],
    ['https://h', 'https://h/v1'],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000/v1'],
    ['https://h/chat/completions', 'https://h'],
    ['https://h/v1/responses', 'https://h/v1'],
  ])('%s is taken as %s', (given, base) => expect(openai.baseUrlOf(given)).toBe(base))
})

describe('replies', () => {
  test.each([
    ['text', answer({}), { response: 'hi', refused: false, truncated: false, finishReason: 'stop' }],
    [
      'parts',
      answer({
        message: {
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      }),
      { response: 'ab' },
    ],
    ['null content', answer({ message: { content: null } }), { response: '' }],
    ['cut off', answer({ finish_reason: 'length' }), { truncated: true }],
    ['content filter', answer({ finish_reason: 'content_filter' }), { refused: true }],
    [
      'refusal field',
      answer({ message: { content: null, refusal: 'I cannot' } }),
      { refused: true, response: 'I cannot' },
    ],
    [
      'odd usage',
      answer({}).replace('{', '{"usage":{"prompt_tokens":"7","completion_tokens":3},'),
      { tokensIn: null, tokensOut: 3 },
    ],
  ])('%s', (_name, body, expected) => {
    expect(openai.readReply(200, {}, body)).toMatchObject({ kind: 'reply', ...expected })
  })

  test.each([
    [400, '{"error":{"message":"x","code":"content_filter"}}'],
    [400, '{"error":{"message":"x","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}'],
    [400, '{"choices":[{"finish_reason":"content_filter","message":{}}],"error":{"message":"x"}}'],
    [400, '{"code":"data_inspection_failed","message":"x"}'],
    [403, '{"error":{"code":403,"message":"x","metadata":{"reasons":["violence"],"flagged_input":"…"}}}'],
    [403, '{"code":"x","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}'],
    [200, '{"error":{"message":"x","code":"content_filter"}}'],
  ])('a filter that answers %i with %s is a refusal', (status, body) => {
    expect(openai.readReply(status, {}, body)).toMatchObject({ kind: 'reply', refused: true, response: '' })
  })

  test.each([
    ['not JSON', 200, '<html>', 'protocol', /Bad reply \(200, text\/html\): <html>/],
    ['no choices', 200, '{"choices":[]}', 'protocol', /Bad reply/],
    ['null', 200, 'null', 'protocol', /Bad reply/],
    ['empty', 200, '', 'protocol', /Bad reply/],
    ['an error in a 200', 200, '{"error":{"message":"busy","code":429}}', 'rate_limit', /429: busy/],
    ['an error in a 200 without a code', 200, '{"error":"down"}', 'server', /down/],
    ['a redirect', 307, '', 'bad_request', /redirects to https:\/\/else/],
    ['wrong key', 401, '{"error":{"message":"no"}}', 'auth', /401: no/],
    ['forbidden', 403, '', 'auth', /403/],
    ['a page of a firewall', 403, '<html>Your request was flagged</html>', 'auth', /flagged/],
    ['words of moderation without a code', 403, '{"error":{"message":"flagged by moderation"}}', 'auth', /flagged/],
    ['unpaid', 402, '', 'quota', /402/],
    ['quota', 429, '{"error":{"message":"m","type":"insufficient_quota"}}', 'quota', /insufficient_quota/],
    ['busy', 429, '', 'rate_limit', /429/],
    ['unknown model', 404, '{"error":{"message":"no such model"}}', 'not_found', /no such model/],
    ['unknown model as 400', 400, '{"error":{"message":"m","code":"model_not_found"}}', 'not_found', /m/],
    ['too long', 400, '{"error":{"message":"This model\'s maximum context length is 8"}}', 'context', /maximum/],
    ['too long for vLLM', 400, '{"object":"error","message":"prompt is too long"}', 'context', /prompt/],
    ['too large', 413, '', 'too_large', /413/],
    ['large picture', 400, '{"error":{"message":"Image size 9000 exceeds the maximum"}}', 'too_large', /Image/],
    ['bad parameter', 422, '{"detail":[{"loc":["body"]}]}', 'bad_request', /loc/],
    ['server', 500, 'oops', 'server', /500: oops/],
    ['overloaded', 529, '', 'overloaded', /529/],
    ['slow', 408, '', 'timeout', /408/],
  ])('%s', (_name, status, body, errorClass, message) => {
    const headers = { 'content-type': 'text/html; charset=utf-8', location: 'https://else' }
    const outcome = openai.readReply(status, headers, body)
    expect(outcome).toMatchObject({ kind: 'failure', errorClass, message: expect.stringMatching(message) })
  })
})

test('the listing gives names, or none when it is something else', () => {
  expect(openai.readListing('{"data":[{"id":"a"},{"id":"b"}]}')).toEqual(['a', 'b'])
  expect(openai.readListing('<html>')).toEqual([])
})
