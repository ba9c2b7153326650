import { listOverlaps } from '#lib/api/studies/overlaps.ts'
import { getStudy } from '#lib/api/studies.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params: { slug }, url, depends }) => {
  depends('arena:overlaps')
  const show = url.searchParams.get('show') ?? 'all'
  const [study, list] = await Promise.all([
    getStudy(fetch, slug),
    listOverlaps(fetch, slug, show, url.searchParams.get('page') ?? '1'),
  ])
  return { study, list, show }
}
