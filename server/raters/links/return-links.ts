import { raters } from '#drizzle/schema/raters.ts'
import { findPerson } from '#server/accounts/service.ts'
import type { Context } from '#server/core/context.ts'
import { rowsOf } from '#server/core/postgres/rows.ts'
import { notAllowed, notFound, signInNeeded } from '#server/core/problem.ts'
import { createReturnLink } from '#server/links/personal-links.ts'
import type { CreatedLink } from '#server/links/schema.ts'
import { getStoredStudy } from '#server/studies/service.ts'

/** A new return address for the rater who asks; theirs from before let nobody in any more. Throws not-found, and not-allowed to whoever is no rater of the study. */
export async function renewOwnLink(ctx: Context, slug: string, origin: string): Promise<CreatedLink> {
  const { actor } = ctx
  if (actor.kind !== 'person') throw signInNeeded()
  const study = await getStoredStudy(ctx, slug)
  const [own] = await rowsOf(ctx, { id: raters.id })`
    select r.id from raters r join enrolments e on e.rater_id = r.id
    where e.study_id = ${study.id} and r.person_id = ${actor.personId}`
  if (!own || actor.role !== 'rater') throw notAllowed('Only raters of the study have an address of their own there')
  return createReturnLink(ctx, { studyId: study.id, personId: actor.personId }, origin, { instead: true })
}

/** A new return address for a rater who has lost theirs; those from before still work until they are taken back. Throws not-found. */
export async function makeLinkFor(ctx: Context, slug: string, raterId: string, origin: string): Promise<CreatedLink> {
  const study = await getStoredStudy(ctx, slug)
  const [rater] = await rowsOf(ctx, { personId: raters.personId })`
    select r.person_id as "personId" from raters r join enrolments e on e.rater_id = r.id
    where e.study_id = ${study.id} and r.id = ${raterId}`
  const person = rater && (await findPerson(ctx, rater.personId))
  if (!person) throw notFound('No rater of this study has this id')
  if (person.role !== 'rater') throw notAllowed('This rater runs the arena and signs in as that')
  return createReturnLink(ctx, { studyId: study.id, personId: person.personId }, origin, { instead: false })
}
