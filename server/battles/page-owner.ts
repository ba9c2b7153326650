import type { Context } from '../core/context.ts'
import { defineProblem, signInNeeded } from '../core/problem.ts'

export const anotherRater = defineProblem('another-rater', 403, 'This browser is signed in as another rater')

/** The person who asks. Throws sign-in-needed. */
export function requirePerson({ actor }: Context): string {
  if (actor.kind !== 'person') throw signInNeeded()
  return actor.personId
}

/** The person who asks, whose page it must be. Throws sign-in-needed, and another-rater where it was made for somebody else. */
export function requirePageOwner(ctx: Context, pageOwner: string | undefined): string {
  const personId = requirePerson(ctx)
  if (pageOwner !== undefined && pageOwner !== personId) throw anotherRater('Load the page again')
  return personId
}
