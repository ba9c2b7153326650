import type { Context } from '../core/context.ts'
import { defineProblem, signInNeeded } from '../core/problem.ts'

export const anotherRater = defineProblem('another-rater', 403, 'This browser is signed in as another rater')

/** The person who asks. Throws sign-in-needed, and another-rater where the page was made for somebody else. */
export function requirePerson({ actor }: Context, pageOwner?: string): string {
  if (actor.kind !== 'person') throw signInNeeded()
  if (pageOwner !== undefined && pageOwner !== actor.personId) throw anotherRater('Load the page again')
  return actor.personId
}
