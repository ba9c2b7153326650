import { error } from '@sveltejs/kit'
import { frameWords } from '#lib/words/frame.ts'
import { languageFor } from '#lib/words/languages.ts'
import { loadWords } from '#lib/words/part.ts'
import { problemWords } from '#lib/words/problems.ts'
import { rateWords } from '#lib/words/rate.ts'
import type { PageLoad } from './$types'

/** Only who rates and what the study is called: cards are leased in the browser, and nothing here can name a model. */
export const load: PageLoad = async ({ params, parent }) => {
  const { me } = await parent()
  const study = [...me.studies, ...me.over].find(({ slug }) => slug === params.study)
  const language = languageFor(me, study)
  const words = await loadWords(language, rateWords, frameWords, problemWords)
  if (me.takenBack) error(401, { message: words.linkTakenBack, next: words.askForNewLink, language })
  if (!me.person) error(401, { message: words.comeByLink, next: words.openLinkAgain, language })
  if (!study) error(403, { message: words.notOpenToYou, next: words.linkLetsYouIn, language })
  return { study, rater: me.person.id, language }
}
