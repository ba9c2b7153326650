import type { ErrorClass } from '../schema.ts'
import { askedWaitMs } from '#server/core/http/waits.ts'
import type { WireFailure, WireReply } from './protocol.ts'
import { statedError, waitInWords, type StatedError } from './stated-error.ts'

/**
 * What a reply says that is no answer, the same for all wire formats: its class from the status, the codes and the words
 * in its body; a refusal where a documented code says that a filter stopped it. Null: nothing went wrong so far, the
 * status is 2xx and no error is stated. `parsed` is the body as JSON, undefined where it is none; `now` is in
 * milliseconds since 1970 and serves waits that are given as a moment.
 */
export function failureIn(
  status: number,
  headers: Record<string, string>,
  body: string,
  parsed: unknown,
  now: number = Date.now(),
): WireReply | WireFailure | null {
  if (status >= 300 && status < 400) return redirected(status, headers)
  const stated = statedError(parsed)
  if (status >= 200 && status < 300) return stated && statesFailure(parsed) ? failureOf(stated, headers, now) : null
  if (stated) return failed(status, headers, stated, now)
  const words = body.slice(0, 4096)
  const unstated = { message: words, codes: [], status: null, waitMs: waitInWords(words), headers: {} }
  return failed(status, headers, parsed === undefined ? unstated : { ...unstated, message: '' }, now)
}

/** The failure that an error object within a reply of status 200 stands for: routers report an upstream's so. */
export function failureOf(
  stated: StatedError,
  headers: Record<string, string>,
  now: number = Date.now(),
): WireReply | WireFailure {
  return failed(stated.status ?? statusOf(stated.codes), headers, stated, now)
}

/** A reply that a content filter stopped, which is the model's answer. `model` is the name that the reply gives. */
function refusal(finishReason: string, model: string | null = null): WireReply {
  return {
    kind: 'reply',
    response: '',
    thinking: null,
    finishReason,
    refused: true,
    truncated: false,
    repliedModel: model,
    tokensIn: null,
    tokensOut: null,
    tokensCached: null,
    tokensThinking: null,
  }
}

/** A body with an error beside an answer is a failure; one with a member called message or detail need not be. */
function statesFailure(parsed: unknown): boolean {
  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  if (typeof body !== 'object' || body === null) return false
  if ('base_resp' in body && statedError({ base_resp: body.base_resp })) return true
  return ('error' in body && Boolean(body.error)) || ('object' in body && body.object === 'error')
}

/** The failure of a reply that says it went well and is of another shape than it should be. */
export function unreadable(status: number, headers: Record<string, string>, body: string): WireFailure {
  const type = (headers['content-type'] ?? 'no content type').split(';')[0]!
  const message = `Bad reply (${status}, ${type}): ${body.slice(0, 2048)}`
  return { kind: 'failure', errorClass: 'protocol', message, waitMs: null }
}

function redirected(status: number, headers: Record<string, string>): WireFailure {
  const place = headers['location'] ? ` to ${headers['location']}` : ''
  const message = `${status}: the address redirects${place}; register the address it leads to`
  return { kind: 'failure', errorClass: 'bad_request', message, waitMs: null }
}

function failed(
  status: number,
  headers: Record<string, string>,
  stated: StatedError,
  now: number,
): WireReply | WireFailure {
  if (isFiltered(stated)) return refusal('content_filter')
  const waitMs = askedWaitMs({ ...stated.headers, ...headers }, now) ?? stated.waitMs
  const errorClass = classOf(status, stated, waitMs !== null)
  const message = `${status}${stated.message ? `: ${stated.message}` : ''}`
  const waits = ['rate_limit', 'overloaded', 'server'].includes(errorClass)
  return { kind: 'failure', errorClass, message, waitMs: waits ? waitMs : null }
}

/** Codes that decide whatever the status is, each from its provider's documentation. */
const classOfCode: Record<string, ErrorClass> = {
  insufficient_quota: 'quota', // OpenAI
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  billing_error: 'quota', // Anthropic
  overloaded_error: 'overloaded', // Anthropic
  enforced_spend_limit_reached: 'quota',
  insufficient_balance: 'quota',
  exceeded_current_quota_error: 'quota', // Moonshot
  arrearage: 'quota', // DashScope
  '1113': 'quota', // Zhipu
  accountoverdueerror: 'quota', // Volcengine
  minimax_1008: 'quota',
  minimax_1004: 'auth',
  minimax_2049: 'auth',
  invalid_api_key: 'auth',
  api_key_invalid: 'auth', // Gemini
  failed_precondition: 'auth', // Gemini: billing is off, or it does not serve this country
  authentication_error: 'auth',
  permission_error: 'auth', // Anthropic
  context_length_exceeded: 'context',
  string_above_max_length: 'context',
  exceed_context_size_error: 'context', // llama.cpp
  '1261': 'context', // Zhipu
  image_too_large: 'too_large',
  image_file_too_large: 'too_large',
  request_too_large: 'too_large',
  model_not_found: 'not_found',
  deploymentnotfound: 'not_found', // Azure
  invalid_model: 'not_found',
  not_found_error: 'not_found', // Anthropic
}

function classOf(status: number, { message, codes }: StatedError, waitTold: boolean): ErrorClass {
  if (status === 402) return 'quota'
  const coded = codes.map((code) => classOfCode[code]).find((known) => known !== undefined)
  if (coded) return coded
  if (status === 429) return isSpent(message, codes, waitTold) ? 'quota' : 'rate_limit'
  if (status < 500 && spentCredit.test(message)) return 'quota'
  if (![401, 403, 404].includes(status) && tooLong.some((words) => words.test(message))) return 'context'
  // Gemini: "The model is overloaded"; OpenAI: "The engine is currently overloaded".
  if (status === 503 && /\boverloaded\b/i.test(message)) return 'overloaded'
  const plain = classOfStatus[status] ?? (status >= 500 ? 'server' : null)
  if (plain) return plain
  if (largeImage.some((words) => words.test(message))) return 'too_large'
  if (unknownModel.test(message)) return 'not_found'
  if (/api key not (valid|found)|invalid api key|incorrect api key/i.test(message)) return 'auth'
  return 'bad_request'
}

const classOfStatus: Record<number, ErrorClass> = {
  401: 'auth',
  403: 'auth',
  404: 'not_found',
  // What is asked there is another page.
  405: 'not_found',
  410: 'not_found',
  408: 'timeout',
  409: 'server',
  413: 'too_large',
  424: 'server',
  425: 'server',
  // Groq: no capacity at the moment.
  498: 'overloaded',
  // Anthropic: too much is asked of the whole service.
  529: 'overloaded',
}

/**
 * Whether a 429 will not pass by waiting. A wait that was told, or a rate limit that is called one, will pass, even where
 * the words speak of billing (Groq) or of a quota (Gemini's free tier).
 */
function isSpent(message: string, codes: string[], waitTold: boolean): boolean {
  if (codes.some((code) => code.includes('perday')) || spentCredit.test(message)) return true
  if (waitTold || codes.some((code) => /^rate_?limit|resource_exhausted|too_many_requests/.test(code))) return false
  return /exceeded your current quota|\bper[- ]day\b/i.test(message)
}

/** Anthropic: "Your credit balance is too low"; Gemini: "prepayment credits are depleted"; xAI: "used all available credits"; OpenRouter: "Key limit exceeded". */
const spentCredit =
  /credit balance is too low|credits are depleted|specified (?:workspace )?api usage limits|insufficient (?:balance|credits?|funds|quota)|insufficient_quota|all available credits|out of credits|billing hard limit|spending limit|key limit exceeded/i

const tooLong = [
  // OpenAI, vLLM, SGLang, Mistral, Azure, and llama.cpp's available context size.
  /context[_ ](?:length|window|size)|maximum context|maximum (?:prompt|model) length/i,
  // Anthropic, Ollama, Gemini, Groq.
  /prompt is too long|input is too long|too many tokens|input length exceeds|exceeds? (?:the )?context limit/i,
  /input token count.{0,40}exceeds|reduce the length of the messages|prompt is too big|input is too large to process/i,
  // TGI and Together, TensorRT-LLM, LMDeploy, DashScope; vLLM, where the question leaves no room for an answer.
  /`inputs`.{0,40}(?:tokens|less than)|exceed max_num_tokens|exceeds? the session length|range of input length/i,
  /max_(?:completion_)?tokens must be at least 1, got -/i,
]

const largeImage = [
  /image.{0,80}(?:too large|too big|exceed|(?<!must be )larger than|at most|maximum (?:size|dimension))/i,
  /(?:payload|request|body)[a-z ]{0,20}(?:too large|exceeds the limit)/i,
]

const unknownModel =
  /model_not_found|model.{0,80}(?:does not exist|not found|not exist|is not supported)|not a valid model/i

/**
 * Codes by which filters are documented: OpenAI and Azure, Moonshot, DashScope, Volcengine; OpenRouter's moderation gives
 * its reasons.
 */
const filterCodes = new Set([
  'content_filter',
  'content_policy_violation',
  'image_content_policy_violation',
  'bio_policy',
  'invalid_prompt',
  'moderation_blocked',
  'responsibleaipolicyviolation',
  'data_inspection_failed',
  'datainspectionfailed',
  'moderated',
  '1301', // Zhipu
  'minimax_1026',
  'minimax_1027',
])

function isFiltered({ codes, message }: StatedError): boolean {
  if (codes.some((code) => filterCodes.has(code) || code.endsWith('sensitivecontentdetected'))) return true
  // xAI names the failed check; DeepSeek and Anthropic have no code but these words.
  return /SAFETY_CHECK_TYPE_|^Content Exists Risk|^Output blocked by content filtering policy/.test(message)
}

/** The status that codes without one stand for; 502 for an upstream that says nothing else. */
function statusOf(codes: string[]): number {
  if (codes.some((code) => /rate_?limit|resource_exhausted|too_many_requests|^minimax_(1002|1039)$/.test(code)))
    return 429
  if (codes.some((code) => /overloaded|unavailable/.test(code))) return 503
  if (codes.some((code) => /^(invalid_request_error|invalid_argument|bad_request|minimax_2013)$/.test(code))) return 400
  // The Responses API says within a response that failed which picture it could not take.
  if (codes.some((code) => /(^|_)image(_|$)/.test(code))) return 400
  return 502
}
