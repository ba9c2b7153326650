import type { z } from 'zod'
import { ask, type Fetch } from './ask.ts'
import { NoAnswer } from './problem.ts'

/** Keys of the requests that have had no answer, by what was asked. */
const unanswered = new Map<string, string>()

/**
 * Has the server make something. Until it has answered, the same request has the same key, so that neither a double press
 * nor another try after a lost reply makes a second one. Throws ApiProblem and NoAnswer.
 */
export async function create<T>(fetch: Fetch, path: string, reply: z.ZodType<T>, body: unknown): Promise<T> {
  const asked = `${path} ${JSON.stringify(body)}`
  const idempotencyKey = unanswered.get(asked) ?? crypto.randomUUID()
  unanswered.set(asked, idempotencyKey)
  const made = await ask(fetch, path, reply, { method: 'POST', body, idempotencyKey }).catch((failure: unknown) => {
    if (!(failure instanceof NoAnswer)) unanswered.delete(asked)
    throw failure
  })
  unanswered.delete(asked)
  return made
}
