import { getEvidence } from '#lib/api/raters/study-raters.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug, rater }, url, depends }) => {
  depends('arena:raters')
  const [study, evidence] = await Promise.all([
    getStudy(fetch, slug),
    getEvidence(fetch, slug, rater, url.searchParams),
  ])
  return { study, evidence, show: url.searchParams.get('show') ?? 'all' }
}
