import { expect, test } from 'vitest'
import { failureIn } from '#server/endpoints/protocols/http-failure.ts'

const now = Date.UTC(2026, 0, 1)
const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  failureIn(status, headers, typeof body === 'string' ? body : JSON.stringify(body), body, now)
const said = (message: string, rest: object = {}) => ({ error: { message, ...rest } })

const minimax = (status_code: number) => ({ choices: null, base_resp: { status_code, status_msg: 'x' } })
const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' }
const quotaFailure = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId }],
})
const gemini = (details: object[]) =>
  said('You exceeded your current quota, please check your plan and billing details.', {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    details,
  })
const groq = said(
  'Rate limit reached for model `x` on tokens per minute (TPM): Limit 6000, Used 5800, Requested 900. Please try again in 7.66s. Need more tokens? Upgrade at https://console.groq.com/settings/billing',
  { type: 'tokens', code: 'rate_limit_exceeded' },
)

test.each<[string, number, unknown, string, number | null]>([
  ['Groq', 429, groq, 'rate_limit', 7_660],
  ['Gemini per minute', 429, gemini([quotaFailure('PerMinutePerModel-FreeTier'), retryInfo]), 'rate_limit', 37_000],
  ['Gemini as a list', 429, [gemini([retryInfo])], 'rate_limit', 37_000],
  ['Gemini per day', 429, gemini([quotaFailure('RequestsPerDayPerModel-FreeTier'), retryInfo]), 'quota', null],
  ['Azure', 429, said('Please retry after 7 seconds.', { code: '429' }), 'rate_limit', 7_000],
  ['OpenAI', 429, said('Please try again in 6m0s.', { code: 'rate_limit_exceeded' }), 'rate_limit', 360_000],
  ['OpenAI, spent', 429, said('Check your billing details.', { code: 'insufficient_quota' }), 'quota', null],
  ['spent, without a code', 429, said('You exceeded your current quota'), 'quota', null],
  ['words of billing alone', 429, said('Slow down. See /billing'), 'rate_limit', null],
  ['Anthropic, spent', 400, said('Your credit balance is too low to access the API.'), 'quota', null],
  ['xAI, spent', 403, { error: 'Your team has used all available credits' }, 'quota', null],
  ['OpenRouter, spent', 402, said('Insufficient credits', { code: 402 }), 'quota', null],
  ['MiniMax, spent', 200, minimax(1008), 'quota', null],
  ['MiniMax, key', 200, minimax(1004), 'auth', null],
  ['MiniMax, too fast', 200, minimax(1002), 'rate_limit', null],
  ['MiniMax, wrong', 200, minimax(2013), 'bad_request', null],
  ['MiniMax, other', 200, minimax(1000), 'server', null],
  ['Moonshot, spent', 429, said('x', { type: 'exceeded_current_quota_error' }), 'quota', null],
  ['vLLM, too long', 400, { object: 'error', message: "This model's maximum context length is 4096" }, 'context', null],
  ['vLLM, too long now', 400, said('The decoder prompt is longer than the maximum model length of 8'), 'context', null],
  ['llama.cpp, too long', 400, said('x', { type: 'exceed_context_size_error', code: 400 }), 'context', null],
  ['Ollama, too long', 500, said('input length exceeds maximum context length'), 'context', null],
  ['Azure, too long', 400, said('x', { code: 'context_length_exceeded' }), 'context', null],
  ['Anthropic, too long', 400, said('prompt is too long: 9 tokens > 8 maximum'), 'context', null],
  ['Gemini, too long', 400, said('The input token count (9) exceeds the maximum'), 'context', null],
  ['Anthropic, large', 400, said('messages.0: image exceeds 5 MB maximum: 6 bytes > 5 bytes'), 'too_large', null],
  ['Anthropic, wide', 400, said('image dimensions exceed max allowed size: 8000 pixels'), 'too_large', null],
  ['Gemini, large', 400, said('Request payload size exceeds the limit: 20971520 bytes.'), 'too_large', null],
  ['OpenAI, large', 400, said('x', { code: 'image_too_large' }), 'too_large', null],
  ['Gemini, key', 400, said('x', { details: [{ reason: 'API_KEY_INVALID' }] }), 'auth', null],
  ['Azure, name', 404, said('x', { code: 'DeploymentNotFound' }), 'not_found', null],
  ['OpenRouter, name', 400, said('x/y is not a valid model ID', { code: 400 }), 'not_found', null],
  [
    'Anthropic, busy',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'overloaded',
    null,
  ],
  ['Gemini, busy', 503, said('The model is overloaded.', { code: 503, status: 'UNAVAILABLE' }), 'overloaded', null],
  ['Gemini, away', 503, said('The service is down.', { code: 503, status: 'UNAVAILABLE' }), 'server', null],
  ['OpenAI, busy', 503, said('The engine is currently overloaded, please try again later'), 'overloaded', null],
  ['Groq, no capacity', 498, said('x', { code: 'capacity_exceeded' }), 'overloaded', null],
  ['Cloudflare', 400, { success: false, errors: [{ code: 10, message: 'bad' }] }, 'bad_request', null],
  ['a 403 of the web', 403, { message: 'Forbidden' }, 'auth', null],
])('%s is read as its maker means it', (_name, status, body, errorClass, waitMs) => {
  expect(read(status, body)).toMatchObject({ kind: 'failure', errorClass, waitMs })
})

test('a header that asks for a wait goes before the words', () => {
  expect(read(429, groq, { 'retry-after': '3' })).toMatchObject({ waitMs: 3_000 })
})

test('an error that holds what an upstream said is shown with it, and bounded', () => {
  const body = said('Provider returned error', { code: 429, metadata: { raw: `busy ${'x'.repeat(10_000)}` } })
  const failure = read(200, body)
  expect(failure).toMatchObject({ kind: 'failure', errorClass: 'rate_limit' })
  expect(JSON.stringify(failure)).toMatch(/Provider returned error busy x{1000,1100} \(429\)/)
})

test('a body of status 200 without an error is none of its business', () => {
  for (const body of [{ choices: [] }, { error: null }, { message: 'x' }, [], null, 7])
    expect(read(200, body)).toBeNull()
})

test("MiniMax's sensitive input is a refusal, and its 0 is no error", () => {
  expect(read(200, minimax(1026))).toMatchObject({ kind: 'reply', refused: true })
  expect(read(200, minimax(0))).toBeNull()
})
