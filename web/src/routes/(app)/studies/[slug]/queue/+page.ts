import { getWaiting, listHeld, listReports } from '#lib/api/queue.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, url, depends }) => {
  depends('arena:queue')
  const show = url.searchParams.get('show') ?? 'held'
  const after = url.searchParams.get('after')
  const ofAnswers = show === 'held' || show === 'dropped'
  const [study, waiting, answers, reports] = await Promise.all([
    getStudy(fetch, slug),
    getWaiting(fetch, slug),
    ofAnswers ? listHeld(fetch, slug, show, after) : null,
    ofAnswers ? null : listReports(fetch, slug, show === 'decided' ? 'closed' : 'open', after),
  ])
  return { study, waiting, show, answers, reports }
}
