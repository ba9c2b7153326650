/** A failure that a client can act on, rendered as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly extra: Record<string, unknown>

  constructor(definition: ProblemDefinition, detail?: string, extra: Record<string, unknown> = {}) {
    super(detail ? `${definition.title}: ${detail}` : definition.title)
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

/** Declares a problem next to the verb that throws it: `throw alreadyVoted()`; `detail` is for people, `extra` for programs. */
export function defineProblem(slug: string, status: number, title: string) {
  const create = (detail?: string, extra?: Record<string, unknown>) =>
    new Problem({ slug, status, title }, detail, extra)
  create.type = `/problems/${slug}`
  create.status = status
  create.title = title
  return create
}

/** The command was called with something that cannot work. One sentence for people; exit code 2. */
export class UsageError extends Error {}

/** A file handed in does not hold what it should. One sentence: what, where, what to do; exit code 2. */
export class InputError extends Error {}

/** The program cannot start or go on here (port, disk, database). One sentence that names the way out; exit code 1. */
export class StartError extends Error {}

export const notFound = defineProblem('not-found', 404, 'There is nothing here')
export const invalidInput = defineProblem('invalid-input', 400, 'Some of what was sent does not fit')
export const signInNeeded = defineProblem('sign-in-needed', 401, 'Sign in first')
export const notAllowed = defineProblem('not-allowed', 403, 'This account may not do that')
export const foreignRequest = defineProblem('foreign-request', 403, 'The request did not come from this site')
