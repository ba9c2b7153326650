/** A failure that a client can act on, rendered as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly extra: Record<string, unknown>

  constructor(
    definition: ProblemDefinition,
    detail?: string,
    extra: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(detail ? `${definition.title}: ${detail}` : definition.title, options)
    this.type = `/problems/${definition.slug}`
    this.status = definition.status
    this.title = definition.title
    this.detail = detail
    this.extra = extra
  }

  toJSON() {
    return { type: this.type, title: this.title, status: this.status, detail: this.detail, ...this.extra }
  }
}

interface ProblemDefinition {
  slug: string
  status: number
  title: string
}

/** A problem that a verb can throw and a route declares: called, it makes one. */
export interface ProblemKind {
  (detail?: string, extra?: Record<string, unknown>): Problem
  readonly type: string
  readonly status: number
  readonly title: string
}

/** Declares a problem next to the verb that throws it: `throw alreadyVoted()`; `detail` is for people, `extra` for programs. */
export function defineProblem(slug: string, status: number, title: string): ProblemKind {
  const create = (detail?: string, extra?: Record<string, unknown>) =>
    new Problem({ slug, status, title }, detail, extra)
  return Object.assign(create, { type: `/problems/${slug}`, status, title })
}

/** From everything that could name a model, or show what one says under its name. */
export const ratingBlind = defineProblem('rating-blind', 403, 'Raters see no names while their study is open')

const unfit = { slug: 'invalid-input', status: 400, title: 'Some of what was sent does not fit' }

/** The problem as the API words it: with `errors` where a schema found several faults. */
export const invalidInput = defineProblem(unfit.slug, unfit.status, unfit.title)

/**
 * What a person handed in, as an option, a setting, a field or a file, cannot be used. One sentence: what, where, what
 * to do. A command prints it alone and ends with code 2; the API answers 400 with it as the detail of `invalid-input`.
 */
export class InputError extends Problem {
  constructor(sentence: string, options?: ErrorOptions) {
    super(unfit, sentence, {}, options)
    this.message = sentence
  }
}

/** The program cannot start or go on here (port, disk, database). One sentence that names the way out; exit code 1. */
export class StartError extends Error {}

export const notFound = defineProblem('not-found', 404, 'There is nothing here')
export const signInNeeded = defineProblem('sign-in-needed', 401, 'Sign in first')
export const notAllowed = defineProblem('not-allowed', 403, 'This account may not do that')
export const foreignRequest = defineProblem('foreign-request', 403, 'The request did not come from this site')
export const notThisServer = defineProblem('not-this-server', 421, 'This server does not go by that name')
export const busy = defineProblem('busy', 503, 'The server is busy for a moment')
