import { error } from '@sveltejs/kit'
import type { PageLoad } from './$types'

/** Only who rates and what the study is called: cards are leased in the browser, and nothing here can name a model. */
export const load: PageLoad = async ({ params, parent }) => {
  const { me } = await parent()
  if (!me.person)
    error(401, {
      message: 'Raters come in by an invite link.',
      next: 'Open yours again in this browser and go on as the same rater: votes that wait here are then sent. Without a link, ask the person who runs the study for one.',
    })
  const study = [...me.studies, ...me.over].find(({ slug }) => slug === params.study)
  if (!study)
    error(403, {
      message: 'This study is not open to you.',
      next: 'While a study is open its invite link lets you in, which comes from the person who runs the study.',
    })
  return { study, rater: me.person.id }
}
