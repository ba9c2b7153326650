import { redirect } from '@sveltejs/kit'
import { listRuns } from '#lib/api/runs.ts'
import { getStudy, listStudies } from '#lib/api/studies.ts'
import { getBoard, listBoards } from '#lib/api/boards.ts'
import { orLastCopy } from '#lib/last-copy.ts'
import { frameWords } from '#lib/words/frame.ts'
import { homeWords } from '#lib/words/home.ts'
import { languageFor } from '#lib/words/languages.ts'
import { loadWords } from '#lib/words/part.ts'
import type { PageLoad } from './$types'

/** An operator sees what goes on, whoever rates their studies, a visitor the newest board; a team starts at its endpoints. */
export const load: PageLoad = async ({ fetch, parent, depends }) => {
  depends('arena:home')
  const { me } = await parent()
  if (me.person?.role === 'rater' || me.blindIn !== null) {
    const language = languageFor(me, me.studies[0])
    await loadWords(language, homeWords, frameWords)
    return { home: 'rater' as const, language }
  }
  if (me.person?.role === 'team') redirect(307, '/endpoints')
  if (me.person)
    return { home: 'operator' as const, ...(await orLastCopy('arena:home', 'operator', () => operatorHome(fetch))) }
  return { home: 'visitor' as const, ...(await orLastCopy('arena:home', 'visitor', () => visitorHome(fetch))) }
}

async function visitorHome(fetch: typeof globalThis.fetch) {
  const [newest] = await listBoards(fetch)
  return { board: newest ? await getBoard(fetch, newest.slug, null) : null }
}

async function operatorHome(fetch: typeof globalThis.fetch) {
  const [runs, studies] = await Promise.all([listRuns(fetch), listStudies(fetch)])
  const newest = studies[0]
  return { runs, study: newest ? await getStudy(fetch, newest.slug) : null }
}
