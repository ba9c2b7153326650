import { getPanelOffer } from '#lib/api/raters/panels.ts'
import { frameWords } from '#lib/words/frame.ts'
import { joinWords } from '#lib/words/join.ts'
import { languageFor } from '#lib/words/languages.ts'
import { loadWords } from '#lib/words/part.ts'
import { problemWords } from '#lib/words/problems.ts'
import { refuse } from '#lib/words/refuse.ts'
import { termWords } from '#lib/words/terms.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url, parent }) => {
  const parameters = Object.fromEntries([...url.searchParams].slice(0, 20))
  const [{ me }, offer] = await Promise.all([
    parent(),
    getPanelOffer(fetch, params.code, { parameters }).catch(async (failure: unknown) =>
      refuse(failure, languageFor((await parent()).me)),
    ),
  ])
  const language = languageFor(me, offer.study)
  await loadWords(language, joinWords, termWords, frameWords, problemWords)
  return { code: params.code, parameters, offer, language }
}
