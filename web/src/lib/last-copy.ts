import { browser } from '$app/env'
import { ApiProblem, NoAnswer } from './api/problem.ts'

/** That a page shows what it had: the dependency of SvelteKit that asks again, since when, and in words why. */
export interface Stale {
  of: `arena:${string}`
  since: Date
  why: string
}

/** What was read last, oldest first. */
const copies = new Map<string, { data: object; at: Date }>()
const mostCopies = 16

/**
 * What `read` gives. Where the server is out of reach or busy for now, it is what `read` gave last in this browser for the
 * same page, marked as stale, so that one call that fails takes no page away. Throws what `read` throws where there is no
 * such copy, or where the answer is a plain no. `of` is the dependency that the load declares, `id` what it shows of it.
 */
export async function orLastCopy<T extends object>(
  of: Stale['of'],
  id: string,
  read: () => Promise<T>,
): Promise<T & { stale?: Stale }> {
  // The server's memory is shared by all who ask.
  if (!browser) return read()
  const key = `${of} ${id}`
  try {
    const data = await read()
    keep(key, data)
    return data
  } catch (failure) {
    const copy = copies.get(key)
    if (!copy || !passes(failure)) throw failure
    return { ...(copy.data as T), stale: { of, since: copy.at, why: failure.message } }
  }
}

function keep(key: string, data: object): void {
  copies.delete(key)
  copies.set(key, { data, at: new Date() })
  if (copies.size > mostCopies) copies.delete(copies.keys().next().value!)
}

function passes(failure: unknown): failure is Error {
  return failure instanceof NoAnswer || (failure instanceof ApiProblem && failure.passing)
}
