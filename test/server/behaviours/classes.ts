import { failure, json, page, pauses, passes, refusedOutright, waits, type Behaviour } from './behaviour.ts'

const groq =
  'Rate limit reached for model `m` on tokens per minute (TPM): Limit 6000, Used 5800. Please try again in 7.66s. Need more tokens? Upgrade at https://console.groq.com/settings/billing'
const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' }
const freeTier = {
  error: {
    code: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId: 'PerMinute-FreeTier' }] },
      retryInfo,
    ],
  },
}
const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString()
const slow = (headers: Record<string, string>) => failure(429, 'slow down', {}, headers)
const spent = /paused.*quota of .* is spent.*top it up/
const context = (name: string, status: number, message: string, rest: object = {}) =>
  refusedOutright(`too long for ${name}`, failure(status, message, rest), 'context')

/** Each failure in the words of its maker: what waits, what pauses, what is the example's own. */
export const classes: Behaviour[] = [
  waits('Groq’s minute', failure(429, groq, { type: 'tokens', code: 'rate_limit_exceeded' }), 7_660),
  waits('Gemini’s free minute', json(429, freeTier), 37_000),
  waits('Gemini’s free minute as a list', json(429, [freeTier]), 37_000),
  waits('words of billing and no code', failure(429, 'Slow down, see /billing', {}, { 'retry-after': '9' }), 9_000),
  waits('Retry-After in seconds', slow({ 'retry-after': '20' }), 20_000),
  waits('Retry-After with decimals', slow({ 'retry-after': '20.5' }), 20_500),
  waits('Retry-After as a date', () => slow({ 'retry-after': inAnHour() }), 3_600_000),
  waits('Retry-After with a unit', slow({ 'retry-after': '37s' }), 37_000),
  waits('retry-after-ms', slow({ 'retry-after-ms': '20400', 'retry-after': '99' }), 20_400),
  waits('a reset of minutes', slow({ 'x-ratelimit-reset-tokens': '6m0s' }), 360_000),
  waits(
    'a reset of a second',
    slow({ 'x-ratelimit-reset-requests': '21s', 'x-ratelimit-remaining-requests': '0' }),
    21_000,
  ),
  waits('RetryInfo alone', json(503, { error: { code: 503, message: 'x', details: [retryInfo] } }), 37_000, 'server'),
  waits('Anthropic’s overload', failure(529, 'Overloaded', {}, { 'retry-after': '30' }), 30_000, 'overloaded'),
  waits('a rate limit within a 200', failure(200, 'busy', { code: 429 }, { 'retry-after': '30' }), 30_000),
  waits(
    'a reset that a router passes on',
    () => {
      const headers = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(Date.now() + 3_600_000) }
      return failure(429, 'free-models-per-min', { metadata: { headers } })
    },
    3_600_000,
  ),
  waits('more than a day', slow({ 'retry-after': '999999999' }), 86_400_000),
  passes('a 429 that asks for nothing', failure(429, 'slow down')),
  passes('a 503 that asks for a moment', failure(503, 'x', {}, { 'retry-after-ms': '5' })),
  passes('no capacity at Groq', failure(498, 'capacity exceeded')),
  pauses('OpenAI’s quota', failure(429, 'Check your billing', { code: 'insufficient_quota' }), 'quota', spent),
  pauses('Anthropic’s credit', failure(400, 'Your credit balance is too low to access the API.'), 'quota', spent),
  pauses('Zhipu’s balance', failure(429, '余额不足', { code: '1113' }), 'quota', spent),
  pauses('a day’s allowance', failure(429, 'Rate limit exceeded: free-models-per-day'), 'quota', spent),
  pauses('402', failure(402, 'Payment required'), 'quota', spent),
  pauses('xAI’s credit', json(403, { error: 'Your team has used all available credits' }), 'quota', spent),
  pauses('a wrong key', failure(401, 'Incorrect API key'), 'auth', /paused.*refuses the key.*Incorrect API key/),
  pauses(
    'a wrong key as a 400',
    failure(400, 'x', { details: [{ reason: 'API_KEY_INVALID' }] }),
    'auth',
    /refuses the key/,
  ),
  pauses('an unknown model', failure(404, 'no such model'), 'not_found', /paused.*does not know m /),
  pauses('another page', page(405, 'Method Not Allowed'), 'not_found', /correct the model name or the address/),
  pauses('an unknown model as a 400', failure(400, 'm is not a valid model ID'), 'not_found', /does not know m /),
  context('OpenAI', 400, 'x', { code: 'context_length_exceeded' }),
  context(
    'Azure',
    400,
    "This model's maximum context length is 128000 tokens. However, your messages resulted in more",
  ),
  context('vLLM', 400, 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.'),
  context('llama.cpp', 400, 'the request exceeds the available context size.', { type: 'exceed_context_size_error' }),
  context('llama.cpp of old', 500, 'input is too large to process. increase the physical batch size'),
  context('Ollama', 500, 'input length exceeds maximum context length'),
  context('vLLM, with no room for an answer', 400, 'max_tokens must be at least 1, got -904.'),
  context('TGI', 422, 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000'),
  context('Together', 400, 'Input validation error: `inputs` must have less than 4097 tokens. Given: 5000'),
  context('TensorRT-LLM', 400, 'The sum of prompt length (5000) and query length (0) should not exceed max_num_tokens'),
  context('LMDeploy', 400, 'The input length 5000 exceeds the session length 4096'),
  context('DashScope', 400, 'Range of input length should be [1, 30720]', { code: 'invalid_parameter_error' }),
  context('Zhipu', 400, 'Prompt exceeds max length', { code: '1261' }),
  context('Anthropic', 400, 'prompt is too long: 213462 tokens > 200000 maximum'),
  context('Gemini', 400, 'The input token count (1050000) exceeds the maximum number of tokens allowed'),
  refusedOutright(
    'too long for vLLM of old',
    json(400, { object: 'error', message: "This model's maximum context length is 9" }),
    'context',
  ),
  refusedOutright(
    'too large for Anthropic',
    failure(400, 'image exceeds 5 MB maximum: 6 bytes > 5 bytes'),
    'too_large',
  ),
  refusedOutright(
    'too wide for Anthropic',
    failure(400, 'image dimensions exceed max allowed size: 8000 pixels'),
    'too_large',
  ),
  refusedOutright('too large, said as a limit', failure(400, 'Image must be at most 20 MB'), 'too_large'),
  refusedOutright('too small', failure(400, 'image width must be larger than 10'), 'bad_request'),
  refusedOutright('too large for a proxy', page(413, 'Request Entity Too Large'), 'too_large'),
  refusedOutright('a bad parameter', json(422, { detail: [{ loc: ['body'], msg: 'unknown' }] }), 'bad_request'),
  refusedOutright(
    'an error as a list',
    json(400, [{ error: { code: 400, message: 'bad', status: 'INVALID_ARGUMENT' } }]),
    'bad_request',
  ),
]
