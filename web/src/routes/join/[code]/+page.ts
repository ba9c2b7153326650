import { getLink } from '#lib/api/accounts.ts'
import { frameWords } from '#lib/words/frame.ts'
import { joinWords } from '#lib/words/join.ts'
import { languageFor } from '#lib/words/languages.ts'
import { loadWords } from '#lib/words/part.ts'
import { problemWords } from '#lib/words/problems.ts'
import { refuse } from '#lib/words/refuse.ts'
import { termWords } from '#lib/words/terms.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, parent }) => {
  const [{ me }, offer] = await Promise.all([
    parent(),
    getLink(fetch, params.code).catch(async (failure: unknown) => refuse(failure, languageFor((await parent()).me))),
  ])
  // A link for those who run the arena is told in English, as their pages are.
  const language = offer.study ? languageFor(me, offer.study) : 'en'
  await loadWords(language, joinWords, termWords, frameWords, problemWords)
  return { code: params.code, offer, language }
}
