import { z } from 'zod'

/** RFC 9457 as our server writes it; unknown members are left aside. */
export const ProblemDocument = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** Tells apart what a type says of several cases. */
  reason: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
})
export type ProblemDocument = z.infer<typeof ProblemDocument>

/** The server answered, and the answer is no. `message` is the sentence to show. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly type: string
  readonly status: number
  readonly title: string
  readonly reason: string | undefined
  /** One sentence for each field, by its name. */
  readonly fields: Record<string, string>

  constructor(document: ProblemDocument) {
    super(document.detail ? `${document.title}: ${document.detail}` : document.title)
    this.type = document.type
    this.status = document.status
    this.title = document.title
    this.reason = document.reason
    this.fields = Object.fromEntries(
      (document.errors ?? []).map(({ pointer, message }) => [pointer.replace(/^[#/]+(body\/)?/, ''), message]),
    )
  }

  get passing(): boolean {
    return isPassing(this.status)
  }
}

/** True where asking again later can help: the server was busy, starting or stopping. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}

/** No answer came at all: offline, the server is down, or the reply was cut. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'

  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause })
  }
}

/** The sentence that a page shows for any failure of a call. */
export function sentenceOf(failure: unknown): string {
  if (failure instanceof ApiProblem) return /[.!?]$/.test(failure.message) ? failure.message : `${failure.message}.`
  if (failure instanceof NoAnswer) return 'The server cannot be reached. What is on this page stays as it is.'
  return 'The server sent something that this page cannot read. Load the page again.'
}
