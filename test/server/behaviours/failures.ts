import {
  completion,
  failure,
  fails,
  json,
  page,
  pauses,
  passes,
  read,
  refuses,
  says,
  type Behaviour,
} from './behaviour.ts'

const partial = { content: 'The answer is' }
const azure = {
  message: 'The response was filtered',
  code: 'content_filter',
  innererror: { code: 'ResponsibleAIPolicyViolation' },
}

/** A failure of theirs is never an answer, and a refusal is one. */
export const failures: Behaviour[] = [
  fails('finish_reason error', () => completion(partial, { finish_reason: 'error' }), 'server'),
  fails('finish_reason abort', () => completion(partial, { finish_reason: 'abort' }), 'server'),
  fails('abort as an object', () => completion(partial, { finish_reason: { type: 'abort' } }), 'server'),
  fails(
    'finish_reason insufficient_system_resource',
    () => completion(partial, { finish_reason: 'insufficient_system_resource' }),
    'server',
  ),
  fails('an error in a choice', () => completion(partial, { error: { code: 502, message: 'upstream' } }), 'server'),
  fails('an error for a choice', () => '{"choices":[{"error":{"message":"upstream"}}]}', 'server'),
  fails('an error beside choices', () => completion(partial, {}, { error: { message: 'upstream' } }), 'server'),
  fails('an error in a 200', () => '{"error":{"message":"upstream","code":503}}', 'server'),
  fails('an error in a stream', () => 'data: {"error":{"message":"upstream"}}\n\n', 'server'),
  fails('a page with status 200', () => page(200, 'Welcome'), 'protocol'),
  fails('no choices', () => '{"choices":[]}', 'protocol'),
  fails('JSON that is cut', (gold) => says(gold).slice(0, -9), 'protocol'),
  fails('a stream that is cut', () => 'data: {"choices":[{"delta":{"content":"The answer"}}]}\n\n', 'protocol'),
  passes('finish_reason error once', completion(partial, { finish_reason: 'error' })),
  passes('an error in a 200 once', '{"error":{"message":"upstream","code":502}}'),
  passes('502 once', page(502, 'Bad gateway')),
  passes('529 once', failure(529, 'Overloaded')),
  passes('an empty answer once', says('')),
  read('no error, said so', (gold) => completion({ content: gold }, { error: null }, { error: null })),
  read('a filter that could not look', (gold) =>
    says(gold, { content_filter_results: { error: { code: 'content_filter_error', message: 'not filtered' } } }),
  ),
  pauses('a 403 page that says flagged', page(403, 'Your IP was flagged'), 'auth', /paused.*refuses the key.*flagged/),
  pauses('a 403 in words of moderation', failure(403, 'flagged by moderation'), 'auth', /refuses the key.*flagged/),
  refuses('finish_reason content_filter', completion(partial, { finish_reason: 'content_filter' })),
  refuses('a refusal', completion({ content: null, refusal: 'I cannot help with that.' })),
  refuses('Azure’s filter', json(400, { error: azure })),
  refuses(
    'Azure’s filter with a completion',
    json(400, { error: azure, choices: [{ message: partial, finish_reason: 'content_filter' }] }),
  ),
  refuses(
    'Azure’s filter, a completion alone',
    json(400, { choices: [{ message: partial, finish_reason: 'content_filter' }] }),
  ),
  refuses(
    'Gemini’s reason through an address of OpenAI’s shape',
    completion({ content: null }, { finish_reason: 'SAFETY' }),
  ),
  refuses('a filter with its cause', completion({ content: null }, { finish_reason: 'content_filter: RECITATION' })),
  refuses('Anthropic’s filter', failure(400, 'Output blocked by content filtering policy')),
  refuses('Zhipu’s filter', failure(400, 'x', { code: '1301' })),
  fails(
    'Gemini’s broken call through an address of OpenAI’s shape',
    () => completion({ content: null }, { finish_reason: 'function_call_filter: MALFORMED_FUNCTION_CALL' }),
    'server',
  ),
  refuses('OpenAI’s policy', failure(400, 'x', { code: 'content_policy_violation' })),
  refuses('Grok’s safety', json(403, { code: 'x', error: 'Content violates. Failed check: SAFETY_CHECK_TYPE_BIO' })),
  refuses('OpenRouter’s moderation', failure(403, 'x', { code: 403, metadata: { reasons: ['violence'] } })),
  read('an answer that stays empty', () => says(' \n'), {
    class: 'scored empty',
    calls: 2,
    score: 0,
    words: /1 empty of 1 answers \(100\.0 %\)/,
  }),
  read('content of null', () => completion({ content: null }), { class: 'scored empty', calls: 2, score: 0 }),
  read('another model', (gold) => says(gold, {}, { model: 'gpt-4o-mini' }), {
    class: 'scored other',
    words: /asked m, got gpt-4o-mini in 1 of 1 replies, first at example 1/,
  }),
  read('a dated name of the model', (gold) => says(gold, {}, { model: 'maker/m-2024-08-06' })),
  read('no name of a model', (gold) => completion({ content: gold }, {}, { model: null })),
]
