import { error } from '@sveltejs/kit'
import { tryOut } from '#lib/api/battles.ts'
import { maySetUp } from '#lib/doors.ts'
import type { PageLoad } from './$types'

/** What the study is called and asks of its raters; the cards are fetched in the browser. */
export const load: PageLoad = async ({ fetch, params, parent }) => {
  const { me } = await parent()
  if (!me.person || !maySetUp(me))
    error(403, {
      message: 'Only those who run a study try it.',
      next: 'Raters come in by an invite link, which comes from the person who runs the study.',
    })
  const { name, guidelines, trainingItems } = await tryOut(fetch, params.study, { seed: '', from: 0, count: 1 })
  return { study: { slug: params.study, name, guidelines }, trainingItems, rater: me.person.id }
}
