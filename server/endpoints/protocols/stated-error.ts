import { z } from 'zod'
import { durationMs } from '#server/core/http/waits.ts'

/** What a body says went wrong, whoever wrote it. */
export interface StatedError {
  message: string
  /** Codes, types, states and reasons that it names, in lower case. */
  codes: string[]
  /** A status within the body, as routers give their upstream's; null: none. */
  status: number | null
  /** The wait that it asks for, in milliseconds: google.rpc.RetryInfo, or "try again in 7.6s". */
  waitMs: number | null
  /** Headers of an upstream's reply that a router passes on, names in lower case. */
  headers: Record<string, string>
}

const Code = z.union([z.string(), z.number()]).nullish().catch(null)
const Inner = z.looseObject({ code: Code }).nullish().catch(null)
const Detail = z
  .looseObject({
    reason: Code,
    error_code: Code,
    retryDelay: z.string().nullish().catch(null),
    violations: z
      .array(z.looseObject({ quotaId: Code }).catch({ quotaId: null }))
      .nullish()
      .catch(null),
  })
  .nullable()
  .catch(null)
const Headers = z
  .record(z.string(), z.union([z.string(), z.number()]).transform(String))
  .nullish()
  .catch(null)
const Metadata = z
  .looseObject({
    raw: z.string().nullish().catch(null),
    reasons: z.array(z.unknown()).nullish().catch(null),
    headers: Headers,
  })
  .nullish()
  .catch(null)
const ErrorObject = z.looseObject({
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
  code: Code,
  type: Code,
  status: Code,
  status_code: Code,
  innererror: Inner,
  inner_error: Inner,
  metadata: Metadata,
  details: z
    .union([z.array(Detail), Detail.transform((one) => [one])])
    .nullish()
    .catch(null),
})
type ErrorObject = z.infer<typeof ErrorObject>
/** MiniMax's, in replies of status 200; 0 is no error. */
const BaseResponse = z.object({
  status_code: z.number().refine((code) => code !== 0),
  status_msg: z.string().catch(''),
})

/**
 * The error of a parsed body: `{error}` as an object or a text, a list of such (Gemini), `{detail}` (FastAPI),
 * `{errors}` (gateways), or a body that is itself the error. Null: it states none.
 */
export function statedError(parsed: unknown): StatedError | null {
  if (Array.isArray(parsed)) return firstOf(parsed, statedError)
  if (!isObject(parsed)) return null
  const around = ErrorObject.parse(parsed)
  const { error, errors, object, detail } = parsed
  const base = BaseResponse.safeParse(parsed['base_resp']).data
  if (base) return describe({ ...around, message: base.status_msg, code: `minimax_${base.status_code}` })
  const stated = firstOf([error, ...(Array.isArray(errors) ? errors : [])], (one) => errorOf(one, around))
  if (stated) return stated
  if (object === 'error' || 'message' in parsed) return describe(around)
  return detail === undefined || detail === null ? null : describe({ ...around, message: detail })
}

function errorOf(error: unknown, around: ErrorObject): StatedError | null {
  if (typeof error === 'string') return error === '' ? null : describe({ ...around, message: error })
  if (Array.isArray(error)) return firstOf(error, (one) => errorOf(one, around))
  if (!isObject(error) || Object.keys(error).length === 0) return null
  const { code, status_code } = around
  const object = ErrorObject.parse(error)
  return describe({ ...object, code: object.code ?? code, status_code: object.status_code ?? status_code })
}

function firstOf<Item>(items: Item[], read: (item: Item) => StatedError | null): StatedError | null {
  for (const item of items.slice(0, 16)) {
    const stated = read(item)
    if (stated) return stated
  }
  return null
}

function describe(error: ErrorObject): StatedError {
  const { code, type, status, status_code, metadata } = error
  const details = (error.details ?? []).filter((detail) => detail !== null)
  const quotas = details.flatMap(({ violations }) => (violations ?? []).map(({ quotaId }) => quotaId))
  const marks = [type, code, status].filter((mark) => mark !== null && mark !== undefined && mark !== '')
  const inner = [
    error.innererror?.code,
    error.inner_error?.code,
    ...details.map(({ reason, error_code }) => reason ?? error_code),
    ...quotas,
  ]
  const moderated = metadata?.reasons ? ['moderated'] : []
  const text = [textOf(error.message ?? error.detail), metadata?.raw?.slice(0, 1024)].filter(Boolean).join(' ')
  const message = [text, marks.length > 0 && `(${[...new Set(marks)].join(', ')})`].filter(Boolean).join(' ')
  const told = details.map(({ retryDelay }) => durationMs(retryDelay ?? '')).find((wait) => wait !== null)
  return {
    message,
    codes: [...marks, ...inner, ...moderated].flatMap((mark) => (mark == null ? [] : [String(mark).toLowerCase()])),
    status: [code, status_code, status].map(asStatus).find((status) => status !== null) ?? null,
    waitMs: told ?? waitInWords(text),
    headers: Object.fromEntries(
      Object.entries(metadata?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  }
}

function textOf(message: unknown): string {
  if (message === undefined || message === null) return ''
  return typeof message === 'string' ? message : JSON.stringify(message)
}

function asStatus(code: unknown): number | null {
  const status = typeof code === 'string' && code.length === 3 ? Number(code) : code
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : null
}

/** As OpenAI, Groq and Azure write it: "Please try again in 1m12.5s", "Please retry after 7 seconds". */
export function waitInWords(text: string): number | null {
  const start = /(?:try again|retry) (?:in|after) /i.exec(text.slice(0, 4096))
  if (!start) return null
  const after = text.slice(start.index + start[0].length).slice(0, 40)
  const duration = /^[\d.]{1,12} ?[a-z]{1,12}(?:[\d.]{1,12}[a-z]{1,2}){0,3}/i.exec(after)?.[0]
  return duration === undefined ? null : durationMs(duration)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
